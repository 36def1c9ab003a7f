"""BMP files: read, and written in another format only."""

from __future__ import annotations

import struct
from dataclasses import replace

from provenance.imaging.picture import Picture, accept_dpi
from provenance.imaging.pillow import decode_pixels, open_image
from provenance.limits import Limits

HEAD, SPACE, WITH_SPACE = 14, 56, 108
"""Bytes of the file's own header; where the other one states a colour space, and how long that one
is where it does."""

USUAL = frozenset({b"BGRs", b" niW"})
"""Spaces that are sRGB: "sRGB" and "Win ", the system's, with the last letter first."""


def read(data: bytes, limits: Limits) -> Picture:
    """Decode a BMP file.

    Raises
    ------
    InputError
        It can't be decoded, or is over a limit.
    """
    image = open_image(data, "BMP")
    limits.check_size(*image.size)
    density = image.info.get("dpi")
    return replace(
        decode_pixels(image),
        format="BMP",
        dpi=accept_dpi(*density) if density else None,
        obstacle=None if _is_usual(data) else "This BMP states colours of its own",
    )


def _is_usual(data: bytes) -> bool:
    """Tell whether the colours are sRGB's, as they are where nothing is said."""
    (length,) = struct.unpack_from("<I", data.ljust(HEAD + 4, b"\0"), HEAD)
    stated = data[HEAD + SPACE : HEAD + SPACE + 4]
    return length < WITH_SPACE or stated in USUAL
