"""From a plane to soft bits: the transform, weights by local noise, and the sum over all tiles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pywt
from numpy.typing import NDArray
from scipy import ndimage

from provenance.watermark import format as fmt
from provenance.watermark.carrier import SAMPLES, Band, bands
from provenance.watermark.plane import Plane, fold

Floats = NDArray[np.float32]

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


WEIGHTINGS = (Weighting(3.0, (0.75, 1.0)), Weighting(7.0, (0.4, 1.0)), Weighting(1.2, (0.75, 1.0)))
"""Weightings in the order in which they are tried: ordinary handling, strong compression, small
crops."""


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


def soft_bits(coefficients: Coefficients, weighting: Weighting, key: bytes | None) -> Floats:
    """Sum a plane's coefficients into code bits, each weighted by the noise around it.

    Parameters
    ----------
    coefficients : Coefficients
        Of a plane aligned to the tile.
    weighting : Weighting
        How much a coefficient counts.
    key : bytes or None
        32 bytes of a private layer, or None for the public one.

    Returns
    -------
    float32 array, shape (1024,)
        Positive means bit 0; the scale is arbitrary.
    """
    out = np.zeros(fmt.CODE_BITS)
    for level, gain in zip(sorted(fmt.LEVEL_GAINS), weighting.gains, strict=True):
        value, variance = coefficients.value[level], coefficients.variance[level]
        weighted = gain * value / (variance + weighting.floor**2)
        folded = fold(
            weighted, SAMPLES >> level, coefficients.row >> level, coefficients.column >> level
        )
        for band in bands(key):
            if band.level == level:
                out += _gather(folded[band.orientation], band)
    return out.astype(np.float32)


def _gather(folded: Floats, band: Band) -> NDArray[np.float64]:
    """Sum a folded subband into its code bits."""
    sums = np.bincount(band.bit.ravel(), (folded * band.chip).ravel(), fmt.CODE_BITS)
    return np.asarray(sums, dtype=np.float64)
