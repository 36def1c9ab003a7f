"""Publish a registry as static files that any web server or bucket can serve.

What is written: the log as tiles, its entries (records and revocations), and the manifest stores.
What is not: accounts and accesses. The checkpoint is written last, so that a reader who has it
finds all that it names.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.errors import ConfigError, LogIntegrityError, OutputNotWritableError
from provenance.files import locked, read_named, sync_files, write_atomic
from provenance.registry.base import Registry
from provenance.registry.checkpoint import MAX_NOTE_BYTES, Checkpoint
from provenance.registry.entry import read_entry
from provenance.registry.tiles.layout import (
    CHECKPOINT,
    HEIGHT,
    WIDTH,
    Tile,
    encode_bundle,
    list_bundles,
    list_levels,
    list_tiles,
    name_manifest,
)

if TYPE_CHECKING:
    from provenance.registry.vkey import VerifierKey


@dataclass(frozen=True)
class Exported:
    """What an export published: entries from ``start`` to ``size``, in so many new files."""

    start: int
    size: int
    files: int


def export(
    registry: Registry,
    folder: Path,
    key: VerifierKey,
    *,
    head: Checkpoint | None = None,
    since: Checkpoint | None = None,
) -> Exported:
    """Publish the log up to ``head`` (default: the present one) in a folder.

    A folder that holds an earlier state is brought up to date. With ``since``, only what came after
    that checkpoint is written, to be put over a copy that ends there.

    Raises
    ------
    LogIntegrityError
        The head is not signed by the key, the log does not extend what was published, or an entry
        or a published file was altered.
    ConfigError
        What the folder holds does not fit what is asked.
    OutputError
        A file can't be written.
    """
    head = head or registry.checkpoint()
    head.verify(key.key)
    registry.check_extends(head)
    with locked(folder / ".lock"):
        published = _read_published(folder)
        start = _find_start(registry, head, published, since)
        writer = _Writer(folder)
        _write_entries(registry, writer, start, head.size)
        for level in list_levels(head.size):
            for tile in list_tiles(level, start, head.size):
                hashes = registry.read_hashes(HEIGHT * level, tile.index * WIDTH, tile.width)
                writer.write(tile.name, b"".join(hashes))
        renewed = published is None or published.text != head.text
        if renewed:
            sync_files(writer.written)
            write_atomic(folder / CHECKPOINT, head.text.encode(), overwrite=True)
        _remove_outgrown(folder, published.size if published else start, head.size)
    return Exported(start, head.size, len(writer.written) + renewed)


@dataclass
class _Writer:
    """Writes files that never change again, and remembers those that are new."""

    folder: Path
    written: list[Path] = field(default_factory=list)

    def write(self, name: str, data: bytes) -> None:
        path = self.folder / name
        try:
            if path.exists():
                if path.read_bytes() != data:
                    raise LogIntegrityError(
                        f"{path} was altered after it was published: export to a new folder."
                    )
                return
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputNotWritableError(f"{path} can't be written: {error.strerror}.") from error
        write_atomic(path, data, durable=False)
        self.written.append(path)


def _read_published(folder: Path) -> Checkpoint | None:
    file = folder / CHECKPOINT
    if not file.exists():
        return None
    try:
        return Checkpoint.parse(read_named(file, "checkpoint", MAX_NOTE_BYTES, ConfigError))
    except LogIntegrityError as error:
        raise ConfigError(f"{folder} holds something else: name an empty folder.") from error


def _find_start(
    registry: Registry, head: Checkpoint, published: Checkpoint | None, since: Checkpoint | None
) -> int:
    """Return the number of entries that need not be written again."""
    if published is not None:
        if published.origin == head.origin and published.size > head.size:
            raise ConfigError(
                f"The folder holds {published.size} entries, the checkpoint to publish only "
                f"{head.size}: what was published is never taken back."
            )
        registry.check_extends(published)
    if since is None:
        return published.size if published else 0
    registry.check_extends(since)
    if since.size > head.size or (published and since.size > published.size):
        raise ConfigError(
            "The folder or the checkpoint to publish ends before --since: leave that out."
        )
    return since.size


def _write_entries(registry: Registry, writer: _Writer, start: int, size: int) -> None:
    rows = registry.read_entries(start // WIDTH * WIDTH, size)
    for bundle in list_bundles(start, size):
        entries: list[bytes] = []
        for _ in range(bundle.width):
            row = next(rows)
            entries.append(row.entry or b"")
            if row.index >= start:
                _write_manifest(registry, writer, entries[-1])
        writer.write(bundle.name, encode_bundle(entries))


def _write_manifest(registry: Registry, writer: _Writer, entry: bytes) -> None:
    found = read_entry(entry)
    if not isinstance(found, tuple):
        return
    record, digest = found
    store = registry.manifest_store(record.stamp_id)
    if store is None or hashlib.sha256(store).hexdigest() != digest:
        raise LogIntegrityError(
            f"The manifest store of stamp {record.stamp_id} was altered; run an audit."
        )
    writer.write(name_manifest(digest), store)


def _remove_outgrown(folder: Path, start: int, size: int) -> None:
    """Remove partial tiles whose full tile is published now; C2SP lets readers take that one."""
    for tile in _list_edge(start):
        end = (tile.index + 1) * WIDTH << HEIGHT * (tile.level or 0)
        if end <= size:
            shutil.rmtree(folder / f"{tile.full_name}.p", ignore_errors=True)


def _list_edge(size: int) -> Iterable[Tile]:
    """List the partial tiles and the partial bundle of a log of this size."""
    for level in list_levels(size):
        count = size >> HEIGHT * level
        if count % WIDTH:
            yield Tile(level, count // WIDTH, count % WIDTH)
            if level == 0:
                yield Tile(None, count // WIDTH, count % WIDTH)
