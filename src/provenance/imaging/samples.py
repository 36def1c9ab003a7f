"""Samples of 16 bits per channel and CMYK: viewed as 8-bit RGB, and changed as the view is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

STEP = 257
"""16-bit steps to one of 8 bits: 65535 / 255."""

MOST_INK = 255
"""A CMYK sample that covers the paper fully."""

BAND = 256
"""Rows that are changed at once, so that a large picture needs no large copies."""

# The nearest 8-bit sample to each of 16 bits.
_VIEW = ((np.arange(1 << 16) + STEP // 2) // STEP).astype(np.uint8)


def reduce_to_eight_bits(wide: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Return the nearest 8-bit samples, of the same shape."""
    return np.asarray(_VIEW[wide])


def apply_change(
    own: NDArray[Any], before: NDArray[np.uint8], after: NDArray[np.uint8]
) -> NDArray[Any]:
    """Change samples so that their 8-bit view turns from ``before`` into ``after``.

    Parameters
    ----------
    own
        (H, W, 1 to 4) uint16: grey or RGB, perhaps with alpha, which stays; or (H, W, 4) uint8,
        CMYK.
    before, after
        (H, W, 3) uint8. Where they agree, samples stay as they are.
    """
    change = _change_ink if own.dtype == np.uint8 else _change_wide
    result = own.copy()
    for top in range(0, len(own), BAND):
        rows = slice(top, top + BAND)
        result[rows] = change(own[rows], before[rows], after[rows])
    return result


def _change_wide(
    own: NDArray[np.uint16], before: NDArray[np.uint8], after: NDArray[np.uint8]
) -> NDArray[np.uint16]:
    """Add the change, and leave what is finer than 8 bits as it was."""
    colours = 1 if own.shape[2] < 3 else 3
    step = (after[..., :colours].astype(np.int32) - before[..., :colours]) * STEP
    wide = own.copy()
    wide[..., :colours] = np.clip(own[..., :colours] + step, 0, (1 << 16) - 1)
    return wide


def _change_ink(
    own: NDArray[np.uint8], before: NDArray[np.uint8], after: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Mix the wanted colour again under the same black, or under less where that is too dark."""
    light = np.maximum(MOST_INK - own[..., 3:].astype(np.float32), after.max(axis=2, keepdims=True))
    ink = MOST_INK * (1 - after / np.maximum(light, 1))
    mixed = np.concatenate((ink, MOST_INK - light), axis=2)
    changed = (after != before).any(axis=2, keepdims=True)
    return np.where(changed, np.rint(np.clip(mixed, 0, MOST_INK)), own).astype(np.uint8)
