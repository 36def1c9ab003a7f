"""How likely an unmarked picture would be claimed: the probability that every detection states.

Chips are random signs that a picture knows nothing of, so the soft bits of an unmarked picture have
random signs, whatever the picture. A claim needs one of the 2**96 code words whose check holds to
fit these signs by chance, in one of the detector's attempts: the probability of that is bounded by
the sum over words and attempts. Neither the decoder, nor the pilot, nor any law of pictures enters
(docs/false-positives.md).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from provenance.stamp_id import PAYLOAD_BYTES

CLAIM_PROBABILITY = 1e-9
"""Default bound on the probability that an unmarked picture is claimed."""
SMALLEST = 1e-12
"""No smaller probability is stated: of errors this rare, flaws of program or machine are likelier
causes than chance."""
_BERRY_ESSEEN = 0.56
"""Shevtsova 2010, for sums of independent terms of unequal size."""
_STEPS = 30
"""Newton steps to the best tilt; a handful settle it, and the bound holds for any."""
_MAX_TILT = 500.0
"""A tilt that turns nearly every sign the word's way."""


def chance(soft: NDArray[np.float32], fit: float) -> float:
    """Bound on the probability that a given word fits so well if the soft bits' signs are random.

    It holds for soft bits of any sizes, which are taken as they are: the tail of a sum of
    independent signs, tilted (Esscher) to where the fit lies and compared there with the normal law
    by the Berry-Esseen inequality. Tight within a factor of 4 at the fits that matter.

    Parameters
    ----------
    soft : float32 array, shape (1024,)
        Soft bits, not all zero.
    fit : float
        Normalised correlation of the word with them, in standard deviations.
    """
    size = np.abs(soft.astype(np.float64))
    size /= np.sqrt(size @ size)
    if fit <= 0:
        return 1.0
    tilt = fit  # left of the best; the steps only go up to it, as the mean is concave in the tilt
    for _ in range(_STEPS):
        mean = np.tanh(tilt * size)
        missing, variance = fit - size @ mean, size * size @ (1 - mean * mean)
        tilt = min(tilt + missing / max(variance, 1e-9), _MAX_TILT)
    mean = np.tanh(tilt * size)
    deviation = math.sqrt(max(size * size @ (1 - mean * mean), 1e-9))
    exponent = (np.logaddexp(tilt * size, -tilt * size) - math.log(2)).sum() - tilt * fit
    third = size**3 @ (1 - mean**4) / deviation**3
    share = 1 / (tilt * deviation * math.sqrt(2 * math.pi)) + 2 * _BERRY_ESSEEN * third
    return math.exp(min(0.0, exponent)) * min(1.0, float(share))


def false_positive_probability(chance: float, attempts: int) -> float:
    """Bound on the probability that an unmarked picture is claimed with at least such a fit.

    Parameters
    ----------
    chance : float
        That a given word fits as well as the one found, by ``chance``.
    attempts : int
        Decodings that the detector makes at most before it says none, times the keys it tries.
    """
    return bound(chance, attempts * 2.0 ** (8 * PAYLOAD_BYTES))


def bound(chance: float, tries: float) -> float:
    """Bound on the probability that one of so many tries fits so well by chance."""
    return min(1.0, max(SMALLEST, tries * chance))
