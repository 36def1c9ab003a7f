"""ISO media files (ISO 14496-12), the container of AVIF and HEIC: boxes within boxes.

A manifest store is in a box of its own after the file type. Whatever lies after it moves, so the
places that the file states for its items and samples move too. Manifest stores consist of the same
boxes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from provenance.containers import limits
from provenance.containers.piece import Piece, make_unnamed
from provenance.containers.store import Span, require_one_store
from provenance.errors import CorruptImageError, ManifestError

FILE_TYPE = b"ftyp"
"""Type of the first box, by which such a file is recognised."""

_HEAD, _LONG_HEAD = 8, 16  # bytes of a box before its content
_LONG = 1  # in place of a size that did not fit, and follows in 64 bits

_META = b"meta"  # holds the item location box
_NESTING = frozenset(
    b"moov trak mdia minf dinf stbl mvex edts udta tref treg moof traf mfra "
    b"sinf schi iprp ipco meta".split()
)
"""Types of boxes that consist of boxes; those of films too, since other readers open them."""

_VERSION = 4  # bytes of version and flags before the boxes within ``meta``, except QuickTime's

STORE_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""How the content of C2PA\'s boxes begins."""

_WHOLE, _FIRST, _LATER = b"manifest", b"original", b"update"
# Purposes of the boxes with a store: all of it, or what was signed first and the updates since,
# which lie in a box at the end so that nothing of the picture moves.
_UPDATE_TYPE = b"c2um"  # how the content type of an update manifest begins
_MERKLE = 8  # bytes that say where further hashes are; a picture has none, so they are zero
_BEFORE_PURPOSE = len(STORE_UUID) + 4  # identity, then version and flags
_TABLES = {b"stco": 4, b"co64": 8}  # lists of places in moving pictures, and bytes of a place
_TABLE_HEAD = 8  # bytes before those places: version and flags, then their number
_FRAGMENTS = (b"moof", b"mfra")  # parts of films that state places in ways not known here


def walk(data: bytes) -> Iterator[Piece]:
    """Yield each box, then those within it, and remainders too short for a box.

    A box lies within the last box before it that has a depth less by one. Those of depth 0 make up
    the file.

    Raises
    ------
    CorruptImageError
        There are over ``limits.BOXES`` of them, or they nest deeper than ``limits.BOX_DEPTH``, or
        one states a size that is impossible.
    """
    return limits.limit_pieces(_walk_nested(data, 0, len(data), 0), limits.BOXES, "boxes")


def walk_level(data: bytes) -> Iterator[Piece]:
    """Yield the boxes that ``data`` consists of, without those within them.

    Raises
    ------
    CorruptImageError
        There are over ``limits.BOXES`` of them, or one states a size that is impossible.
    """
    return limits.limit_pieces(_walk_siblings(data, 0, len(data), 0), limits.BOXES, "boxes")


def extract(data: bytes) -> bytes | None:
    """Return the manifest store, None when there is none.

    Raises
    ------
    CorruptImageError
        The file is cut off and no store found, or it can't be walked over.
    ManifestDamagedError
        There are several stores.
    """
    pieces = [piece for piece in walk(data) if not piece.depth]
    found: dict[bytes, list[bytes]] = {_WHOLE: [], _LATER: []}
    for piece in pieces:
        content = piece.read_content(data) if piece.kind == b"uuid" and not piece.cut else b""
        if content.startswith(STORE_UUID):
            purpose, _, rest = content[_BEFORE_PURPOSE:].partition(b"\0")
            found.get(_WHOLE if purpose == _FIRST else purpose, []).append(rest[_MERKLE:])
    first = require_one_store(found[_WHOLE], pieces)
    later = require_one_store(found[_LATER], ())
    return first if first is None or later is None else _join_stores(first, later)


def list_store_pieces(data: bytes) -> list[Piece]:
    """Return C2PA's boxes.

    Raises
    ------
    CorruptImageError
        The file can't be walked over.
    """
    boxes = (piece for piece in walk_level(data) if piece.kind == b"uuid")
    return [piece for piece in boxes if piece.read_content(data).startswith(STORE_UUID)]


def insert(data: bytes, store: bytes, span: Span | None) -> bytes:  # noqa: ARG001  boxes have no span
    """Put the store after the file type, and correct the places that the file states.

    Raises
    ------
    CorruptImageError
        The file is cut off or can't be walked over.
    ManifestError
        The file is a film in fragments, or has no room for its places.
    """
    pieces = list(walk(data))
    if any(piece.cut for piece in pieces):
        raise CorruptImageError("The file is cut off: one of its boxes reaches beyond its end.")
    if any(piece.kind in _FRAGMENTS for piece in pieces):
        raise ManifestError("The file is a film in fragments; no store can be put back into it.")
    first, later = _split_updates(store)
    box = _pack_store(_FIRST if later else _WHOLE, first)
    at = pieces[0].end if pieces else 0
    end = _pack_store(_LATER, later) if later else b""
    return data[:at] + box + _move_items(data, pieces, at, len(box))[at:] + end


def _pack_store(purpose: bytes, store: bytes) -> bytes:
    return _pack(b"uuid", STORE_UUID + bytes(4) + purpose + b"\0" + bytes(_MERKLE) + store)


