"""Find the pilot's scale and angle: its lines are a constellation that log-polar coordinates only shift."""

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
"""Steps of a quarter turn, 0.12 degrees each: half a bin at the outer lines of a 1024 px picture."""
RADIUS_STEP = 0.0035
"""Step of the logarithm of frequency, likewise."""
MIN_FREQUENCY, MAX_FREQUENCY = 0.012, 0.5
"""Cycles per pixel that are looked at."""
MIN_LINES = 12
"""Lines of the constellation, of 32, that must lie inside the band for a scale to be tried."""
POWER_CAP = 12.0
"""Most that one bin may add to the score: a picture's own periodic texture must not decide alone."""
SUPPRESSED = 4
"""Steps around a candidate in which no other is taken."""


@dataclass(frozen=True)
class Candidate:
    """A guess: picture pixels per mark unit, turn in radians modulo a quarter turn, and how far the score
    stands above its mean, in standard deviations."""

    scale: float
    angle: float
    score: float


@functools.cache
def _radii() -> NDArray[np.float64]:
    count = int(math.log(MAX_FREQUENCY / MIN_FREQUENCY) / RADIUS_STEP)
    return MIN_FREQUENCY * np.exp(RADIUS_STEP * np.arange(count))


@functools.lru_cache(maxsize=4)
def _bins(height: int, width: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Flat indices into a half spectrum of the log-polar grid, one array for each of two quadrants."""
    angle = np.arange(ANGLES) * (np.pi / 2 / ANGLES)
    fx, fy = np.outer(np.cos(angle), _radii()), np.outer(np.sin(angle), _radii())
    columns = width // 2 + 1

    def index(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int32]:
        column = np.minimum(np.rint(x * width).astype(np.int32), columns - 1)
        return np.asarray(np.rint(y * height).astype(np.int32) % height * columns + column)

    return index(fx, fy), index(fy, -fx)


@functools.cache
def _constellation() -> tuple[tuple[int, int], ...]:
    """Angle and radius steps of the lines, angles folded into a quarter turn, each once."""
    lines = pilot.lines()[::4], pilot.lines()[2::4]
    both = np.concatenate(lines).astype(np.float64)
    angle = np.rint(np.arctan2(both[:, 1], both[:, 0]) / (np.pi / 2 / ANGLES)).astype(int) % ANGLES
    radius = np.rint(np.log(np.hypot(both[:, 0], both[:, 1]) / fmt.TILE) / RADIUS_STEP).astype(int)
    return tuple(zip(angle.tolist(), radius.tolist(), strict=True))


def scores(spectrum: Spectrum) -> Floats:
    """Score of every angle (rows) and scale (columns; see ``scale_of``), in standard deviations."""
    power = np.minimum(spectrum.power, np.float32(POWER_CAP)).ravel()
    first, second = _bins(spectrum.height, spectrum.width)
    polar = power[first] + power[second]
    polar -= polar.mean(dtype=np.float64)
    polar /= polar.std(dtype=np.float64) + 1e-9
    columns = polar.shape[1]
    total = np.zeros((ANGLES, _shifts()), dtype=np.float32)
    count = np.zeros(_shifts(), dtype=np.float32)
    for angle, radius in _constellation():
        start = radius - _lowest()
        stop = min(columns, start + _shifts())
        low = max(0, start)
        part = slice(low - start, stop - start)
        turned = np.roll(polar[:, low:stop], -angle, axis=0)
        total[:, part] += turned
        count[part] += 1
    few = count < MIN_LINES / 2
    total /= np.sqrt(np.maximum(count, 1))
    total[:, few] = 0
    return total


def _lowest() -> int:
    """Radius step of the outermost line: at the first shift it lies at the lowest frequency."""
    return max(radius for _, radius in _constellation())


def _shifts() -> int:
    """Number of scales: from all lines at the lowest frequency to half of them in the band."""
    ordered = sorted(radius for _, radius in _constellation())
    return len(_radii()) + _lowest() - ordered[MIN_LINES // 2 - 1]


def scale_of(shift: int) -> float:
    """Transformed pixels per mark unit at a column of ``scores``."""
    # a line of radius step r (log of cycles per unit) is found at log frequency log(MIN) + (r - lowest + shift)
    return float(np.exp(-(math.log(MIN_FREQUENCY) + (shift - _lowest()) * RADIUS_STEP)))


def candidates(table: Floats, count: int) -> list[Candidate]:
    """The best guesses of a table of scores, best first, none next to another."""
    table, found = table.copy(), []
    for _ in range(count):
        row, column = divmod(int(np.argmax(table)), table.shape[1])
        found.append(Candidate(scale_of(column), row * (math.pi / 2 / ANGLES), float(table[row, column])))
        rows = np.arange(row - SUPPRESSED, row + SUPPRESSED + 1) % ANGLES
        table[rows, max(0, column - SUPPRESSED) : column + SUPPRESSED + 1] = -np.inf
    return found
