"""Into how many pieces a file is cut: with more than a picture needs, the SDK may not return.

So they are counted before it sees the file, and a file with too many is refused.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice

MAX_CHUNKS = 2**17
"""Of a PNG or RIFF file, as many as are decoded."""

MAX_BOXES = 5_000
"""Of an AVIF or HEIC, whose largest grids have about a thousand."""

MAX_FIELDS = 50_000
"""Of a TIFF's directories, where a page has twenty."""

_PNG = b"\x89PNG\r\n\x1a\n"
_NESTING = frozenset(
    b"moov trak mdia minf dinf stbl mvex edts udta moof traf mfra sinf schi iprp ipco meta".split()
)
_VERSION = {b"meta": 4}  # bytes before the boxes within
_POINTERS = frozenset({0x014A, 0x8769, 0x8825, 0xA005})  # to further directories


def too_many(data: bytes) -> bool:
    """Tell whether a file has more pieces than the SDK is given."""
    pieces, most = _pieces(data)
    return next(islice(pieces, most, None), None) is not None


def _pieces(data: bytes) -> tuple[Iterator[int], int]:
    if data.startswith(_PNG):
        return _chunks(data, len(_PNG), ">I4x", 4), MAX_CHUNKS
    if data.startswith(b"RIFF"):
        return _chunks(data, 12, "<4xI", 0), MAX_CHUNKS
    if data[4:8] == b"ftyp":
        return _boxes(data), MAX_BOXES
    if data[:2] in (b"II", b"MM"):
        return _fields(data), MAX_FIELDS
    return iter(()), 0


def _chunks(data: bytes, at: int, head: str, behind: int) -> Iterator[int]:
    while at + 8 <= len(data):
        yield at
        (size,) = struct.unpack_from(head, data, at)
        at += 8 + size + behind
        at += at % 2 if not behind else 0  # RIFF pads to an even place


def _boxes(data: bytes) -> Iterator[int]:
    """Go over all boxes, those within others too."""
    spans = [(0, len(data))]
    while spans:
        at, end = spans.pop()
        while at + 8 <= end:
            yield at
            size, kind = struct.unpack_from(">I4s", data, at)
            head = 8
            if size == 1 and at + 16 <= end:
                (size,) = struct.unpack_from(">Q", data, at + 8)
                head = 16
            stop = min(at + size, end) if size else end
            if stop < at + head:
                break
            if kind in _NESTING:
                spans.append((at + head + _VERSION.get(kind, 0), stop))
            at = stop


def _fields(data: bytes) -> Iterator[int]:
    """Go over the fields of all directories that something points to."""
    order = "<" if data.startswith(b"II") else ">"
    big = data[2:4] in (b"+\0", b"\0+")
    number, count, width = ("Q", "Q", 20) if big else ("I", "H", 12)
    places = list(_unpacked(order + number, data, 8 if big else 4))
    while places:
        place = places.pop()
        yield place
        (fields,) = _unpacked(order + count, data, place) or (0,)
        at = place + struct.calcsize(order + count)
        for _ in range(min(fields, len(data) // width)):
            yield at
            tag, kind = _unpacked(order + "HH", data, at) or (0, 0)
            if tag in _POINTERS:
                places += _pointers(data, at, order, number, kind)
            at += width
        places += [next_one for next_one in _unpacked(order + number, data, at) if next_one]


def _pointers(data: bytes, at: int, order: str, number: str, kind: int) -> list[int]:
    """Return where a field points to: to one place within itself, or to a list of them."""
    size = struct.calcsize(order + number)
    value = at + 4 + size
    count = (_unpacked(order + number, data, at + 4) or (0,))[0]
    width = {4: "I", 13: "I", 16: "Q", 18: "Q"}.get(kind, number)
    if count * struct.calcsize(order + width) > size:
        value = (_unpacked(order + number, data, value) or (0,))[0]
    count = min(count, MAX_FIELDS)
    return list(_unpacked(f"{order}{count}{width}", data, value))


def _unpacked(form: str, data: bytes, at: int) -> tuple[int, ...]:
    """Return the numbers at a place; none when that is beyond the end."""
    size = struct.calcsize(form)
    return struct.unpack_from(form, data, at) if at + size <= len(data) else ()
