"""How likely an unmarked picture would be claimed: the probability that every detection states.

A claim needs two things. A decoder's candidate must pass CRC-32, which a wrong one does with
probability 2**-32, whatever else is true of it; and its code word must correlate with the soft bits
better than what list decoding finds in noise. The first is counted for every candidate of every
attempt a detector may make; the second has the tail measured in docs/false-positives.md. The pilot
is not counted: it may be made by chance or by a generator, and it only chooses where to read.
"""

from __future__ import annotations

import math

from provenance.watermark import code
from provenance.watermark import format as fmt

CLAIM_PROBABILITY = 1e-9
"""Default bound on the probability that an unmarked picture is claimed."""
NULL_MEAN, NULL_DEVIATION = 12.33, 0.155
"""Best correlation that the decoder's list holds when fed noise (Gaussian soft bits; heavier tails
give less), over 1,500 draws."""
SMALLEST = 1e-12
"""No smaller probability is stated: nobody has measured that far out."""


def tail(correlation: float) -> float:
    """Probability that noise gives a best correlation of at least this.

    It is the Gumbel law that the maximum of many candidates follows, with the measured mean and
    deviation; its tail is above the measured one.
    """
    scale = NULL_DEVIATION * math.sqrt(6) / math.pi
    location = NULL_MEAN - 0.5772156649 * scale
    return -math.expm1(-math.exp(-(correlation - location) / scale))


def false_positive_probability(correlation: float, attempts: int) -> float:
    """Bound on the probability that an unmarked picture is claimed with at least this correlation.

    Parameters
    ----------
    correlation : float
        Of the code word found, in standard deviations.
    attempts : int
        Decodings that the detector makes at most before it says none, times the keys it tries.
    """
    checks = attempts * code.LIST_SIZE * 2.0 ** (-8 * fmt.CHECK_BYTES)
    return min(1.0, max(SMALLEST, checks * tail(correlation)))
