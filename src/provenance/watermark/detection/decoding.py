"""Decode a payload from a plane's coefficients, and say how well its code word fits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenance.watermark import code
from provenance.watermark.detection import significance
from provenance.watermark.detection.soft_bits import (
    WEIGHTINGS,
    Coefficients,
    Weighting,
    soft_bits,
)


@dataclass(frozen=True)
class DecodedMark:
    """A payload that passes its check, and how it was decoded.

    ``weighting`` is the one that it was decoded with; ``correlation`` is that of its code word with
    the soft bits, in standard deviations; ``chance`` bounds how often one word fits random signs so
    well.
    """

    payload: bytes
    weighting: Weighting
    correlation: float
    chance: float


def correlation(soft: NDArray[np.float32], payload: bytes) -> float:
    """Correlate soft bits with a payload's code word, normalised.

    The correlation with a word that was chosen without looking at the soft bits is standard normal.

    Parameters
    ----------
    soft : float32 array, shape (1024,)
        Soft bits, not all zero: positive means bit 0; only their proportions matter.
    payload : bytes
        Its 12 bytes.

    Returns
    -------
    float
        In standard deviations; at most 32, which is sqrt(1024).
    """
    return float(soft @ code.encode(payload) / np.sqrt(soft @ soft))


def read(
    coefficients: Coefficients, key: bytes | None, *, surely: bool = False
) -> DecodedMark | None:
    """Decode the first payload that one of the weightings yields, or None.

    Where there ``surely`` is a mark, a longer search pays.
    """
    weighted = [(each, soft_bits(coefficients, each, key)) for each in WEIGHTINGS]
    for list_size in (code.LIST_SIZE, code.LONG_LIST_SIZE) if surely else (code.LIST_SIZE,):
        for weighting, soft in weighted:
            payload = code.decode(soft, list_size) if soft.any() else None
            if payload is not None:
                fit = correlation(soft, payload)
                return DecodedMark(payload, weighting, fit, significance.chance(soft, fit))
    return None
