"""Which part of a picture carries the mark: the rectangle of blocks that agree with the code word."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from provenance.types import Geometry, Region
from provenance.watermark import code
from provenance.watermark import format as fmt
from provenance.watermark.carrier import SAMPLES, bands
from provenance.watermark.softbits import Coefficients, Weighting

Floats = NDArray[np.float64]

BLOCK = 64
"""Side of a block in mark units."""
_PASSES = 3
"""Times that the mark's level is measured again inside the rectangle found."""


def agreement(coefficients: Coefficients, weighting: Weighting, payload: bytes, key: bytes | None) -> Floats:
    """Correlation of each block with the code word, in standard deviations: float64, shape (rows, columns)."""
    signs = code.encode(payload)
    total: Floats | None = None
    noise: Floats | None = None
    for band in bands(key):
        value = coefficients.value[band.level][band.orientation]
        variance = coefficients.variance[band.level][band.orientation]
        weighted = weighting.gains[band.level - 1] * value / (variance + weighting.floor**2)
        rows, columns = value.shape
        v = (np.arange(rows) + (coefficients.row >> band.level)) % (SAMPLES >> band.level)
        u = (np.arange(columns) + (coefficients.column >> band.level)) % (SAMPLES >> band.level)
        expected = (signs[band.bit] * band.chip)[np.ix_(v, u)]
        side = BLOCK // (fmt.GRID << band.level)
        part, power = _blocks(weighted * expected, side), _blocks(weighted * weighted, side)
        total, noise = (part, power) if total is None or noise is None else (total + part, noise + power)
    assert total is not None and noise is not None
    return np.asarray(total / np.sqrt(noise + 1e-30))


def _blocks(values: NDArray[np.float32], side: int) -> Floats:
    """Sums over squares; the last row and column take what is left over."""
    rows, columns = (np.arange(0, max(n - side // 2, 1), side) for n in values.shape)
    return np.add.reduceat(np.add.reduceat(values.astype(np.float64), rows, axis=0), columns, axis=1)


def rectangle(blocks: Floats) -> tuple[int, int, int, int]:
    """The rectangle (top, left, bottom, right; ends exclusive) whose blocks best fit "marked inside, noise
    outside": the largest sum of log-likelihood ratios m z - m^2/2, m being the mean inside."""
    best = (0, 0, *blocks.shape)
    for _ in range(_PASSES):
        mean = blocks[best[0] : best[2], best[1] : best[3]].mean()
        found = _largest_sum(mean * blocks - mean * mean / 2)
        if found == best:
            break
        best = found
    return best


def _largest_sum(gain: Floats) -> tuple[int, int, int, int]:
    """The rectangle of largest sum: Kadane's scan for every pair of rows."""
    rows, columns = gain.shape
    down = np.concatenate((np.zeros((1, columns)), np.cumsum(gain, axis=0)))
    best, where = -np.inf, (0, 0, rows, columns)
    for top in range(rows):
        strips = np.cumsum(down[top + 1 :] - down[top], axis=1)
        strips = np.concatenate((np.zeros((len(strips), 1)), strips), axis=1)
        lowest = np.minimum.accumulate(strips, axis=1)
        sums = strips[:, 1:] - lowest[:, :-1]
        height, right = np.unravel_index(int(sums.argmax()), sums.shape)
        if sums[height, right] > best:
            best = float(sums[height, right])
            left = int(np.argmin(strips[height, : right + 1]))
            where = (top, left, top + int(height) + 1, int(right) + 1)
    return where


def region(
    blocks: Floats, coefficients: Coefficients, geometry: Geometry, width: int, height: int
) -> Region:
    """The marked part in picture pixels; a side of the rectangle on the plane's edge is the picture's own."""
    top, left, bottom, right = rectangle(blocks)
    rows, columns = blocks.shape
    far = 4.0 * fmt.TILE + (width + height) / geometry.scale
    v0 = coefficients.row * fmt.GRID + top * BLOCK if top else -far
    u0 = coefficients.column * fmt.GRID + left * BLOCK if left else -far
    v1 = coefficients.row * fmt.GRID + bottom * BLOCK if bottom < rows else far
    u1 = coefficients.column * fmt.GRID + right * BLOCK if right < columns else far
    linear = np.array([[geometry.xx, geometry.xy], [geometry.yx, geometry.yy]])
    corners = np.array([(u0, v0), (u1, v0), (u1, v1), (u0, v1)]) @ linear.T + (geometry.x0, geometry.y0)
    inside = clip(corners, width, height)
    share = _area(inside) / (width * height)
    return Region(tuple((round(float(x), 1), round(float(y), 1)) for x, y in inside), min(1.0, round(share, 4)))


def clip(corners: Floats, width: int, height: int) -> Floats:
    """The part of a convex polygon inside the picture (Sutherland and Hodgman's algorithm)."""
    for axis, limit, sign in ((0, 0.0, 1.0), (0, float(width), -1.0), (1, 0.0, 1.0), (1, float(height), -1.0)):
        kept: list[NDArray[np.float64]] = []
        for here, after in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            a, b = sign * (here[axis] - limit), sign * (after[axis] - limit)
            if a >= 0:
                kept.append(here)
            if (a >= 0) != (b >= 0):
                kept.append(here + (after - here) * (a / (a - b)))
        corners = np.array(kept).reshape(-1, 2)
        if not len(corners):
            break
    return corners


def _area(corners: Floats) -> float:
    """Area of a polygon (shoelace formula)."""
    if len(corners) < 3:
        return 0.0
    x, y = corners.T
    return 0.5 * abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1)))
