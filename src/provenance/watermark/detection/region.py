"""The part of a picture that carries the mark: the rectangle of blocks that agree with its code."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from provenance.geometry import Geometry, Region
from provenance.watermark import code
from provenance.watermark import format as fmt
from provenance.watermark.carrier import SAMPLES, Secret, bands, key_of, tiles
from provenance.watermark.detection.soft_bits import Coefficients, Weighting
from provenance.watermark.plane import move

Floats = NDArray[np.float64]

BLOCK = 64
"""Side of a block in mark units."""
SLACK = 0.5
"""Share of the picture's mean amplitude that a marked block is expected to hold: codecs and editing
remove the mark unevenly."""
MAX_BLOCK_WEIGHT = 4.0
"""Most, in nats, that one block may say for or against."""
ROUNDS = 3
"""Turns in which part and amplitude are found; a third one changes little."""
_ROUNDING = 1 / 12
"""Variance of rounding to whole grey levels, which even a blank area holds."""
DOUBT = 12.0
"""Nats by which a smaller rectangle must beat the whole picture to be chosen instead."""


def marked_region(
    coefficients: Coefficients,
    weighting: Weighting,
    word: bytes,
    secret: Secret | None,
    geometry: Geometry,
    size: tuple[int, int],
) -> Region:
    """Find the part of a picture of ``size`` (width, height) that carries a word's mark."""
    blocks = weigh_blocks(coefficients, weighting, word, secret)
    top, left, bottom, right = choose_rectangle(blocks)
    rows, columns = blocks.shape
    far = fmt.TILE + sum(size) / geometry.scale
    v0 = coefficients.row * fmt.GRID + top * BLOCK if top else -far
    u0 = coefficients.column * fmt.GRID + left * BLOCK if left else -far
    v1 = coefficients.row * fmt.GRID + bottom * BLOCK if bottom < rows else far
    u1 = coefficients.column * fmt.GRID + right * BLOCK if right < columns else far
    corners = np.array([(u0, v0), (u1, v0), (u1, v1), (u0, v1)], dtype=np.float64)
    inside = clip(move(corners, np.array(geometry.matrix)), *size)
    coverage = min(1.0, round(_area(inside) / (size[0] * size[1]), 4))
    return Region(tuple((round(x, 1), round(y, 1)) for x, y in inside.tolist()), coverage)


def weigh_blocks(
    coefficients: Coefficients, weighting: Weighting, word: bytes, secret: Secret | None
) -> Floats:
    """Weigh "marked" against "not marked" for each block: log-likelihood ratios in nats.

    A block's correlation with the code word is taken as normal, with the variance measured in it.
    Its mean is ``SLACK`` times what the mean amplitude of the marked part gives if it is marked, or
    else 0. Which part that is and how strong the mark is there are found in turns.
    """
    bits = code.encode(word, key_of(secret))
    correlation, gain, variance = _block_sums(coefficients, weighting, bits, secret)
    trust = gain * gain / variance
    # Plain blocks are measured so exactly that a few of them would outvote the rest.
    weight = np.minimum(trust, np.median(trust))
    strength = correlation / gain
    part = np.s_[0 : len(gain), 0 : len(gain.T)]
    for _ in range(ROUNDS):
        amplitude = float((weight * strength)[part].sum() / weight[part].sum())
        expected = SLACK * max(amplitude, 0.0) * gain
        ratio = (correlation * expected - expected * expected / 2) / variance
        blocks = np.clip(ratio, -MAX_BLOCK_WEIGHT, MAX_BLOCK_WEIGHT)
        _, (top, left, bottom, right) = _largest_sum(blocks)
        part = np.s_[top:bottom, left:right]
    return np.asarray(blocks)


