"""How finely an AVIF or HEIC was coded, read from the stream itself.

Coded anew as finely, a picture neither grows nor loses what its file still had. Only the headers up
to the number in question are read, as encoders write them; for all others the answer is None.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance.containers import items
from provenance.errors import CorruptImageError
from provenance.imaging import av1
from provenance.imaging.av1 import HEAD
from provenance.imaging.bits import Bits

_SEQUENCE_SET, _PICTURE_SET, _REFRESH = 33, 34, (19, 20)  # HEVC: types of units


def read_quantiser(item: items.Item) -> int | None:
    """Return AV1's ``base_q_idx`` (0 to 255) or HEVC's slice QP (0 to 51) of an item, or None."""
    try:
        if item.kind == b"av01":
            return next(av1.read_quantisers([item.data]), None)
        return _read_hevc(item) if item.kind == b"hvc1" else None
    except CorruptImageError:
        return None


def _read_hevc(item: items.Item) -> int | None:
    box = next((each.content for each in item.properties if each.kind == b"hvcC"), b"")
    sets = {unit[0] >> 1 & 63: Bits(_unescape(unit[2:])) for unit in _split_sets(box) if unit}
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
            read = Bits(_unescape(item.data[at + 2 : at + min(size, HEAD)]))
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


def _read_sequence_set(read: Bits) -> tuple[int, bool] | None:
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


def _read_picture_set(read: Bits) -> tuple[int, int, int]:
    """Return bits of a slice's header to pass by, twice, and the quantiser to begin with."""
    read.golomb(), read.golomb()
    read.take(1)
    shown, extra = read.take(1), read.take(3)
    read.take(2)
    read.golomb(), read.golomb()
    return extra, shown, 26 + read.signed_golomb()
