"""AVIF, HEIC and other ISO media files: the store is in a box behind the file type.

Whatever lies behind it moves, so the places that the file states for its items move too.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance.manifest.containers import Span

_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_PURPOSE = b"manifest\0"
_MERKLE = 8  # bytes: where further hashes are; none in a picture
_BEFORE_PURPOSE = len(_UUID) + 4  # identity, then version and flags
_TABLES = (b"stco", b"co64", b"moof", b"mfra")  # places in films, which are not moved here


def extract(data: bytes) -> bytes | None:
    """Return the store; None when there is none."""
    for kind, start, end in _boxes(data, 0, len(data)):
        body = data[start:end]
        if kind == b"uuid" and body.startswith(_UUID):
            rest = body[_BEFORE_PURPOSE:]
            if rest.startswith(_PURPOSE):
                return rest[len(_PURPOSE) + _MERKLE :]
    return None


def insert(data: bytes, store: bytes, span: Span | None) -> bytes:  # noqa: ARG001  boxes have no span
    """Put the store behind the file type, and move what the file says of its items' places."""
    _, _, at = next(_boxes(data, 0, len(data)))
    if any(table in data for table in _TABLES):
        raise ValueError("a film, whose store is not put back here")
    body = _UUID + bytes(4) + _PURPOSE + bytes(_MERKLE) + store
    box = (8 + len(body)).to_bytes(4, "big") + b"uuid" + body
    return data[:at] + box + _moved(data, at, len(box))[at:]


def _moved(data: bytes, behind: int, by: int) -> bytes:
    """Add `by` to every place beyond `behind` that an item location box states."""
    moved = bytearray(data)
    for start, end in _locations(data):
        for at, width in _places(data[start:end]):
            field = slice(start + at, start + at + width)
            place = int.from_bytes(data[field], "big")
            if place >= behind:
                moved[field] = (place + by).to_bytes(width, "big")
    return bytes(moved)


def _locations(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield start and end of each item location box, which lies in a meta box."""
    for kind, start, end in _boxes(data, 0, len(data)):
        if kind == b"meta":
            for inner, first, last in _boxes(data, start + 4, end):
                if inner == b"iloc":
                    yield first, last


def _places(box: bytes) -> Iterator[tuple[int, int]]:
    """Yield position and width of each stated place in a file, in an item location box.

    An item's extents count from its base; where that is given, it alone moves.
    """
    read = _Fields(box)
    version = read.number(1)
    read.number(3)
    sizes = read.number(2)
    offset, length, base, index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    for _ in range(read.number(2 if version < 2 else 4)):
        read.number(2 if version < 2 else 4)
        in_file = not version or read.number(2) & 15 == 0
        read.number(2)
        at = read.at
        based = bool(read.number(base))
        if in_file and based:
            yield at, base
        for _ in range(read.number(2)):
            read.number(index if version else 0)
            at = read.at
            read.number(offset)
            if in_file and not based and offset:
                yield at, offset
            read.number(length)


class _Fields:
    """Numbers one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def number(self, width: int) -> int:
        if self.at + width > len(self.data):
            raise ValueError("a box ends early")
        value = int.from_bytes(self.data[self.at : self.at + width], "big")
        self.at += width
        return value


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start and end of each box's content."""
    at = start
    while at + 8 <= end:
        size = int.from_bytes(data[at : at + 4], "big")
        head = 8
        if size == 1:  # the size did not fit and follows
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        size = size or end - at  # zero: to the end
        if size < head or at + size > end:
            raise ValueError("a box reaches beyond its parent")
        yield data[at + 4 : at + 8], at + head, at + size
        at += size
