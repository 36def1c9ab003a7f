"""The part of a picture that carries a mark, cut out and set upright as it was when stamped.

A screenshot shows a picture among other things. Its mark says where it lies, so that its hash can
be compared with those of whole pictures.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from provenance.watermark import Detection

Pixels = NDArray[np.uint8]

WHOLE = 0.98
"""Share of the picture's area from which a part is the whole: its hash is known already."""

LARGEST_SIDE = 2048
"""Pixels: a hash needs 64, and the picture is not enlarged."""

SMALLEST_SIDE = 64
"""Pixels: less has no hash that means anything."""

UPRIGHT = 0.5
"""Degrees up to which a picture counts as not turned; a hash bears that."""

QUARTER = 90


def cut_marked_part(rgb: Pixels, found: Detection) -> Pixels | None:
    """Cut out the part that carries a mark, and undo its turn, flip and tilt.

    None where it is the whole picture and not turned, or too small.

    Parameters
    ----------
    rgb
        (H, W, 3) uint8.
    found
        The mark, whose geometry maps its own units to pixels.
    """
    if found.region.coverage >= WHOLE and _is_straight(found.geometry.angle):
        return None
    matrix = np.array(found.geometry.matrix)
    corners = np.array([(x, y, 1.0) for x, y in found.region.corners]) @ np.linalg.inv(matrix).T
    own = corners[:, :2] / corners[:, 2:]
    first, last = own.min(axis=0), own.max(axis=0)
    width, height = last - first
    scale = min(found.geometry.scale, LARGEST_SIDE / max(width, height))
    size = round(width * scale), round(height * scale)
    if min(size) < SMALLEST_SIDE:
        return None
    placed = matrix @ np.array([(1 / scale, 0, first[0]), (0, 1 / scale, first[1]), (0, 0, 1)])
    return _warp(255 - rgb if found.inverted else rgb, placed, size)


def _is_straight(angle: float) -> bool:
    off = angle % QUARTER
    return min(off, QUARTER - off) <= UPRIGHT


def _warp(rgb: Pixels, matrix: NDArray[np.float64], size: tuple[int, int]) -> Pixels:
    """Sample a picture at the places that a map gives for each pixel of another."""
    from PIL import Image

    values = (matrix / matrix[2, 2]).ravel()[:8].tolist()
    moved = Image.fromarray(rgb).transform(
        size, Image.Transform.PERSPECTIVE, values, Image.Resampling.BICUBIC
    )
    return np.asarray(moved)
