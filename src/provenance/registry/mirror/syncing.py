"""Bring a mirror up to date: everything is checked before it is kept.

1. The checkpoint must be signed by the log's key, and not be older than the last one.
2. The tiles of hashes that are new are read. They must lead from what the mirror holds to the
   checkpoint's root: so the log only grew, and each hash is one that the key signed.
3. The entries must have these hashes, and the manifest stores the digests that the entries name.
   They are added in groups, so that a run that is cut off is taken up where it ended.
4. The new state is saved, with the time: from then on verdicts rest on it.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from provenance.errors import ConfigError, LogIntegrityError, RegistryUnavailableError
from provenance.files import locked
from provenance.records import Revocation
from provenance.registry.checkpoint import MAX_NOTE_BYTES, Checkpoint
from provenance.registry.entry import read_entry
from provenance.registry.leaf import MAX_STORE_BYTES
from provenance.registry.log import HASH_BYTES, Frontier, hash_leaf
from provenance.registry.mirror.copy import Copied, Copy
from provenance.registry.mirror.source import Source
from provenance.registry.mirror.state import DATABASE_FILE, MirrorState, load_state
from provenance.registry.tiles.layout import (
    CHECKPOINT,
    MAX_BUNDLE_BYTES,
    MAX_TILE_BYTES,
    WIDTH,
    Tile,
    decode_bundle,
    decode_tile,
    list_bundles,
    list_tiles,
    name_manifest,
)
from provenance.registry.vkey import VerifierKey, is_name

if TYPE_CHECKING:
    from provenance.signers import LogPublicKey

MAX_ENTRIES = 10_000_000
"""Entries of a log that is copied unless more are allowed: about 100 GB with manifests of 10 KB. A
log can announce any number, and its copy must not fill the disk unasked."""

GROUP_ENTRIES = 256
"""Entries added in one transaction, at most."""

GROUP_BYTES = 64 * 2**20
"""Bytes of manifest stores added in one transaction: about what one may have."""


@dataclass(frozen=True)
class Synced:
    """What a synchronisation brought: entries from ``start`` to the checkpoint's size."""

    start: int
    checkpoint: Checkpoint
    revocations: int


