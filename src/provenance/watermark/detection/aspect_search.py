"""Find the pilot in stretched pictures: the aspect was changed, without a turn.

An upright line (a, b) of a mark at sx, sy pixels a unit lies at frequencies a/(tile sx) and
b/(tile sy). A change of either scale only shifts it along a logarithmic axis, so all pairs are
looked up at once.
"""

from __future__ import annotations

import functools
import math

import numpy as np
from numpy.typing import NDArray

from provenance.watermark import format as fmt
from provenance.watermark import pilot
from provenance.watermark.detection.scale_search import (
    COARSE,
    MIN_LINES,
    POWER_CAP,
    SUPPRESSED,
    Candidate,
    choose_grid,
)
from provenance.watermark.detection.spectrum import Spectrum

STEP, COARSE_STEP = 0.006, 0.012
"""Step of the logarithm of either scale: about a bin at the outer lines of a 1024 px picture; and
the step for a picture that the coarse grid resolves."""
MIN_SCALE, MAX_SCALE = 0.2, 4.0
"""Transformed pixels per mark unit between which is searched."""
MAX_STRETCH = 1.28
"""Ratio of the two scales up to which a picture counts as stretched."""
STRETCHED_CANDIDATES = 4
"""Guesses that are followed up."""


@functools.cache
def _pairs(step: float) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """List the scales, and the pairs of them (index along x, index along y) that are tried."""
    scales = np.exp(np.arange(math.log(MIN_SCALE), math.log(MAX_SCALE), step))
    reach = int(math.log(MAX_STRETCH) / step)
    offset = np.arange(-reach, reach + 1)
    across, down = np.broadcast_arrays(np.arange(len(scales))[:, None], offset)
    down = across + down
    inside = (down >= 0) & (down < len(scales))
    return scales, across[inside], down[inside]


def stretched_candidates(spectrum: Spectrum, key: bytes | None) -> list[Candidate]:
    """Take the best guesses at two scales of an upright picture."""
    scales, across, down = _pairs(COARSE_STEP if choose_grid(spectrum) is COARSE else STEP)
    score = _scores(spectrum, key, scales, across, down)
    found = []
    for _ in range(STRETCHED_CANDIDATES):
        best = int(score.argmax())
        x, y = across[best], down[best]
        found.append(Candidate(float(scales[x]), float(scales[y]), 0.0, float(score[best])))
        score[(np.abs(across - x) <= SUPPRESSED) & (np.abs(down - y) <= SUPPRESSED)] = -np.inf
    return found


def _scores(
    spectrum: Spectrum,
    key: bytes | None,
    scales: NDArray[np.float64],
    across: NDArray[np.int64],
    down: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Score each pair of scales, in standard deviations."""
    power = np.minimum(spectrum.power, np.float32(POWER_CAP))
    mean, deviation = power.mean(dtype=np.float64), power.std(dtype=np.float64) + 1e-9
    flat, columns = (power - np.float32(mean)).ravel(), power.shape[1]
    total = np.zeros(len(across), dtype=np.float32)
    count = np.zeros(len(across), dtype=np.float32)
    for a, b in pilot.lines(key).tolist():
        fx, fy = a / (fmt.TILE * scales), b / (fmt.TILE * scales)
        column = np.minimum(np.rint(fx * spectrum.width).astype(np.int64), columns - 1)
        row = np.rint(fy * spectrum.height).astype(np.int64) % spectrum.height * columns
        inside = (fx < 0.5)[across] & (np.abs(fy) < 0.5)[down]
        total += np.where(inside, flat[row[down] + column[across]], 0)
        count += inside
    total /= np.float32(deviation) * np.sqrt(np.maximum(count, 1))
    total[count < MIN_LINES] = 0
    return total
