"""WebP files: size before decoding, lossless or lossy kept."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO

from PIL import Image

from provenance import containers
from provenance.errors import CorruptImageError
from provenance.imaging.exif import strip_prefix
from provenance.imaging.picture import Picture
from provenance.imaging.pillow import decode_pixels, make_animation_error, open_image
from provenance.limits import Limits

EXTENDED, LOSSY, LOSSLESS = b"VP8X", b"VP8 ", b"VP8L"
LOSSLESS_SIGNATURE = 0x2F
SIZE_BYTES = 10  # first ones of a chunk, which state the size

QUALITY = 90
"""For lossy output. WebP files don't state the quality they were written with; at 90 a second
coding adds no visible loss, which the watermark's own budget would otherwise have to share."""

LOSSLESS_EFFORT = 50
"""libwebp's 0 to 100 in lossless mode, where it trades time for size and never quality."""

METHOD = 4
"""libwebp's speed, 0 to 6; its default."""


def read(data: bytes, limits: Limits) -> Picture:
    """Decode a WebP file; raises InputError subclasses only."""
    chunks = [
        (
            piece.kind,
            data[piece.content_start : min(piece.content_start + SIZE_BYTES, piece.content_end)],
        )
        for piece in containers.riff.walk(data)
    ]
    for width, height in _read_sizes(chunks):
        limits.check_size(width, height)
    kinds = {kind for kind, _ in chunks}
    if b"ANIM" in kinds or b"ANMF" in kinds:
        raise make_animation_error("WebP")
    image = open_image(data, "WEBP")
    limits.check_size(*image.size)
    return replace(
        decode_pixels(image),
        format="WEBP",
        icc=image.info.get("icc_profile"),
        exif=strip_prefix(image.info.get("exif")),
        xmp=image.info.get("xmp"),
        lossless=LOSSLESS in kinds,
    )


def write(picture: Picture, image: Image.Image) -> bytes:
    """Encode ``image``, the pixels of ``picture``: exactly when its source stored exact pixels."""
    buffer = BytesIO()
    image.save(
        buffer,
        "WEBP",
        lossless=picture.lossless,
        quality=LOSSLESS_EFFORT if picture.lossless else QUALITY,
        method=METHOD,
        exact=True,  # keeps the colour under full transparency
        icc_profile=picture.icc,
        exif=picture.exif or b"",
        xmp=picture.xmp or b"",
    )
    return buffer.getvalue()


def _read_sizes(chunks: Sequence[tuple[bytes, bytes]]) -> Iterator[tuple[int, int]]:
    """Yield every width and height stated in the file; CorruptImageError when there is none."""
    found = False
    for kind, head in chunks:
        if len(head) < 10 and kind in (EXTENDED, LOSSY):
            continue
        if kind == EXTENDED:
            yield 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
        elif kind == LOSSY:
            width, height = struct.unpack_from("<HH", head, 6)
            yield width & 0x3FFF, height & 0x3FFF
        elif kind == LOSSLESS and len(head) >= 5 and head[0] == LOSSLESS_SIGNATURE:
            bits = int.from_bytes(head[1:5], "little")
            yield 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        else:
            continue
        found = True
    if not found:
        raise CorruptImageError("the WebP picture can't be decoded, its header is missing")
