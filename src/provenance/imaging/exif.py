"""EXIF's orientation, read and set without trusting the rest of the structure."""

from __future__ import annotations

import struct

from provenance import containers

EXIF_PREFIX = b"Exif\0\0"
"""Stands before the structure in a JPEG; some writers of other formats put it there too."""

ORIENTATION_TAG = 0x0112
"""Tag of the entry that says how the stored pixels are turned."""

UPRIGHT, LAST_ORIENTATION = 1, 8
"""Values of that entry, from pixels that are stored as they are seen."""

_VALUE = 8  # bytes of an entry before its value: tag, type, count
_SHORT = 3  # the type that the value should have
_WHOLE = {1: "B", 4: "I", 6: "b", 8: "h", 9: "i"}  # the types that it has elsewhere


def strip_prefix(exif: object) -> bytes | None:
    """Return EXIF, as Pillow reports it, without its prefix; None when there is none."""
    return exif.removeprefix(EXIF_PREFIX) if isinstance(exif, bytes) and exif else None


def read_orientation(exif: bytes | None) -> int:
    """Return the EXIF orientation, 1 to 8; damaged or missing data counts as upright."""
    order, entry = _find_orientation(exif or b"")
    if entry is None:
        return UPRIGHT
    code = _WHOLE.get(struct.unpack_from(order + "H", exif or b"", entry + 2)[0], "H")
    (value,) = struct.unpack_from(order + code, exif or b"", entry + _VALUE)
    return value if UPRIGHT <= value <= LAST_ORIENTATION else UPRIGHT


def states_orientation(exif: bytes | None) -> bool:
    """Tell whether EXIF says how the pixels are turned."""
    return _find_orientation(exif or b"")[1] is not None


def set_orientation(exif: bytes, value: int) -> bytes:
    """Return EXIF, or a TIFF file, with another orientation where it states one."""
    order, entry = _find_orientation(exif)
    if entry is None:
        return exif
    changed = struct.pack(order + "HIH", _SHORT, 1, value) + bytes(2)
    return exif[: entry + 2] + changed + exif[entry + 2 + len(changed) :]


def _find_orientation(exif: bytes) -> tuple[str, int | None]:
    """Return the byte order, and where the first directory has its entry for the orientation."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    entries = containers.tiff.walk_first_directory(exif) if order else ()
    tag = ORIENTATION_TAG.to_bytes(2, "big")
    found = (entry.start for entry in entries if entry.kind == tag)
    return order or "<", next(found, None)
