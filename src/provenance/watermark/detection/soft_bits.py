"""From a plane to soft bits: the transform, weights by local noise, and the sum over all tiles."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pywt
from numpy.typing import NDArray
from scipy import ndimage

from provenance.watermark import format as fmt
from provenance.watermark.carrier import SAMPLES, Secret, bands, tiles
from provenance.watermark.plane import Plane, fold

Floats = NDArray[np.float32]

BLANK = 0.01
"""Energy of weighted coefficients that stands for none: errors of floats give 1e-6 at most, and
rounding to grey levels 0.03 at least."""
WINDOW = 3
"""Side, in coefficients, of the neighbourhood over which local variance is taken; 5 and 9 lose
0.4-1.5 dB."""


@dataclass(frozen=True)
class Weighting:
    """How much a coefficient counts: ``gain[level] / (local variance + floor**2)``.

    ``floor`` is in grey levels: the noise that codecs add where a picture is smooth. A high floor
    suits strong compression; a low one suits crops and light handling. So several are tried.
    """

    floor: float
    gains: tuple[float, float]


WEIGHTINGS = (
    Weighting(3.0, (0.75, 1.0)),
    Weighting(7.0, (0.4, 1.0)),
    Weighting(1.2, (0.75, 1.0)),
    Weighting(1.5, (0.18, 1.0)),
)
"""Tried in this order. Ordinary handling; strong compression; small crops; shown very small."""


@dataclass(frozen=True)
class Coefficients:
    """Detail coefficients of a plane and their local variance.

    ``value`` and ``variance`` hold float32 arrays by level, shape (3, rows, columns), in grey
    levels and their squares; ``row`` and ``column`` are the plane's first sample.
    """

    value: dict[int, Floats]
    variance: dict[int, Floats]
    row: int
    column: int

    @property
    def negative(self) -> Coefficients:
        """Those of the plane's negative."""
        return replace(self, value={level: -each for level, each in self.value.items()})


def transform(plane: Plane) -> Coefficients:
    """Compute a plane's wavelet transform."""
    approximation, value = plane.samples, {}
    for level in sorted(fmt.LEVEL_GAINS):
        approximation, details = pywt.dwt2(approximation, fmt.WAVELET, mode="periodization")
        value[level] = np.stack(details)
    variance = {
        level: ndimage.uniform_filter(v * v, (0, WINDOW, WINDOW)) for level, v in value.items()
    }
    return Coefficients(value, variance, plane.row, plane.column)


def soft_bits(coefficients: Coefficients, weighting: Weighting, secret: Secret | None) -> Floats:
    """Sum a plane's coefficients into code bits, each weighted by the noise around it.

    Parameters
    ----------
    coefficients : Coefficients
        Of a plane aligned to the tile.
    weighting : Weighting
        How much a coefficient counts.
    secret : Secret or None
        What a private mark's chips are drawn from, or None for the public ones.

    Returns
    -------
    float32 array, shape (1024,)
        Positive means bit 0; of mean square 1 where there is no mark. All zero on a blank plane.
    """
    folded, out = folded_weighted(coefficients, weighting, tiles(secret)), np.zeros(fmt.CODE_BITS)
    for band in bands(secret):
        out += band.gather(folded[band.level][band.orientation])
    expected = sum(float(np.square(each, dtype=np.float64).sum()) for each in folded.values())
    return (out * math.sqrt(fmt.CODE_BITS / max(expected, BLANK))).astype(np.float32)


def folded_weighted(
    coefficients: Coefficients, weighting: Weighting, period: int
) -> dict[int, Floats]:
    """Weigh coefficients by the noise around them, and add up those ``period`` tiles apart.

    By level, shape (3, side, side).
    """
    found = {}
    for level, gain in zip(sorted(fmt.LEVEL_GAINS), weighting.gains, strict=True):
        value, variance = coefficients.value[level], coefficients.variance[level]
        weighted = gain * value / (variance + weighting.floor**2)
        row, column = coefficients.row >> level, coefficients.column >> level
        found[level] = fold(weighted, period * SAMPLES >> level, row, column)
    return found


def excess(soft: Floats) -> float:
    """How far the soft bits' energy exceeds that of no mark, in standard deviations of noise.

    The chips' signs are random: coefficients that know nothing of them add up as a random walk
    does, and those of a mark add up straight. Neither pilot nor payload enters.
    """
    energy = float(np.square(soft, dtype=np.float64).sum())
    return (energy - fmt.CODE_BITS) / math.sqrt(2 * fmt.CODE_BITS)
