"""Bars around a picture: even rows and columns at its edges, as screens and players add them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

EVEN = 3.0
"""Grey levels of standard deviation up to which a row is even: JPEG leaves about one, and fades."""

LEAST_LEFT = 0.1
"""Share of a side that must be left: less is an even picture with a detail, and not one in bars."""

LEAST_OFF = 0.02
"""Share of a side from which bars matter to a hash."""


def trim_bars(rgb: Pixels) -> Pixels | None:
    """Return the picture without the bars at its edges; None when it has none.

    Parameters
    ----------
    rgb
        (H, W, 3) uint8.
    """
    luma = rgb.mean(axis=2, dtype=np.float32)
    top, bottom = _find_inner(luma)
    left, right = _find_inner(luma[top:bottom].T)
    top, bottom = _find_inner(luma[:, left:right])  # bars at the sides hide none above and below
    height, width = rgb.shape[:2]
    shares = (bottom - top) / height, (right - left) / width
    if min(shares) < LEAST_LEFT or min(shares) > 1 - LEAST_OFF:
        return None
    return rgb[top:bottom, left:right]


def _find_inner(luma: NDArray[np.float32]) -> tuple[int, int]:
    """Return where the first row begins that is not even, and where the last one ends."""
    busy = np.flatnonzero(luma.std(axis=1) > EVEN)
    return (int(busy[0]), int(busy[-1]) + 1) if len(busy) else (0, len(luma))
