"""The part of a picture that carries a mark, cut out and set upright as it was when stamped.

A screenshot shows a picture among other things. Its mark says where it lies, so that its hash can
be compared with those of whole pictures.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from provenance.watermark import Detection

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]

WHOLE = 0.98
"""Share of the picture's area from which a part is the whole: its hash is known already."""

LARGEST_SIDE = 2048
"""Pixels: a hash needs 64, and the picture is not enlarged."""

SMALLEST_SIDE = 64
"""Pixels: less has no hash that means anything."""

SLACK = 64
"""Mark units by which the edge of a part may be off: a block of the detector's."""

EDGE = 3.0
"""Times the usual step between two rows from which a step is the edge of a picture."""

UPRIGHT = 0.5
"""Degrees up to which a picture counts as not turned; a hash bears that."""

QUARTER = 90


def cut_marked_parts(rgb: Pixels, found: Detection) -> tuple[Pixels, ...]:
    """Cut out the part that carries a mark, and undo its turn, flip and tilt.

    A detector knows the edges of a part to a block of the mark. So where lines show them more
    exactly, the part is cut along these too. Nothing where it is the whole picture and not turned,
    or too small.

    Parameters
    ----------
    rgb
        (H, W, 3) uint8.
    found
        The mark, whose geometry maps its own units to pixels.
    """
    if found.region.coverage >= WHOLE and _is_straight(found.geometry.angle):
        return ()
    matrix = np.array(found.geometry.matrix)
    low, high = _bound(found.region.corners, matrix)
    height, width = rgb.shape[:2]
    rim = _bound(((0, 0), (width, 0), (width, height), (0, height)), matrix)
    first, last = np.maximum(low - SLACK, rim[0]), np.minimum(high + SLACK, rim[1])
    scale = min(found.geometry.scale, LARGEST_SIDE / (last - first).max())
    columns, rows = np.rint((last - first) * scale).astype(int).tolist()
    left, top = np.rint((low - first) * scale).astype(int).tolist()
    right, bottom = np.rint((high - first) * scale).astype(int).tolist()
    if min(right - left, bottom - top) < SMALLEST_SIDE:
        return ()
    placed = matrix @ np.array([(1 / scale, 0, first[0]), (0, 1 / scale, first[1]), (0, 0, 1)])
    around = _warp(255 - rgb if found.inverted else rgb, placed, (columns, rows))
    luma, slack = around.mean(axis=2, dtype=np.float32), round(SLACK * scale)
    upper, lower = _find_edges(luma, (top, bottom), slack)
    near, far = _find_edges(luma.T, (left, right), slack)
    return around[top:bottom, left:right], around[upper:lower, near:far]


def _bound(corners: Iterable[tuple[float, float]], matrix: Floats) -> tuple[Floats, Floats]:
    """Return the least and the largest coordinates of a polygon on the mark."""
    own = np.array([(x, y, 1.0) for x, y in corners]) @ np.linalg.inv(matrix).T
    placed = own[:, :2] / own[:, 2:]
    return placed.min(axis=0), placed.max(axis=0)


def _find_edges(luma: NDArray[np.float32], said: tuple[int, int], slack: int) -> tuple[int, int]:
    """Find the first row of a part and the end, near where they are said to be."""
    across = luma.shape[1] // 4
    steps = np.abs(np.diff(luma[:, across:-across], axis=0)).mean(axis=1)
    usual = EDGE * float(np.median(steps)) + 1
    edges = []
    for row in said:
        start = max(0, row - slack)
        band = steps[start : row + slack]
        best = int(band.argmax()) if len(band) else 0
        edges.append(start + best + 1 if len(band) and band[best] > usual else row)
    return edges[0], edges[1]


def _is_straight(angle: float) -> bool:
    off = angle % QUARTER
    return min(off, QUARTER - off) <= UPRIGHT


def _warp(rgb: Pixels, matrix: Floats, size: tuple[int, int]) -> Pixels:
    """Sample a picture at the places that a map gives for each pixel of another."""
    from PIL import Image

    values = (matrix / matrix[2, 2]).ravel()[:8].tolist()
    moved = Image.fromarray(rgb).transform(
        size, Image.Transform.PERSPECTIVE, values, Image.Resampling.BICUBIC
    )
    return np.asarray(moved)