def _pack(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", _HEAD + len(content), kind) + content


def _join_stores(first: bytes, later: bytes) -> bytes:
    """Return one store with the manifests of both.

    Raises
    ------
    CorruptImageError
        The first is not a complete store.
    """
    _, described, *manifests = _split_store(first) or (b"", b"")
    updates = _split_store(later)[2:]
    if not described:
        raise CorruptImageError("The manifest store is not complete.")
    return _pack(b"jumb", b"".join((described, *manifests, *updates)))


def _split_updates(store: bytes) -> tuple[bytes, bytes]:
    """Split off the updates at the end of a store, as a store of their own; empty if none."""
    head, described, *manifests = _split_store(store) or (b"", b"")
    count = len(manifests)
    while count > 1 and manifests[count - 1][16:20] == _UPDATE_TYPE:
        count -= 1
    if not head or count == len(manifests):
        return store, b""
    parts = manifests[:count], manifests[count:]
    first, later = (_pack(b"jumb", b"".join((described, *part))) for part in parts)
    return first, later


def _split_store(store: bytes) -> list[bytes]:
    """Return a store's head and the boxes in it, the description first; nothing if malformed."""
    outer = next(walk_level(store), None)
    if outer is None or outer.kind != b"jumb" or outer.cut:
        return []
    content = outer.read_content(store)
    boxes = [piece.read(content) for piece in walk_level(content)]
    return [store[:_HEAD], *boxes] if boxes else []


def _walk_nested(data: bytes, start: int, end: int, depth: int) -> Iterator[Piece]:
    if depth > limits.BOX_DEPTH:
        raise CorruptImageError(
            f"The file has too many pieces: boxes nest deeper than {limits.BOX_DEPTH}."
        )
    for piece in _walk_siblings(data, start, end, depth):
        yield piece
        if piece.kind in _NESTING:
            inner = piece.content_start + _version_bytes(data, piece)
            yield from _walk_nested(data, inner, piece.content_end, depth + 1)


def _walk_siblings(data: bytes, at: int, last: int, depth: int) -> Iterator[Piece]:
    while at + _HEAD <= last:
        size, kind = struct.unpack_from(">I4s", data, at)
        head = _HEAD
        if size == _LONG and at + _LONG_HEAD <= last:
            (size,) = struct.unpack_from(">Q", data, at + _HEAD)
            head = _LONG_HEAD
        elif size == _LONG:  # the long size is cut off
            size = _LONG_HEAD
        size = size or last - at  # zero: to the end
        if size < head:
            raise CorruptImageError("A box states a size that is impossible.")
        end = min(at + size, last)
        yield Piece(kind, at, end, at + head, end, depth, cut=at + size > last)
        at = end
    if at < last:
        yield make_unnamed(at, last, depth)


def _version_bytes(data: bytes, piece: Piece) -> int:
    """Return how many bytes lie before the boxes within a box."""
    start = piece.content_start
    if piece.kind != _META or data[start + 4 : start + _HEAD] == b"hdlr":  # QuickTime's has none
        return 0
    return min(_VERSION, piece.content_end - start)


def _move_items(data: bytes, pieces: list[Piece], start: int, by: int) -> bytes:
    """Add ``by`` to every place from ``start`` on that the file states."""
    moved = bytearray(data)
    for at, width in _list_places(data, pieces):
        place = int.from_bytes(data[at : at + width], "big")
        if place >= start:
            if place + by >= 1 << 8 * width:
                raise ManifestError("The file's items have no room to move.")
            moved[at : at + width] = (place + by).to_bytes(width, "big")
    return bytes(moved)


def _list_places(data: bytes, pieces: list[Piece]) -> Iterator[tuple[int, int]]:
    """Yield position and width of each place that the file states: of items and of samples."""
    parent = b""
    for piece in pieces:
        parent = parent if piece.depth else piece.kind
        if (parent, piece.kind, piece.depth) == (_META, b"iloc", 1):
            for at, width in _find_places(piece.read_content(data)):
                yield piece.content_start + at, width
        if width := _TABLES.get(piece.kind, 0):
            last = piece.content_end - width + 1
            yield from ((at, width) for at in range(piece.content_start + _TABLE_HEAD, last, width))


def _find_places(box: bytes) -> Iterator[tuple[int, int]]:
    """Yield position and width of each place in the file that an item location box states.

    An item's extents count from its base, so only the base moves where there is one.
    """
    for location in _read_locations(box):
        if location.method == 0:
            if location.base:
                yield location.base_field
            else:
                yield from (field for field in location.fields if field[1])


def read_locations(box: bytes) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Yield number, method, and place and length of each part of every item that a box locates.

    Raises
    ------
    CorruptImageError
        The box ends before its fields do.
    """
    for location in _read_locations(box):
        yield (
            location.number,
            location.method,
            [(location.base + at, n) for at, n in location.parts],
        )


@dataclass(frozen=True)
class _Location:
    """Where an item's data lies, and where in the box that is stated: positions with widths."""

    number: int
    method: int
    base: int
    base_field: tuple[int, int]
    parts: list[tuple[int, int]]
    fields: list[tuple[int, int]]


def _read_locations(box: bytes) -> Iterator[_Location]:
    read = Fields(box)
    version = read.take(1)
    read.take(3)
    sizes = read.take(2)
    offset, length, base, index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    for _ in range(read.take(2 if version < 2 else 4)):
        number = read.take(2 if version < 2 else 4)
        method = read.take(2) & 15 if version else 0
        read.take(2)
        base_field = (read.at, base)
        start = read.take(base)
        parts, fields = [], []
        for _ in range(read.take(2)):
            read.take(index if version else 0)
            fields.append((read.at, offset))
            parts.append((read.take(offset), read.take(length)))
        yield _Location(number, method, start, base_field, parts, fields)


class Fields:
    """Reads numbers of a box one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, width: int) -> int:
        """Return the number in the next ``width`` bytes.

        Raises
        ------
        CorruptImageError
            There are not so many left.
        """
        if self.at + width > len(self.data):
            raise CorruptImageError("A box ends before its fields do.")
        value = int.from_bytes(self.data[self.at : self.at + width], "big")
        self.at += width
        return value
