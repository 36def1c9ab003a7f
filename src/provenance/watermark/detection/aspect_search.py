"""Find the pilot in stretched pictures: the aspect was changed, without a turn.

An upright line (a, b) of a mark at sx, sy pixels a unit lies at frequencies a/(tile sx) and
b/(tile sy). A change of either scale only shifts it along a logarithmic axis, so all pairs are
looked up at once.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TypeVar

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
    standardise,
)
from provenance.watermark.detection.spectrum import Spectrum

STEP, COARSE_STEP = 0.006, 0.012
"""Step of the logarithm of either scale: about a bin at the outer lines of a 1024 px picture; and
the step for a picture that the coarse grid resolves."""
MIN_SCALE, MAX_SCALE = 0.2, 4.0
"""Transformed pixels per mark unit between which is searched."""
MAX_STRETCH = 1.28
"""Ratio of the two scales up to which a picture counts as stretched."""
WIDE_STRETCH = 1.9
"""Likewise in a thorough search: 16:9 squeezed into a square is 1.78."""
STRETCHED_CANDIDATES = 4
"""Guesses that are followed up."""

T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True)
class _Pairs:
    """The pairs of scales that are tried, as rows of one scale (across) and columns of offsets.

    ``scales`` are those that both are drawn from; pair (i, j) has ``scales[i]`` along x and
    ``scales[i + j - reach]`` along y, where there is one.
    """

    scales: NDArray[np.float64]
    reach: int

    @property
    def outside(self) -> NDArray[np.bool_]:
        """Pairs without a second scale."""
        down = np.add.outer(np.arange(len(self.scales)), self._offsets)
        return np.asarray((down < 0) | (down >= len(self.scales)))

    @property
    def _offsets(self) -> NDArray[np.int64]:
        return np.arange(-self.reach, self.reach + 1)

    def banded(self, values: NDArray[T], blank: int) -> NDArray[T]:
        """Give each line's value at each pair's scale along y, ``blank`` where there is none."""
        padded = np.pad(values, ((0, 0), (self.reach, self.reach)), constant_values=blank)
        return np.lib.stride_tricks.sliding_window_view(padded, 2 * self.reach + 1, axis=1)


@functools.cache
def _pairs(step: float, stretch: float) -> _Pairs:
    scales = np.exp(np.arange(math.log(MIN_SCALE), math.log(MAX_SCALE), step))
    return _Pairs(scales, int(math.log(stretch) / step))


@functools.lru_cache(maxsize=16)
def _weights(key: bytes | None, step: float, stretch: float) -> NDArray[np.float32]:
    """Weigh each pair's sum over lines: one over the root of their number, 0 of too few."""
    pairs = _pairs(step, stretch)
    across, down = (
        np.abs(line[:, None]) / (fmt.TILE * pairs.scales) < 0.5 for line in pilot.lines(key).T
    )
    count = (across[..., None] & pairs.banded(down, 0)).sum(axis=0)
    few = (count < MIN_LINES) | pairs.outside
    return np.where(few, 0, 1 / np.sqrt(np.maximum(count, 1))).astype(np.float32)


def stretched_candidates(
    spectrum: Spectrum, key: bytes | None, stretch: float = MAX_STRETCH
) -> list[Candidate]:
    """Take the best guesses at two scales of an upright picture."""
    step = COARSE_STEP if choose_grid(spectrum) is COARSE else STEP
    pairs, score = _pairs(step, stretch), _scores(spectrum, key, step, stretch)
    found = []
    for _ in range(STRETCHED_CANDIDATES):
        x, offset = divmod(int(score.argmax()), score.shape[1])
        y = x + offset - pairs.reach
        across, down = float(pairs.scales[x]), float(pairs.scales[y])
        found.append(Candidate(across, down, 0.0, float(score[x, offset])))
        for row in range(max(0, x - SUPPRESSED), min(len(score), x + SUPPRESSED + 1)):
            middle = y - row + pairs.reach
            score[row, max(0, middle - SUPPRESSED) : max(0, middle + SUPPRESSED + 1)] = -np.inf
    return found


def _scores(
    spectrum: Spectrum, key: bytes | None, step: float, stretch: float
) -> NDArray[np.float32]:
    """Score each pair of scales, in standard deviations."""
    pairs = _pairs(step, stretch)
    folded = _folded(spectrum)
    columns, blank = folded.shape[1], folded.size
    # what lies outside the band is looked up in the blank after the last bin
    flat = np.append(folded, np.float32(0))
    # the lines (a, b) and (a, -b) lie in the same bin once the spectrum is folded
    upper = pilot.lines(key)[pilot.lines(key)[:, 1] > 0]
    fx, fy = (line[:, None] / (fmt.TILE * pairs.scales) for line in upper.T)
    column = np.minimum(np.rint(fx * spectrum.width).astype(np.int32), columns - 1)
    row = np.rint(fy * spectrum.height).astype(np.int32) * columns
    column[fx >= 0.5] = blank
    row[fy >= 0.5] = blank
    total = np.zeros((len(pairs.scales), 2 * pairs.reach + 1), dtype=np.float32)
    for across, down in zip(column, pairs.banded(row, blank), strict=True):
        total += flat.take(across[:, None] + down, mode="clip")
    total *= _weights(key, step, stretch)
    return total


def _folded(spectrum: Spectrum) -> NDArray[np.float32]:
    """Power in standard deviations, that of rows up and down added."""
    power = np.minimum(spectrum.power, np.float32(POWER_CAP))
    standardise(power)
    down = power[: spectrum.height // 2 + 1]
    return np.asarray(down + power[-np.arange(len(down))])
