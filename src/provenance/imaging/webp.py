"""WebP files: their size is read before they are decoded, and lossless ones stay lossless."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO

import numpy as np
from PIL import Image

from provenance import containers
from provenance.containers import Piece
from provenance.errors import CorruptImageError
from provenance.imaging import companions
from provenance.imaging.exif import strip_prefix
from provenance.imaging.frames import FOREVER
from provenance.imaging.moving import make_moving, write_sequence
from provenance.imaging.picture import LOSSY_QUALITY, Picture
from provenance.imaging.pillow import decode_pixels, open_image, translate_decoder_errors
from provenance.limits import Limits
from provenance.losses import Loss, LossKind

EXTENDED, LOSSY, LOSSLESS = b"VP8X", b"VP8 ", b"VP8L"
"""Chunks that state the size: of the canvas, and of a picture coded either way."""

KNOWN = frozenset({containers.OTHER, EXTENDED, LOSSY, LOSSLESS}) | {
    *(b"ALPH", b"ICCP", b"EXIF", b"XMP ", b"C2PA", b"ANIM", b"ANMF")
}
"""Chunks that are written anew, or describe the old pixels only (a manifest)."""

FRAME, FRAME_HEAD = b"ANMF", 16
"""The chunk of one frame, and its bytes before the frame's own chunks."""

LOSSLESS_SIGNATURE = 0x2F
"""First byte of a lossless picture."""

SIZE_BYTES, LOSSLESS_SIZE_BYTES = 10, 5
"""Bytes at the start of such a chunk up to the end of the size."""

SIDE_MASK = 0x3FFF
"""The 14 bits in which a coded picture states a side."""

LOSSLESS_EFFORT = 50
"""libwebp's 0 to 100 in lossless mode, where it trades time for size and never quality."""

DECODER_BYTES = 12
"""Bytes of a pixel that libwebp decodes with: two canvases, and the picture. Where it finds no
memory for them it says what it says of damage, so they are asked for before."""

METHOD = 4
"""libwebp's speed, 0 to 6; its default."""


def read(data: bytes, limits: Limits) -> Picture:
    """Decode a WebP file.

    Raises
    ------
    InputError
        It can't be decoded, is over a limit or is animated.
    """
    pieces = list(containers.riff.walk(data))
    chunks = [
        (
            piece.kind,
            data[piece.content_start : min(piece.content_start + SIZE_BYTES, piece.content_end)],
        )
        for piece in pieces
    ]
    area = 0
    for width, height in _read_sizes(chunks):
        limits.check_size(width, height)
        area = max(area, width * height)
    with translate_decoder_errors("The WEBP picture"):
        np.empty(DECODER_BYTES * area, dtype=np.uint8)
    kinds = {kind for kind, _ in chunks}
    image = open_image(data, "WEBP")
    limits.check_size(*image.size)
    moving = make_moving(image, data, "WEBP", int(image.info.get("loop", FOREVER)))
    return replace(
        decode_pixels(image),
        format="WEBP",
        icc=image.info.get("icc_profile"),
        exif=strip_prefix(image.info.get("exif")),
        xmp=image.info.get("xmp"),
        lossless=_find_codings(data, pieces) <= {LOSSLESS},
        moving=moving,
        losses=(*_name_unknown(kinds), *companions.find_left_behind("WebP", data, pieces)),
    )


def _name_unknown(kinds: set[bytes]) -> Iterator[Loss]:
    """Name the chunks that are left out, if there are any."""
    if left := sorted(kind.decode("latin-1") for kind in kinds - KNOWN):
        says = f"The WebP holds chunks of a program's own, which are left out: {', '.join(left)}."
        yield Loss(LossKind.PRIVATE, says)


def write(picture: Picture, image: Image.Image) -> bytes:
    """Encode ``image``, the pixels of ``picture``: exactly when its source stored exact pixels."""
    options = {
        "lossless": picture.lossless,
        "quality": LOSSLESS_EFFORT if picture.lossless else picture.quality or LOSSY_QUALITY,
        "method": METHOD,
        "icc_profile": picture.icc or b"",
        "exif": picture.exif or b"",
        "xmp": picture.xmp or b"",
    }
    if picture.moving:
        return write_sequence(picture.moving.frames, picture.moving, "WEBP", options)
    buffer = BytesIO()
    image.save(buffer, "WEBP", exact=True, **options)  # keeps colour under full transparency
    return buffer.getvalue()


def _find_codings(data: bytes, pieces: Sequence[Piece]) -> set[bytes]:
    """Return the ways in which the picture, or its frames, are coded."""
    still = {each.kind for each in pieces} & {LOSSY, LOSSLESS}
    frames = (each.content_start for each in pieces if each.kind == FRAME)
    inner = {data[start + FRAME_HEAD : start + FRAME_HEAD + 4] for start in frames}
    # Only lossy frames have alpha in a chunk of its own, which then comes first.
    return still | {LOSSLESS if kind == LOSSLESS else LOSSY for kind in inner}


def _read_sizes(chunks: Sequence[tuple[bytes, bytes]]) -> Iterator[tuple[int, int]]:
    """Yield every width and height that the file states.

    Raises
    ------
    CorruptImageError
        It states none.
    """
    found = False
    for kind, head in chunks:
        if len(head) < SIZE_BYTES and kind in (EXTENDED, LOSSY):
            continue
        if kind == EXTENDED:
            yield 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
        elif kind == LOSSY:
            width, height = struct.unpack_from("<HH", head, 6)
            yield width & SIDE_MASK, height & SIDE_MASK
        elif (
            kind == LOSSLESS and len(head) >= LOSSLESS_SIZE_BYTES and head[0] == LOSSLESS_SIGNATURE
        ):
            bits = int.from_bytes(head[1:5], "little")
            yield 1 + (bits & SIDE_MASK), 1 + (bits >> 14 & SIDE_MASK)
        else:
            continue
        found = True
    if not found:
        raise CorruptImageError("The WebP picture can't be decoded: its header is missing.")
