"""Find the pilot's scale and angle: in log-polar coordinates its constellation only shifts."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenance.watermark import format as fmt
from provenance.watermark import pilot
from provenance.watermark.spectrum import Spectrum

Floats = NDArray[np.float32]

ANGLES = 768
"""Steps of a quarter turn, 0.12 degrees each: half a bin at the outer lines of a 1024 px
picture."""
RADIUS_STEP = 0.0035
"""Step of the logarithm of frequency, likewise."""
MIN_FREQUENCY, MAX_FREQUENCY = 0.012, 0.5
"""Cycles per pixel that are looked at."""
MIN_LINES = 12
"""Lines of the constellation, of 32, that must lie inside the band for a scale to be tried."""
POWER_CAP = 12.0
"""Most that one bin may add to the score: a picture's own periodic texture must not decide
alone."""
CANDIDATES = 6
"""Guesses that are followed up."""
SUPPRESSED = 4
"""Steps around a candidate in which no other is taken."""


@dataclass(frozen=True)
class Candidate:
    """A guess at how the mark was turned and scaled.

    ``across`` and ``down`` are transformed pixels per mark unit along x and y, ``angle`` the turn
    before that in radians, modulo a quarter turn; ``score`` says how far the guess stands above the
    mean, in standard deviations.
    """

    across: float
    down: float
    angle: float
    score: float


@functools.cache
def _radii() -> NDArray[np.float64]:
    count = int(math.log(MAX_FREQUENCY / MIN_FREQUENCY) / RADIUS_STEP)
    return np.asarray(MIN_FREQUENCY * np.exp(RADIUS_STEP * np.arange(count)))


@functools.lru_cache(maxsize=4)
def _bins(height: int, width: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Flat indices of the log-polar grid into a half spectrum, one array for each quadrant."""
    angle = np.arange(ANGLES) * (np.pi / 2 / ANGLES)
    fx, fy = np.outer(np.cos(angle), _radii()), np.outer(np.sin(angle), _radii())
    columns = width // 2 + 1

    def index(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int32]:
        column = np.minimum(np.rint(x * width).astype(np.int32), columns - 1)
        return np.asarray(np.rint(y * height).astype(np.int32) % height * columns + column)

    return index(fx, fy), index(fy, -fx)


@dataclass(frozen=True)
class _Constellation:
    """The lines in log-polar steps, angles folded into a quarter turn, and the scales allowed."""

    points: tuple[tuple[int, int], ...]
    outermost: int
    shifts: int


@functools.lru_cache(maxsize=16)
def _constellation(key: bytes | None) -> _Constellation:
    # a fold by quarter turns brings half of an orbit onto the other half: two of its lines suffice
    vectors = pilot.lines(key).reshape(-1, 4, 2)[:, (0, 2)].reshape(-1, 2).astype(np.float64)
    angle = np.rint(np.arctan2(vectors[:, 1], vectors[:, 0]) / (np.pi / 2 / ANGLES)) % ANGLES
    radius = np.rint(np.log(np.hypot(vectors[:, 0], vectors[:, 1]) / fmt.TILE) / RADIUS_STEP)
    points = tuple(zip(angle.astype(int).tolist(), radius.astype(int).tolist(), strict=True))
    ordered = sorted(step for _, step in points)
    shifts = len(_radii()) + ordered[-1] - ordered[MIN_LINES // 2 - 1]
    return _Constellation(points, ordered[-1], shifts)


def polar_map(spectrum: Spectrum) -> Floats:
    """Bring the spectrum's power to log-polar steps, both quadrants added.

    Returns
    -------
    float32 array, shape (ANGLES, radii)
        Of mean 0 and deviation 1.
    """
    power = np.minimum(spectrum.power, np.float32(POWER_CAP)).ravel()
    first, second = _bins(spectrum.height, spectrum.width)
    polar = power[first] + power[second]
    polar -= polar.mean(dtype=np.float64)
    polar /= polar.std(dtype=np.float64) + 1e-9
    return polar


def scores(polar: Floats, key: bytes | None) -> Floats:
    """Score every angle (rows) and scale (columns; see ``scale_of``), in standard deviations.

    Parameters
    ----------
    polar : float32 array, shape (ANGLES, radii)
        From ``polar_map``.

    Returns
    -------
    float32 array, shape (ANGLES, scales)
        0 where too few lines lie inside the band.
    """
    pattern = _constellation(key)
    total = np.zeros((ANGLES, pattern.shifts), dtype=np.float32)
    count = np.zeros(pattern.shifts, dtype=np.float32)
    for angle, radius in pattern.points:
        start = radius - pattern.outermost
        low, high = max(0, start), min(polar.shape[1], start + pattern.shifts)
        part = slice(low - start, high - start)
        turned = polar[:, low:high]
        total[: ANGLES - angle, part] += turned[angle:]
        total[ANGLES - angle :, part] += turned[:angle]
        count[part] += 1
    total /= np.sqrt(np.maximum(count, 1))
    total[:, count < MIN_LINES / 2] = 0
    return total


def scale_of(shift: int, key: bytes | None) -> float:
    """Give the transformed pixels per mark unit of a column of ``scores``."""
    steps = shift - _constellation(key).outermost
    return float(np.exp(-(math.log(MIN_FREQUENCY) + steps * RADIUS_STEP)))


def candidates(table: Floats, key: bytes | None) -> list[Candidate]:
    """Take the best guesses of a table of scores."""
    found = []
    for row, column in _best(table.copy(), CANDIDATES):
        scale = scale_of(column, key)
        angle = row * (math.pi / 2 / ANGLES)
        found.append(Candidate(scale, scale, angle, float(table[row, column])))
    return found


def _best(table: Floats, count: int) -> list[tuple[int, int]]:
    """Find the highest entries, none next to another; the table is used up."""
    found = []
    for _ in range(count):
        row, column = divmod(int(np.argmax(table)), table.shape[1])
        found.append((row, column))
        rows = np.arange(row - SUPPRESSED, row + SUPPRESSED + 1) % ANGLES
        table[rows, max(0, column - SUPPRESSED) : column + SUPPRESSED + 1] = -np.inf
    return found