def synchronise(
    source: Source,
    folder: Path,
    keys: Iterable[VerifierKey],
    bound: Iterable[LogPublicKey] = (),
    *,
    most: int = MAX_ENTRIES,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Synced:
    """Bring the mirror in a folder up to date; ``keys`` are those of known logs.

    ``bound`` are those that a directory binds to producers, whatever their logs are called. A
    mirror remembers the key of its log, and no other one counts for it. A log of more entries than
    ``most`` is not copied.

    Raises
    ------
    LogIntegrityError
        The checkpoint is not signed by the log's key, or the source does not continue what the
        mirror holds, or something it publishes was doctored. The mirror stays as it was.
    RegistryUnavailableError
        The source can't be read, or lacks something that its checkpoint names.
    ConfigError
        The log's key is not at hand, or is not the one that the mirror began with; or the log has
        more than ``most`` entries.
    OutputError
        The mirror can't be written.
    """
    with locked(folder / ".lock"):
        known = load_state(folder)
        head = Checkpoint.parse(_require(source, CHECKPOINT, MAX_NOTE_BYTES))
        named = bound if is_name(head.origin) else ()
        others = (VerifierKey(head.origin, each) for each in named)
        key = _check_head(source, head, (known.key,) if known else (*keys, *others))
        if head.size > most:
            raise ConfigError(
                f"{source.place} has {head.size:,} entries, more than the {most:,} that are copied "
                "unasked; allow more with --max-entries."
            )
        if known and head.size < known.checkpoint.size:
            raise LogIntegrityError(
                f"{source.place} shows {head.size} entries, fewer than the "
                f"{known.checkpoint.size} that were seen there before: it was set back."
            )
        copy = Copy(folder / DATABASE_FILE, key.name)
        try:
            found = _extend(source, copy, head, known.checkpoint if known else None)
        finally:
            copy.close()
        MirrorState(source.place, key, head, clock()).save(folder)
    return found


def _check_head(source: Source, head: Checkpoint, keys: Iterable[VerifierKey]) -> VerifierKey:
    """Check that one of the keys of this log signed its head, and return that key."""
    named = [key for key in keys if key.name == head.origin]
    if not named:
        raise ConfigError(
            f"{source.place} publishes the log {head.origin}, whose key is not at hand: name its "
            "public key with --log-key, or in [trust] logs."
        )
    signers = {each.key_id for each in head.signatures}
    key = next((key for key in named if key.key_id in signers), named[0])
    head.verify(key.key)
    return key


def _extend(source: Source, copy: Copy, head: Checkpoint, seen: Checkpoint | None) -> Synced:
    edge = copy.read_edge()
    if edge.size > head.size:
        raise LogIntegrityError(
            f"{source.place} shows {head.size} entries, fewer than the {edge.size} it once had."
        )
    revocations = 0
    with tempfile.TemporaryFile() as hashes:
        _read_hashes(source, edge, (head, seen), hashes)
        hashes.seek(0)
        group: list[Copied] = []
        for each in _read_entries(source, edge.size, head.size, hashes):
            group.append(each)
            revocations += isinstance(each.value, Revocation)
            if len(group) == GROUP_ENTRIES or sum(len(x.store) for x in group) > GROUP_BYTES:
                copy.append(group)
                group = []
        copy.append(group)
    return Synced(edge.size, head, revocations)


def _read_hashes(
    source: Source, edge: Frontier, heads: tuple[Checkpoint, Checkpoint | None], hashes: IO[bytes]
) -> None:
    """Keep the hashes of all new entries, once they lead to the root that the log's key signed.

    The second head is the one that was seen last: where a mirror lost its entries and reads them
    again, they must lead to that one as well.
    """
    head, seen = heads
    start = edge.size
    for tile in list_tiles(0, start, head.size):
        found = decode_tile(_read_tile(source, tile, MAX_TILE_BYTES), tile.width)
        for each in found[_skip(tile, start) :]:
            edge, _ = edge.append(each)
            hashes.write(each)
            if seen and edge.size == seen.size and edge.root != seen.root:
                raise LogIntegrityError(
                    f"The log at {source.place} is not the one that was seen there before: its "
                    "past was rewritten."
                )
    if edge.root != head.root:
        since = f"from the {start} entries mirrored before " if start else ""
        raise LogIntegrityError(
            f"The tiles of {source.place} do not lead {since}to the tree head that the log's key "
            "signed: the log was forked, or its tiles were doctored."
        )


def _read_entries(source: Source, start: int, size: int, hashes: IO[bytes]) -> Iterator[Copied]:
    index = start
    for bundle in list_bundles(start, size):
        entries = decode_bundle(_read_tile(source, bundle, MAX_BUNDLE_BYTES), bundle.width)
        for entry in entries[_skip(bundle, start) :]:
            if hash_leaf(entry) != hashes.read(HASH_BYTES):
                raise LogIntegrityError(
                    f"Entry {index} of {source.place} is not what the log holds: it was doctored."
                )
            index += 1
            yield _complete(source, entry)


def _complete(source: Source, entry: bytes) -> Copied:
    found = read_entry(entry)
    if not isinstance(found, tuple):
        return Copied(entry, found)
    record, digest = found
    store = _require(source, name_manifest(digest), MAX_STORE_BYTES)
    if hashlib.sha256(store).hexdigest() != digest:
        raise LogIntegrityError(
            f"The manifest of stamp {record.stamp_id} at {source.place} is not the one that the "
            "log names: it was doctored."
        )
    return Copied(entry, record, store)


def _skip(tile: Tile, start: int) -> int:
    """Count what a tile holds of the entries that the mirror has already."""
    return max(0, start - tile.index * WIDTH)


def _read_tile(source: Source, tile: Tile, max_bytes: int) -> bytes:
    """Read a tile; where a partial one is gone, the full one stands for it."""
    found = source.read(tile.name, max_bytes)
    return _require(source, tile.full_name, max_bytes) if found is None else found


def _require(source: Source, name: str, max_bytes: int) -> bytes:
    found = source.read(name, max_bytes)
    if found is None:
        raise RegistryUnavailableError(f"{source.place} lacks {name}, which its log needs.")
    return found
