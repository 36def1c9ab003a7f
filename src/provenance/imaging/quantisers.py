"""How finely an AVIF or HEIC was coded, read from the stream itself.

Coded anew as finely, a picture neither grows nor loses what its file still had. Only the headers up
to the number in question are read, of still pictures as encoders write them; for all others the
answer is None.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance.containers import items
from provenance.errors import CorruptImageError

HEAD = 256
"""Bytes of a unit that are looked at; the numbers lie within the first hundred."""

_SEQUENCE, _FRAMES = 1, (3, 6)  # AV1: types of units
_SEQUENCE_SET, _PICTURE_SET, _REFRESH = 33, 34, (19, 20)  # HEVC: types of units


class _Bits:
    """Reads numbers of any number of bits, and those of Exp-Golomb codes."""

    def __init__(self, data: bytes) -> None:
        self.value = int.from_bytes(data, "big")
        self.left = 8 * len(data)

    def take(self, count: int) -> int:
        if count > self.left:
            raise CorruptImageError("A header ends before its fields do.")
        self.left -= count
        return self.value >> self.left & ((1 << count) - 1)

    def golomb(self) -> int:
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)

    def signed_golomb(self) -> int:
        value = self.golomb()
        return (value + 1) // 2 if value & 1 else -(value // 2)


def read_quantiser(item: items.Item) -> int | None:
    """Return AV1's ``base_q_idx`` (0 to 255) or HEVC's slice QP (0 to 51) of an item, or None."""
    try:
        if item.kind == b"av01":
            return _read_av1(item.data)
        return _read_hevc(item) if item.kind == b"hvc1" else None
    except CorruptImageError:
        return None


def _read_av1(data: bytes) -> int | None:
    shape = None
    for kind, unit in _split_av1(data):
        if kind == _SEQUENCE:
            shape = _read_sequence(_Bits(unit))
        elif kind in _FRAMES and shape is not None:
            return _read_frame(_Bits(unit), *shape)
    return None


def _split_av1(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield type and beginning of each unit."""
    at = 0
    while at < len(data):
        head = data[at]
        at += 2 if head & 4 else 1
        size, shift = 0, 0
        while head & 2 and at < len(data) and shift < 56:
            size |= (data[at] & 127) << shift
            shift += 7
            at += 1
            if not data[at - 1] & 128:
                break
        end = at + size if head & 2 else len(data)
        yield head >> 3 & 15, data[at : min(end, at + HEAD)]
        at = end


def _read_sequence(read: _Bits) -> tuple[int, int, bool, bool] | None:
    """Return width, height, and whether blocks are large and pictures may be narrowed.

    None for what is not a still picture with the short headers that are made for one.
    """
    read.take(3)
    if read.take(2) != 3:  # a still picture, with a reduced header
        return None
    read.take(5)
    sizes = read.take(4) + 1, read.take(4) + 1
    width, height = (read.take(bits) + 1 for bits in sizes)
    large = bool(read.take(1))
    read.take(2)
    return width, height, large, bool(read.take(1))


def _read_frame(read: _Bits, width: int, height: int, large: bool, narrows: bool) -> int | None:
    read.take(1)
    screen = read.take(1)
    if screen:
        read.take(1)
    if narrows and read.take(1):  # coded narrower than it is shown
        return None
    if read.take(1):  # shown in another size
        read.take(32)
    if screen:
        read.take(1)
    return read.take(8) if _skip_tiles(read, width, height, large) else None


def _skip_tiles(read: _Bits, width: int, height: int, large: bool) -> bool:
    """Read past how the picture is cut into tiles, if they are all of one size."""
    if not read.take(1):
        return False
    size = 7 if large else 6  # a block's side, as a power of two
    across, down = ((2 * (side + 7 >> 3)) * 4 + (1 << size) - 1 >> size for side in (width, height))
    fewest = _count_halvings(4096 >> size, across)
    at_all = max(fewest, _count_halvings(4096 * 2304 >> 2 * size, across * down))
    columns = _read_increments(read, fewest, _count_halvings(1, min(across, 64)))
    rows = _read_increments(read, max(at_all - columns, 0), _count_halvings(1, min(down, 64)))
    if columns + rows:
        read.take(columns + rows + 2)
    return True


def _read_increments(read: _Bits, value: int, most: int) -> int:
    while value < most and read.take(1):
        value += 1
    return value


def _count_halvings(part: int, whole: int) -> int:
    return max(0, (-(-whole // part) - 1).bit_length())


def _read_hevc(item: items.Item) -> int | None:
    box = next((each.content for each in item.properties if each.kind == b"hvcC"), b"")
    sets = {unit[0] >> 1 & 63: _Bits(_unescape(unit[2:])) for unit in _split_sets(box) if unit}
    if not sets.keys() >= {_SEQUENCE_SET, _PICTURE_SET} or len(box) < 22:
        return None
    known = _read_sequence_set(sets[_SEQUENCE_SET])
    if known is None:
        return None
    colours, offset = known
    extra, shown, initial = _read_picture_set(sets[_PICTURE_SET])
    width, at = (box[21] & 3) + 1, 0
    while at + width + 2 < len(item.data):
        size = int.from_bytes(item.data[at : at + width], "big")
        at += width
        kind = item.data[at] >> 1 & 63
        if kind in _REFRESH:
            read = _Bits(_unescape(item.data[at + 2 : at + min(size, HEAD)]))
            read.take(2)
            read.golomb()
            read.take(extra)
            read.golomb()
            read.take(shown + (offset and (2 if colours else 1)))
            return initial + read.signed_golomb()
        at += size
    return None


def _split_sets(box: bytes) -> Iterator[bytes]:
    at = 23
    for _ in range(box[22] if len(box) > 22 else 0):
        count = int.from_bytes(box[at + 1 : at + 3], "big")
        at += 3
        for _ in range(min(count, len(box))):
            size = int.from_bytes(box[at : at + 2], "big")
            yield box[at + 2 : at + 2 + min(size, HEAD)]
            at += 2 + size


def _unescape(data: bytes) -> bytes:
    return data.replace(b"\0\0\3", b"\0\0")


def _read_sequence_set(read: _Bits) -> tuple[int, bool] | None:
    """Return the colour resolution, and whether samples are offset; None where that lies deeper."""
    read.take(4)
    layers = read.take(3)
    read.take(1 + 96)
    if layers:
        return None
    read.golomb()
    colours = read.golomb()
    if colours == 3 and read.take(1):
        colours = 0
    read.golomb(), read.golomb()
    for _ in range(4 if read.take(1) else 0):
        read.golomb()
    for _ in range(3):
        read.golomb()
    read.take(1)
    for _ in range(3 + 6):
        read.golomb()
    if read.take(1) and read.take(1):  # scaling lists of its own
        return None
    read.take(1)
    return colours, bool(read.take(1))


def _read_picture_set(read: _Bits) -> tuple[int, int, int]:
    """Return bits of a slice's header to pass by, twice, and the quantiser to begin with."""
    read.golomb(), read.golomb()
    read.take(1)
    shown, extra = read.take(1), read.take(3)
    read.take(2)
    read.golomb(), read.golomb()
    return extra, shown, 26 + read.signed_golomb()
