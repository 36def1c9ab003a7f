"""Rates and their intervals."""

from __future__ import annotations

import math

Z95 = 1.96
"""Standard deviations on both sides of a 95 % interval."""


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a rate (Wilson's score), from 0 to 1 without any trial."""
    if not trials:
        return 0.0, 1.0
    share, spread = hits / trials, Z95 * Z95 / trials
    middle = share + spread / 2
    half = Z95 * math.sqrt(share * (1 - share) / trials + spread / (4 * trials))
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))
