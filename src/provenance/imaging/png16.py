"""PNG with 16 bits, which Pillow reads with 8 in several channels, and without a key colour.

Only the samples; ``png`` handles the chunks. A row's filter replaces each byte by its difference
from a guess made of the bytes to the left, above and above left. Undoing that is sequential in both
directions, but the bytes on one diagonal don't depend on each other. So each diagonal is undone at
once.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from provenance.errors import CorruptImageError
from provenance.imaging.pillow import translate_decoder_errors

CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}
"""Channels by colour type: grey, RGB, grey with alpha, RGB with alpha."""

PASSES = (
    *((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4)),
    *((2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)),
)
"""Of an interlaced picture: first row and column of each pass, and the steps to the next ones."""

NONE, LEFT, ABOVE, AVERAGE, PAETH = range(5)
"""The filters, by the number that stands before each row."""

Bytes = NDArray[np.uint8]


def unpack_rows(data: bytes, width: int, height: int, channels: int) -> NDArray[np.uint16]:
    """Return the samples of a PNG's deflated rows: (height, width, channels).

    Raises
    ------
    CorruptImageError
        Rows are missing, or their filter is unknown.
    """
    plain = _inflate(data, _count_bytes(width, height, channels))
    return _read_rows(plain, width, height, channels)


def unpack_interlaced(data: bytes, width: int, height: int, channels: int) -> NDArray[np.uint16]:
    """Return the samples of a PNG that comes in seven passes (Adam7).

    Raises
    ------
    CorruptImageError
        Rows are missing, or their filter is unknown.
    """
    whole = np.zeros((height, width, channels), np.uint16)
    parts = [whole[top::down, left::right] for top, left, down, right in PASSES]
    sizes = [_count_bytes(part.shape[1], part.shape[0], channels) for part in parts]
    plain, at = _inflate(data, sum(sizes)), 0
    for part, size in zip(parts, sizes, strict=True):
        if size:
            part[:] = _read_rows(plain[at : at + size], part.shape[1], part.shape[0], channels)
        at += size
    return whole


def _count_bytes(width: int, height: int, channels: int) -> int:
    return height * (1 + width * channels * 2) if width else 0


def _inflate(data: bytes, length: int) -> bytes:
    with translate_decoder_errors("The PNG picture"):
        plain = zlib.decompressobj().decompress(data, length + 1)
    if len(plain) != length:
        raise CorruptImageError(
            "The PNG picture can't be decoded, it is damaged: rows are missing."
        )
    return plain


def _read_rows(plain: bytes, width: int, height: int, channels: int) -> NDArray[np.uint16]:
    rows = np.frombuffer(plain, np.uint8).reshape(height, -1)
    if rows[:, 0].max(initial=NONE) > PAETH:
        raise CorruptImageError("The PNG picture can't be decoded, it is damaged: unknown filter.")
    filtered = rows[:, 1:].reshape(height, width, channels * 2)
    return np.ascontiguousarray(_undo_filters(filtered, rows[:, 0])).view(">u2").astype(np.uint16)


def pack_rows(samples: NDArray[np.uint16], level: int) -> bytes:
    """Return deflated rows, filtered by the left or the upper neighbour, whichever is nearer."""
    height = len(samples)
    plain = np.ascontiguousarray(samples.astype(">u2")).view(np.uint8).reshape(height, -1)
    pixel = samples.shape[2] * 2
    out = np.empty((height, 1 + plain.shape[1]), np.uint8)
    left, above = plain.copy(), plain.copy()
    left[:, pixel:] -= plain[:, :-pixel]
    above[1:] -= plain[:-1]
    nearer = _measure_rows(left) <= _measure_rows(above)
    out[:, 0] = np.where(nearer, LEFT, ABOVE)
    out[:, 1:] = np.where(nearer[:, None], left, above)
    return zlib.compress(out.tobytes(), level)


def _measure_rows(rows: Bytes) -> NDArray[np.int64]:
    """Return how large each row's differences are, as signed bytes; PNG's standard suggests it."""
    steps = np.abs(rows.view(np.int8).astype(np.int16))
    return np.asarray(steps.sum(axis=1, dtype=np.int64))


def _undo_filters(filtered: Bytes, kinds: Bytes) -> Bytes:
    """Undo the filters, diagonal by diagonal: pixel (row, column) is on number row + column."""
    height, width, size = filtered.shape
    # A blank row above and a blank column to the left stand for what lies outside.
    done = np.zeros((height + 1, width + 1, size), np.uint8)
    flat = done.reshape(-1, size)
    stride = width  # from a pixel to the one below and to the left of it, in `flat`
    source = filtered.reshape(-1, size)
    for diagonal in range(height + width - 1):
        first, last = max(0, diagonal - width + 1), min(height - 1, diagonal)
        start = (first + 1) * (width + 1) + diagonal - first + 1
        count = last - first + 1
        here = slice(start, start + (count - 1) * stride + 1, stride)
        left = flat[start - 1 : start + (count - 1) * stride : stride]
        up = start - width - 1
        above = flat[up : up + (count - 1) * stride + 1 : stride]
        corner = flat[up - 1 : up + (count - 1) * stride : stride]
        begin = first * width + diagonal - first
        if width > 1:
            raw = source[begin : begin + (count - 1) * (width - 1) + 1 : width - 1]
        else:
            raw = source[begin : begin + 1]
        flat[here] = raw + _guess(kinds[first : last + 1, None], left, above, corner)
    return done[1:, 1:]


def _guess(kinds: Bytes, left: Bytes, above: Bytes, corner: Bytes) -> Bytes:
    """Return what the filter of each row took away from each byte."""
    a, b, c = (each.astype(np.int16) for each in (left, above, corner))
    to_left, to_above, to_corner = np.abs(b - c), np.abs(a - c), np.abs(a + b - 2 * c)
    nearest = np.where(
        (to_left <= to_above) & (to_left <= to_corner), a, np.where(to_above <= to_corner, b, c)
    )
    zero = np.zeros_like(a)
    return np.choose(kinds, (zero, a, b, (a + b) >> 1, nearest)).astype(np.uint8)