def _block_sums(
    coefficients: Coefficients,
    weighting: Weighting,
    bits: NDArray[np.int8],
    secret: Secret | None,
) -> tuple[Floats, Floats, Floats]:
    """Sum correlation, response to a mark of one grey level, and variance, over each block."""
    sums, signs_of = list[Floats](), repeated(bits, secret, coefficients)
    for level, value in coefficients.value.items():
        weight = weighting.gains[level - 1] / (coefficients.variance[level] + weighting.floor**2)
        parts = (
            weight * value * signs_of[level],
            weight * fmt.LEVEL_GAINS[level],
            weight**2 * (value**2 + _ROUNDING),
        )
        found = [_blocks(part.sum(axis=0), BLOCK // (fmt.GRID << level)) for part in parts]
        sums = [a + b for a, b in zip(sums, found, strict=True)] if sums else found
    return sums[0], sums[1], sums[2]


def repeated(
    bits: NDArray[np.int8], secret: Secret | None, coefficients: Coefficients
) -> dict[int, NDArray[np.int8]]:
    """The sign that a code word gives each coefficient of a plane, by level, as the values are."""
    found = {}
    for level, value in coefficients.value.items():
        side, (_, rows, columns) = tiles(secret) * SAMPLES >> level, value.shape
        v = (np.arange(rows) + (coefficients.row >> level)) % side
        u = (np.arange(columns) + (coefficients.column >> level)) % side
        signs = np.stack([band.signs(bits) for band in bands(secret) if band.level == level])
        found[level] = signs[:, v][:, :, u]
    return found


def _blocks(values: NDArray[np.float32], side: int) -> Floats:
    """Sum over squares; the last row and column also take what is left over."""
    rows, columns = (np.arange(0, max(n - side // 2, 1), side) for n in values.shape)
    down: Floats = np.add.reduceat(values.astype(np.float64), rows, axis=0)
    return np.asarray(np.add.reduceat(down, columns, axis=1))


def choose_rectangle(blocks: Floats) -> tuple[int, int, int, int]:
    """Choose the rectangle (top, left, bottom, right; ends exclusive) with the largest sum.

    It is the whole unless a part beats it by ``DOUBT``.
    """
    best, part = _largest_sum(blocks)
    return part if best - blocks.sum() > DOUBT else (0, 0, *blocks.shape)


def _largest_sum(gain: Floats) -> tuple[float, tuple[int, int, int, int]]:
    """Find the rectangle of largest sum: Kadane's scan for every pair of rows."""
    rows, columns = gain.shape
    down = np.concatenate((np.zeros((1, columns)), np.cumsum(gain, axis=0)))
    best, where = -np.inf, (0, 0, rows, columns)
    for top in range(rows):
        strips = np.cumsum(down[top + 1 :] - down[top], axis=1)
        strips = np.concatenate((np.zeros((len(strips), 1)), strips), axis=1)
        sums = strips[:, 1:] - np.minimum.accumulate(strips, axis=1)[:, :-1]
        height, right = np.unravel_index(int(sums.argmax()), sums.shape)
        if sums[height, right] > best:
            best = float(sums[height, right])
            left = int(np.argmin(strips[height, : right + 1]))
            where = (top, left, top + int(height) + 1, int(right) + 1)
    return best, where


def clip(corners: Floats, width: int, height: int) -> Floats:
    """Clip a convex polygon to the picture (Sutherland and Hodgman's algorithm)."""
    for axis, limit, sign in ((0, 0, 1), (0, width, -1), (1, 0, 1), (1, height, -1)):
        kept: list[Floats] = []
        for here, after in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            a, b = sign * (here[axis] - limit), sign * (after[axis] - limit)
            if a >= 0:
                kept.append(here)
            if (a >= 0) != (b >= 0):
                kept.append(here + (after - here) * (a / (a - b)))
        corners = np.array(kept).reshape(-1, 2)
    return corners


def _area(corners: Floats) -> float:
    """Compute the area of a polygon (shoelace formula)."""
    x, y = corners.T
    return 0.5 * abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1)))
