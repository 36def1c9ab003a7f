"""Decode a word from a plane's coefficients, and say how well its code word fits."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenance.watermark import code
from provenance.watermark import format as fmt
from provenance.watermark.carrier import Secret, key_of
from provenance.watermark.detection import significance
from provenance.watermark.detection.soft_bits import (
    WEIGHTINGS,
    Coefficients,
    Weighting,
    excess,
    soft_bits,
)

Floats = NDArray[np.float32]

MIN_EXCESS = 1.2
"""Excess energy of the soft bits from which they are decoded, unless the pilot is sure: one
unmarked plane in nine has it, and nearly all that decode have 2."""
CLEAR_EXCESS = 40.0
"""Excess from which one path of the decoder is tried first."""
CLEAR_FIT = 16.0
"""Correlation from which a word is claimed by whatever weighting it was decoded with."""
_ROUNDS = (
    (code.SHORT_LIST_SIZE, CLEAR_EXCESS, math.inf),
    (code.LIST_SIZE, MIN_EXCESS, math.inf),
    (code.LIST_SIZE, -math.inf, MIN_EXCESS),
    (code.LONG_LIST_SIZE, MIN_EXCESS, math.inf),
)
"""Paths of the decoder, and from which excess to which they are tried: the last two rounds only
where the pilot says that there is a mark."""


@dataclass(frozen=True)
class DecodedMark:
    """A word that passes its check, and how it was decoded.

    ``weighting`` is the one that it was decoded with; ``correlation`` is that of its code bits with
    the soft bits, in standard deviations; ``chance`` bounds how often one word fits random signs so
    well.
    """

    word: bytes
    weighting: Weighting
    correlation: float
    chance: float


def correlation(soft: NDArray[np.float32], bits: NDArray[np.int8]) -> float:
    """Correlate soft bits with a word's code bits, normalised.

    The correlation with a word that was chosen without looking at the soft bits is standard normal.

    Parameters
    ----------
    soft : float32 array, shape (1024,)
        Soft bits, not all zero: positive means bit 0; only their proportions matter.
    bits : int8 array, shape (1024,)
        The word's code bits as signs.

    Returns
    -------
    float
        In standard deviations; at most 32, which is sqrt(1024).
    """
    return float(soft @ bits / np.sqrt(soft @ soft))


def read(
    coefficients: Coefficients, secret: Secret | None, *, surely: bool = False
) -> DecodedMark | None:
    """Decode the first word that one of the weightings yields, or None.

    Where the pilot says that there ``surely`` is a mark, it pays to look longer, whatever the soft
    bits' energy: where the picture is busy and holds few tiles, they can have less than noise has.
    """
    weighted = functools.cache(lambda weighting: soft_bits(coefficients, weighting, secret))
    for list_size, least, most in _ROUNDS if surely else _ROUNDS[:2]:
        for weighting in WEIGHTINGS:
            soft = weighted(weighting)
            if least <= excess(soft) < most:
                word = code.decode(soft, list_size, secret)
                if word is not None:
                    found = measure(soft, word, weighting, secret)
                    clear = found.correlation >= CLEAR_FIT
                    return found if clear else _fitting(weighted, word, secret)
    return None


def _fitting(
    weighted: Callable[[Weighting], Floats], word: bytes, secret: Secret | None
) -> DecodedMark:
    """A word by the weighting under which it fits best: each is an attempt that is counted."""
    seen = ((weighting, weighted(weighting)) for weighting in WEIGHTINGS)
    found = (measure(soft, word, weighting, secret) for weighting, soft in seen if soft.any())
    return min(found, key=lambda each: each.chance)


def read_below(
    coefficients: Coefficients, secret: Secret | None, found: Sequence[bytes]
) -> DecodedMark | None:
    """The first word that decodes once the code bits of those ``found`` are cancelled."""
    for weighting in WEIGHTINGS:
        soft = soft_bits(coefficients, weighting, secret)
        for word in found:
            bits = code.encode(word, key_of(secret))
            soft = soft - np.float32(soft @ bits / fmt.CODE_BITS) * bits
        lower = code.decode(soft, secret=secret)
        if lower is not None and lower not in found:
            return measure(soft, lower, weighting, secret)
    return None


def measure(
    soft: NDArray[np.float32], word: bytes, weighting: Weighting, secret: Secret | None = None
) -> DecodedMark:
    """Say how well a word fits soft bits."""
    fit = correlation(soft, code.encode(word, key_of(secret)))
    return DecodedMark(word, weighting, fit, significance.chance(soft, fit))
