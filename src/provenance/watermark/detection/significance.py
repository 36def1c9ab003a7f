"""How likely an unmarked picture is claimed: the probability that every detection states.

Chips are random signs that do not depend on the picture, so the soft bits of an unmarked picture
have random signs, whatever the picture. For a claim, one of the 2**120 code words that pass their
check must fit these signs by chance, in one of the detector's attempts. The sum over words and
attempts bounds that probability. It assumes nothing about the decoder, the pilot or what pictures
look like (docs/false-positives.md).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from provenance.stamp_id import PAYLOAD_BYTES
from provenance.watermark.code import WORD_BYTES

WORDS = 2.0 ** (8 * WORD_BYTES)
"""Words whose check holds: of payload and lock."""
PRIVATE_WORDS = 2.0 ** (8 * PAYLOAD_BYTES)
"""Words that a private key seals, under all its nonces together: one for each payload."""
CLAIM_PROBABILITY = 1e-9
"""Default bound on the probability that an unmarked picture is claimed."""
SMALLEST = 1e-12
"""Smallest probability that is stated: below it, a flaw of program or machine is a likelier cause
of error than chance."""
_BERRY_ESSEEN = 0.56
"""Constant of the Berry-Esseen inequality for independent terms of unequal size (Shevtsova
2010)."""
_STEPS = 30
"""Newton steps to the best tilt; a handful are enough, and the bound holds for any tilt."""
_MAX_TILT = 500.0
"""Largest tilt: it turns nearly every sign the word's way."""


def chance(soft: NDArray[np.float32], fit: float) -> float:
    """Bound the probability that a given word fits so well if the soft bits' signs are random.

    The bound holds for soft bits of any sizes, which are taken as they are. It is the tail of a sum
    of independent signs, tilted (Esscher) to where the fit lies and compared there with the normal
    law by the Berry-Esseen inequality. It is tight within a factor of 4 at the fits that matter.

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
    tilt = fit  # below the best; the steps only go up to it, as the mean is concave in the tilt
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


def false_positive_probability(chance: float, attempts: int, words: float = WORDS) -> float:
    """Bound the probability that an unmarked picture is claimed with at least such a fit.

    Parameters
    ----------
    chance : float
        The probability that a given word fits as well as the one found, from ``chance``.
    attempts : int
        Most decodings before the detector says "none", times the keys that it tries.
    words : float
        Words that a decoding may give.
    """
    return bound(chance, attempts * words)


def bound(chance: float, tries: float) -> float:
    """Bound on the probability that one of so many tries fits so well by chance."""
    return min(1.0, max(SMALLEST, tries * chance))
