"""PNG that moves (PNG 3, 11.3.6): frames are chunks beside those of a still PNG.

A frame is written as the smallest box that holds what changed, in place of what was there. Delays
are fractions, and are kept as such.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction
from io import BytesIO
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from provenance import containers
from provenance.containers import Piece
from provenance.imaging.frames import Frame, Moving
from provenance.imaging.picture import Block, Picture

CONTROL, FRAME, DATA = b"acTL", b"fcTL", b"fdAT"
"""Chunks: how many frames and plays there are, how one lies and lasts, and its pixels."""

OF_MOVING = frozenset({CONTROL, FRAME, DATA})
"""Chunks of the animation, which are written anew."""

_FRAME = struct.Struct(">IIIIIHHBB")  # number, width, height, left, top, delay, its unit, two ways
_NO_UNIT = 100  # a delay whose unit is 0 is in hundredths of a second
_KEEP, _IN_PLACE = 0, 0  # what is shown stays, and what is new takes the place of what was there
_MOST_DELAY = 0xFFFF


def read_apng(data: bytes, chunks: Sequence[Piece]) -> Moving | None:
    """Return how a PNG moves; None when it has one frame only."""
    control = next((each for each in chunks if each.kind == CONTROL), None)
    kinds = [each.kind for each in chunks]
    pixels = kinds.index(b"IDAT") if b"IDAT" in kinds else 0
    if control is None or kinds.index(CONTROL) > pixels or control.cut:
        return None
    content = control.read_content(data)
    if len(content) != 8:
        return None
    frames, plays = struct.unpack(">II", content)
    poster = FRAME not in kinds[:pixels]
    count = frames + poster
    return Moving(data, "PNG", count, plays, poster) if count > 1 else None


def list_delays(data: bytes) -> list[Fraction]:
    """Return the delay of every frame; that of a poster is 0."""
    delays, shown = [], False
    for each in containers.png.walk(data):
        content = each.read_content(data)
        if each.kind == FRAME and len(content) == _FRAME.size:
            *_, delay, unit, _dispose, _blend = _FRAME.unpack(content)
            delays.append(Fraction(delay, unit or _NO_UNIT))
        elif each.kind == b"IDAT" and not shown:
            shown = True
            delays = delays or [Fraction(0)]
    return delays


def write_apng(picture: Picture, frames: Sequence[Frame], moving: Moving) -> bytes:
    """Write frames as a PNG that moves, with the picture's blocks."""
    shown = [_join(each, grey=picture.grey) for each in frames]
    header, pixels = _encode(shown[0])
    blocks = [header, Block(CONTROL, struct.pack(">II", len(frames) - moving.poster, moving.plays))]
    blocks += [each for each in picture.blocks if each.kind not in OF_MOVING]
    if not moving.poster:
        blocks.append(Block(FRAME, _place(0, shown[0].shape, 0, 0, frames[0].delay)))
    blocks += [Block(b"IDAT", pixels), *_write_rest(shown, frames, moving), Block(b"IEND", b"")]
    packed = (containers.png.pack_chunk(each.kind, each.payload) for each in blocks)
    return containers.png.SIGNATURE + b"".join(packed)


def _write_rest(
    shown: Sequence[NDArray[np.uint8]], frames: Sequence[Frame], moving: Moving
) -> Iterator[Block]:
    """Yield the chunks of all frames but the first. The first behind a poster is written whole."""
    number = 0 if moving.poster else 1
    for index, (before, now) in enumerate(pairwise(shown), 1):
        whole = index == 1 and moving.poster
        top, bottom, left, right = (
            (0, now.shape[0], 0, now.shape[1]) if whole else _find_change(before, now)
        )
        part = np.ascontiguousarray(now[top:bottom, left:right])
        yield Block(FRAME, _place(number, part.shape, left, top, frames[index].delay))
        yield Block(DATA, struct.pack(">I", number + 1) + _encode(part)[1])
        number += 2


def _join(frame: Frame, *, grey: bool) -> NDArray[np.uint8]:
    colours = frame.rgb[..., :1] if grey else frame.rgb
    return colours if frame.alpha is None else np.dstack([colours, frame.alpha])


def _find_change(before: NDArray[np.uint8], now: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Return the box of what differs: top, bottom, left, right; one pixel where nothing does."""
    differs = (before != now).any(axis=2)
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not rows.size:
        return 0, 1, 0, 1
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _place(number: int, shape: tuple[int, ...], left: int, top: int, delay: Fraction) -> bytes:
    if max(delay.numerator, delay.denominator) > _MOST_DELAY:
        delay = delay.limit_denominator(1000)
    over = min(delay.numerator, _MOST_DELAY)
    size = (shape[1], shape[0], left, top, over, delay.denominator, _KEEP, _IN_PLACE)
    return _FRAME.pack(number, *size)


def _encode(samples: NDArray[np.uint8]) -> tuple[Block, bytes]:
    """Return header and deflated rows of the PNG that these samples make."""
    buffer = BytesIO()
    plain = samples[..., 0] if samples.shape[2] == 1 else samples
    Image.fromarray(np.ascontiguousarray(plain)).save(buffer, "PNG", compress_level=4)
    data = buffer.getvalue()
    pieces = list(containers.png.walk(data))
    header = next(each.read_content(data) for each in pieces if each.kind == b"IHDR")
    pixels = b"".join(each.read_content(data) for each in pieces if each.kind == b"IDAT")
    return Block(b"IHDR", header), pixels
