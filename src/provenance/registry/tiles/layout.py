"""Where a log lies when it is published as static files: C2SP's tlog-tiles.

::

    checkpoint                    the signed head; the only file that changes
    tile/<level>/<index>          256 hashes of subtrees, each over 256 ** level entries
    tile/entries/<index>          256 entries, each after its length in two bytes
    <tile>.p/<width>              the same, of fewer, at the log's right edge
    manifest/ab/abcd....c2pa      manifest stores by SHA-256 (not of C2SP)

Indexes are written in groups of three digits, ``x001/x234/067``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provenance.errors import LogIntegrityError
from provenance.registry.leaf import MAX_LEAF_BYTES
from provenance.registry.log import HASH_BYTES

HEIGHT = 8
"""Levels of the tree that one tile stands for; C2SP fixes it."""

WIDTH = 1 << HEIGHT
"""Hashes of a full tile, and entries of a full bundle."""

CHECKPOINT = "checkpoint"
"""The head's file."""

MAX_TILE_BYTES = WIDTH * HASH_BYTES
"""A full tile."""

_LENGTH_BYTES = 2

MAX_BUNDLE_BYTES = WIDTH * (_LENGTH_BYTES + MAX_LEAF_BYTES)
"""A full bundle of the longest entries."""


@dataclass(frozen=True)
class Tile:
    """One tile of hashes; of entries, where the level is None. Full ones have ``WIDTH``."""

    level: int | None
    index: int
    width: int

    @property
    def full_name(self) -> str:
        """Where the full tile lies, now or later."""
        groups = [f"{self.index % 1000:03d}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        level = "entries" if self.level is None else str(self.level)
        return "/".join(("tile", level, *groups))

    @property
    def name(self) -> str:
        """Where it lies."""
        return self.full_name if self.width == WIDTH else f"{self.full_name}.p/{self.width}"


def list_tiles(level: int, start: int, size: int) -> Iterator[Tile]:
    """List the tiles of a level that a log of ``size`` has and that changed since ``start``."""
    count, known = size >> HEIGHT * level, start >> HEIGHT * level
    if count == known:
        return
    for index in range(known // WIDTH, -(-count // WIDTH)):
        yield Tile(level, index, min(WIDTH, count - index * WIDTH))


def list_bundles(start: int, size: int) -> Iterator[Tile]:
    """List the bundles of entries that changed since ``start``."""
    return (Tile(None, each.index, each.width) for each in list_tiles(0, start, size))


def list_levels(size: int) -> range:
    """List the levels on which a log of this size has tiles."""
    return range(-(-size.bit_length() // HEIGHT))


def name_manifest(sha256: str) -> str:
    """Say where a manifest store lies."""
    return f"manifest/{sha256[:2]}/{sha256}.c2pa"


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Join entries, each after its length."""
    return b"".join(len(each).to_bytes(_LENGTH_BYTES, "big") + each for each in entries)


def decode_bundle(data: bytes, width: int) -> list[bytes]:
    """Split a bundle; a full one may stand for one of ``width`` entries.

    Raises
    ------
    LogIntegrityError
        It has fewer entries, or ends within one.
    """
    entries: list[bytes] = []
    position = 0
    while position < len(data):
        start = position + _LENGTH_BYTES
        position = start + int.from_bytes(data[position:start], "big")
        entries.append(data[start:position])
    if position != len(data) or not width <= len(entries) <= WIDTH:
        raise LogIntegrityError(f"A bundle of entries does not hold the {width} that it should.")
    return entries[:width]


def decode_tile(data: bytes, width: int) -> list[bytes]:
    """Split a tile of hashes; a full one may stand for one of ``width`` hashes.

    Raises
    ------
    LogIntegrityError
        It has another length.
    """
    if len(data) not in (width * HASH_BYTES, MAX_TILE_BYTES):
        raise LogIntegrityError(f"A tile does not hold the {width} hashes that it should.")
    return [data[n * HASH_BYTES : (n + 1) * HASH_BYTES] for n in range(width)]
