"""The carrier: keyed chips on the wavelet coefficients of a tile."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pywt
from numpy.typing import NDArray

from provenance.watermark import format as fmt
from provenance.watermark import prng

SAMPLES = fmt.TILE // fmt.GRID
"""Samples of the plane along a side of the tile."""
DEPTH = max(fmt.LEVEL_GAINS)
"""Levels of the wavelet transform."""
ALIGNMENT = 1 << DEPTH
"""Samples between places where the transform of a plane and of its tile agree."""
ORIENTATIONS = 3
"""Detail subbands of a level: horizontal, vertical, diagonal."""
_BLOCK = 32
"""A block of 32 x 32 coefficients holds each of the 1024 code bits once."""


@dataclass(frozen=True)
class Band:
    """One detail subband of the tile: which code bit each coefficient carries, and with which sign.

    ``bit`` and ``chip`` have shape (side, side); ``orientation`` indexes what pywt calls (H, V, D).
    """

    level: int
    orientation: int
    bit: NDArray[np.int64]
    chip: NDArray[np.int8]


@functools.lru_cache(maxsize=16)
def bands(key: bytes | None) -> tuple[Band, ...]:
    """Draw the carrier of a key, finest level first."""
    return tuple(
        _band(key, level, orientation)
        for level in sorted(fmt.LEVEL_GAINS)
        for orientation in range(ORIENTATIONS)
    )


def _band(key: bytes | None, level: int, orientation: int) -> Band:
    """Draw a subband: each block holds every code bit once, in its own order; signs are random."""
    side, name = SAMPLES >> level, f"level {level} orientation {orientation}"
    bit = np.empty((side, side), dtype=np.int64)
    for row in range(0, side, _BLOCK):
        for column in range(0, side, _BLOCK):
            order = prng.permutation(key, f"bits {name} block {row} {column}", fmt.CODE_BITS)
            bit[row : row + _BLOCK, column : column + _BLOCK] = order.reshape(_BLOCK, _BLOCK)
    chip = prng.signs(key, f"chips {name}", side * side).reshape(side, side)
    return Band(level, orientation, bit, chip)


def tile(code: NDArray[np.int8] | NDArray[np.float64], key: bytes | None) -> NDArray[np.float32]:
    """Lay a payload's code bits out over a tile and transform them back to samples.

    Parameters
    ----------
    code : int8 or float64 array, shape (1024,)
        The code bits as signs, perhaps some stronger than others.
    key : bytes or None
        32 bytes of a private layer, or None for the public one.

    Returns
    -------
    float32 array, shape (SAMPLES, SAMPLES)
        Grey levels, for a wavelet coefficient of one grey level times its level's gain.
    """
    details: dict[int, list[NDArray[np.float64]]] = {level: [] for level in fmt.LEVEL_GAINS}
    for band in bands(key):
        signs = (code[band.bit] * band.chip).astype(np.float64)
        details[band.level].append(fmt.LEVEL_GAINS[band.level] * signs)
    deepest = SAMPLES >> DEPTH
    coefficients = [
        np.zeros((deepest, deepest)),
        *(tuple(details[level]) for level in sorted(details, reverse=True)),
    ]
    samples = pywt.waverec2(coefficients, fmt.WAVELET, mode="periodization")
    return np.asarray(samples, dtype=np.float32)
