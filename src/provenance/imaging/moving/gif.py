"""GIF: 256 colours a frame, chosen anew when a mark is in them.

A mark survives that, since it lies in many pixels (docs/formats.md). What does not change from one
frame to the next keeps its colours to the last bit, so that nothing flickers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from provenance import containers
from provenance.containers import Piece
from provenance.errors import CorruptImageError
from provenance.imaging.companions import find_left_behind
from provenance.imaging.frames import FOREVER, Frame, Moving
from provenance.imaging.picture import Block, Picture
from provenance.imaging.pillow import count_frames, decode_pixels, open_image
from provenance.limits import Limits
from provenance.losses import Loss, LossKind

COLOURS, HALF = 255, 128
"""Colours of a frame beside the transparent one, and the alpha from which a pixel is shown."""

KEEP, CLEAR = 1, 2
"""What becomes of a frame when the next one is shown."""

XMP = containers.gif.APPLICATION + b"\x0bXMP DataXMP"
XMP_END = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
"""How XMP lies in a GIF: not in sub-blocks, but with an end that leads whoever reads such out."""

_HEAD = 10  # bytes up to the end of the size of the screen


def read(data: bytes, limits: Limits) -> Picture:
    """Decode a GIF, of one frame or several.

    Raises
    ------
    InputError
        It can't be decoded, or is over a limit.
    """
    pieces = list(containers.gif.walk(data))
    if len(data) < _HEAD:
        raise CorruptImageError("The GIF picture can't be decoded: its header is missing.")
    limits.check_size(int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little"))
    image = open_image(data, "GIF")
    limits.check_size(*image.size)
    count = count_frames(image, "GIF")
    loops = image.info.get("loop")  # times that it begins again; without it, it is shown once
    plays = 1 if loops is None else loops + 1 if loops else FOREVER
    picture = decode_pixels(image)
    return replace(
        picture,
        format="GIF",
        xmp=_read_xmp(data, pieces),
        moving=Moving(data, "GIF", count, plays) if count > 1 else None,
        blocks=tuple(_read_comments(data, pieces)),
        losses=(*_name_unknown(data, pieces), *find_left_behind("GIF", data, pieces)),
    )


def write(picture: Picture, _image: object) -> bytes:
    """Encode a picture, still or moving, with its comments and XMP."""
    still = Frame(picture.rgb, picture.alpha, Fraction(0))
    moving = picture.moving or Moving(b"", "GIF", 1, 1)
    frames = moving.frames or (still,)
    ends = [0, *(round(100 * end) for end in accumulate(each.delay for each in frames))]
    again = {} if moving.plays == 1 else {"loop": max(moving.plays - 1, 0)}
    transparent = any(each.alpha is not None for each in frames)
    first, *rest = list(_choose_colours(frames))
    buffer = BytesIO()
    first.save(
        buffer,
        "GIF",
        save_all=True,
        append_images=rest,
        duration=[10 * (end - start) for start, end in pairwise(ends)],
        disposal=CLEAR if transparent else KEEP,
        optimize=False,
        **again,
    )
    return _put_texts(buffer.getvalue(), picture)


def _choose_colours(frames: Sequence[Frame]) -> Iterator[Image.Image]:
    """Yield each frame in colours of its own; the last index is transparent, and nothing there.

    Without transparency, what has not changed is left out of a frame.
    """
    before: Frame | None = None
    for each in frames:
        if each.alpha is not None:
            left_out = each.alpha < HALF
        else:
            left_out = (
                np.zeros(each.rgb.shape[:2], bool)
                if before is None
                else (before.rgb == each.rgb).all(axis=2)
            )
        yield _quantise(each.rgb, left_out)
        before = each


def _quantise(rgb: NDArray[np.uint8], left_out: NDArray[np.bool_]) -> Image.Image:
    """Choose colours for those pixels that are not left out."""
    used = rgb[~left_out] if not left_out.all() else rgb[:1, 0]
    sample = Image.fromarray(np.ascontiguousarray(used.reshape(1, -1, 3)))
    palette = sample.quantize(COLOURS, dither=Image.Dither.NONE)
    drawn = Image.fromarray(np.ascontiguousarray(rgb)).quantize(
        palette=palette, dither=Image.Dither.NONE
    )
    if not left_out.any():
        return drawn
    indices = np.array(drawn)
    indices[left_out] = COLOURS
    shown = Image.fromarray(indices, "P")
    colours = (palette.getpalette() or [])[: 3 * COLOURS]
    shown.putpalette(bytes(colours).ljust(3 * (COLOURS + 1), b"\0"))
    shown.info["transparency"] = COLOURS
    return shown


def _put_texts(encoded: bytes, picture: Picture) -> bytes:
    """Put comments and XMP behind the header."""
    at = next(iter(containers.gif.walk(encoded))).end
    comments = b"".join(
        containers.gif.COMMENT + each.payload
        for each in picture.blocks
        if each.kind == containers.gif.COMMENT
    )
    packet = XMP + picture.xmp + XMP_END if picture.xmp else b""
    return encoded[:at] + comments + packet + encoded[at:]


def _read_xmp(data: bytes, pieces: Sequence[Piece]) -> bytes | None:
    start = XMP.removeprefix(containers.gif.APPLICATION)
    for each in pieces:
        content = each.read_content(data) if each.kind == containers.gif.APPLICATION else b""
        if content.startswith(start) and not each.cut:
            return content.removeprefix(start).partition(XMP_END[:3])[0] or None
    return None


def _read_comments(data: bytes, pieces: Sequence[Piece]) -> Iterator[Block]:
    for each in pieces:
        if each.kind == containers.gif.COMMENT and not each.cut:
            yield Block(each.kind, each.read_content(data))


def _name_unknown(data: bytes, pieces: Sequence[Piece]) -> Iterator[Loss]:
    """Name the applications whose data is left out."""
    known = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"XMP DataXMP", b"C2PA_GIF")
    applications = [each for each in pieces if each.kind == containers.gif.APPLICATION]
    names = [each.read_content(data)[1:12] for each in applications]
    if left := sorted({name.decode("latin-1") for name in names if not name.startswith(known)}):
        says = f"The GIF holds data of programs of their own, which is left out: {', '.join(left)}."
        yield Loss(LossKind.PRIVATE, says)
