"""Photoshop's files: the flat picture in them, which shows all layers together, is read."""

from __future__ import annotations

from dataclasses import replace

from provenance.errors import UnsupportedFormatError
from provenance.imaging.picture import Picture
from provenance.imaging.pillow import decode_pixels, open_image
from provenance.limits import Limits

START = b"8BPS"
"""First bytes of a file."""

_VERSION, _SIZE, _DEPTH = slice(4, 6), slice(14, 22), slice(22, 24)
_LARGE = b"\0\2"


def read(data: bytes, limits: Limits) -> Picture:
    """Decode the flat picture of a Photoshop file.

    Raises
    ------
    InputError
        It can't be decoded, is over a limit, or is of a kind that is not handled.
    """
    if data[_VERSION] == _LARGE:
        raise UnsupportedFormatError(
            "This is a large Photoshop file (PSB), which is not handled; save it as PSD or TIFF."
        )
    if data[_DEPTH] not in (b"\0\1", b"\0\x08"):
        raise UnsupportedFormatError(
            "This Photoshop file has 16 or 32 bits per channel, which is not handled; save it as "
            "TIFF."
        )
    size = data[_SIZE].ljust(8, b"\0")
    limits.check_size(int.from_bytes(size[4:], "big"), int.from_bytes(size[:4], "big"))
    image = open_image(data, "PSD")
    limits.check_size(*image.size)
    picture = decode_pixels(image)
    return replace(picture, format="PSD", obstacle="This is a Photoshop file with layers")
