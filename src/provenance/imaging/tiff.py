"""The one EXIF field that matters here, read without trusting the rest of the structure."""

from __future__ import annotations

import struct

PREFIX = b"Exif\0\0"
"""Stands before the structure in a JPEG; other formats' writers put it or not."""

ORIENTATION_TAG = 0x0112
ENTRY_BYTES = 12
UPRIGHT = 1


def bare(exif: object) -> bytes | None:
    """Return EXIF as Pillow reports it without its prefix, None when there is none."""
    return exif.removeprefix(PREFIX) if isinstance(exif, bytes) and exif else None


def orientation(exif: bytes | None) -> int:
    """Return the EXIF orientation, 1 to 8; damaged or missing data means 1, upright."""
    order = {b"II": "<", b"MM": ">"}.get((exif or b"")[:2])
    if exif is None or order is None:
        return UPRIGHT
    try:
        (start,) = struct.unpack_from(order + "I", exif, 4)
        (count,) = struct.unpack_from(order + "H", exif, start)
        for index in range(count):
            entry = start + 2 + index * ENTRY_BYTES
            tag, _type, _length, value = struct.unpack_from(order + "HHIH", exif, entry)
            if tag == ORIENTATION_TAG:
                return value if 1 <= value <= 8 else UPRIGHT
    except struct.error:
        pass
    return UPRIGHT
