"""Find the pilot's scale and angle: in log-polar coordinates its constellation only shifts."""

from __future__ import annotations

import functools
import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenance.once import once
from provenance.watermark import format as fmt
from provenance.watermark import pilot
from provenance.watermark.detection.spectrum import Spectrum

Floats = NDArray[np.float32]

MIN_FREQUENCY, MAX_FREQUENCY = 0.012, 0.5
"""Cycles per pixel between which is searched."""
MIN_LINES = 12
"""Lines of the constellation, of 32, that must lie inside the band for a scale to be tried."""
POWER_CAP = 12.0
"""Most that one bin may add to the score: a picture's own periodic texture must not decide
alone."""
CANDIDATES = 6
"""Guesses at any angle that are followed up."""
UPRIGHT_CANDIDATES = 48
"""Guesses at an unturned picture that are tried: most pictures are unturned, so a closer look pays
where the pilot is faint."""
UPRIGHT_SCALES = (0.15, 3.0)
"""Pixels per mark unit between which they are tried: below, nothing is left of a mark; enlargement
beyond threefold is rare."""
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


@dataclass(frozen=True)
class Grid:
    """Steps of the log-polar map: of a quarter turn, and of the logarithm of frequency."""

    angles: int
    step: float

    @once
    def radii(self) -> NDArray[np.float64]:
        """Frequencies in cycles per pixel."""
        count = int(math.log(MAX_FREQUENCY / MIN_FREQUENCY) / self.step)
        return np.asarray(MIN_FREQUENCY * np.exp(self.step * np.arange(count)))


FINE, COARSE = Grid(768, 0.0035), Grid(384, 0.007)
"""Steps of 0.12 degrees and 0.35 %, half a bin at the outer lines of a 1024 px picture; and twice
that."""
COARSE_SIDE = 640
"""Pixels of the longer side up to which the coarse grid is fine enough."""


def choose_grid(spectrum: Spectrum) -> Grid:
    """Choose the grid that resolves a spectrum."""
    return COARSE if max(spectrum.rows, spectrum.columns) <= COARSE_SIDE else FINE


@dataclass(frozen=True)
class ScoreTable:
    """How well each angle (rows) and scale (columns) fits, in standard deviations.

    ``scores`` is float32, shape (grid.angles, scales), 0 where too few lines lie inside the band;
    ``outermost`` is the outermost line's place on the grid.
    """

    scores: Floats
    grid: Grid
    outermost: int

    def candidate(self, row: int, column: int) -> Candidate:
        """Return the guess that an entry stands for."""
        steps = column - self.outermost
        scale = float(np.exp(-(math.log(MIN_FREQUENCY) + steps * self.grid.step)))
        angle = row * (math.pi / 2 / self.grid.angles)
        return Candidate(scale, scale, angle, float(self.scores[row, column]))


@functools.lru_cache(maxsize=4)
def bins(grid: Grid, height: int, width: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Index a half spectrum by the log-polar grid: flat indices, one array for each quadrant."""
    angle = np.arange(grid.angles) * (np.pi / 2 / grid.angles)
    cosine, sine = np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)
    radii, columns = grid.radii.astype(np.float32), width // 2 + 1

    def index(x: Floats, y: Floats) -> NDArray[np.int32]:
        column = np.rint(np.outer(x, radii * np.float32(width))).astype(np.int32)
        row = np.rint(np.outer(y, radii * np.float32(height))).astype(np.int32)
        row[row < 0] += height
        np.minimum(column, columns - 1, out=column)
        row *= columns
        row += column
        return row

    return index(cosine, sine), index(sine, -cosine)


@dataclass(frozen=True)
class Constellation:
    """The lines in log-polar steps, angles folded into a quarter turn, and the scales allowed."""

    points: tuple[tuple[int, int], ...]
    outermost: int
    shifts: int


@functools.lru_cache(maxsize=16)
def constellation(key: bytes | None, grid: Grid) -> Constellation:
    """Place a key's lines on a grid."""
    # a fold by quarter turns brings half of an orbit onto the other half: two of its lines suffice
    vectors = pilot.lines(key).reshape(-1, 4, 2)[:, (0, 2)].reshape(-1, 2).astype(np.float64)
    turn = np.pi / 2 / grid.angles
    angle = np.rint(np.arctan2(vectors[:, 1], vectors[:, 0]) / turn) % grid.angles
    radius = np.rint(np.log(np.hypot(vectors[:, 0], vectors[:, 1]) / fmt.TILE) / grid.step)
    points = tuple(zip(angle.astype(int).tolist(), radius.astype(int).tolist(), strict=True))
    ordered = sorted(step for _, step in points)
    shifts = len(grid.radii) + ordered[-1] - ordered[MIN_LINES // 2 - 1]
    return Constellation(points, ordered[-1], shifts)


def polar_map(spectrum: Spectrum) -> Floats:
    """Bring the spectrum's power to log-polar steps, both quadrants added.

    Returns
    -------
    float32 array, shape (angles, radii)
        Of mean 0 and deviation 1, on the grid that resolves the spectrum.
    """
    power = np.minimum(spectrum.power, np.float32(POWER_CAP)).ravel()
    first, second = bins(choose_grid(spectrum), spectrum.height, spectrum.width)
    polar = power.take(first, mode="clip")
    polar += power.take(second, mode="clip")
    standardise(polar)
    return polar


def standardise(values: Floats) -> None:
    """Bring values to mean 0 and deviation 1, in place."""
    values -= values.mean(dtype=np.float64)
    flat = values.ravel()
    values /= np.float32(math.sqrt(flat @ flat / flat.size) + 1e-9)


def score_table(polar: Floats, key: bytes | None) -> ScoreTable:
    """Score every angle and scale under a key.

    Parameters
    ----------
    polar : float32 array, shape (angles, radii)
        From ``polar_map``.
    """
    grid = next(each for each in (FINE, COARSE) if each.angles == len(polar))
    pattern = constellation(key, grid)
    total = np.zeros((grid.angles, pattern.shifts), dtype=np.float32)
    count = np.zeros(pattern.shifts, dtype=np.float32)
    for angle, radius in pattern.points:
        start = radius - pattern.outermost
        low, high = max(0, start), min(polar.shape[1], start + pattern.shifts)
        part = slice(low - start, high - start)
        turned = polar[:, low:high]
        total[: grid.angles - angle, part] += turned[angle:]
        total[grid.angles - angle :, part] += turned[:angle]
        count[part] += 1
    total /= np.sqrt(np.maximum(count, 1))
    total[:, count < MIN_LINES / 2] = 0
    return ScoreTable(total, grid, pattern.outermost)


def best_candidates(found: ScoreTable) -> list[Candidate]:
    """Take the best guesses at any scale and angle."""
    scores = found.scores.copy()
    return [found.candidate(*_best(scores)) for _ in range(CANDIDATES)]


def _best(scores: Floats) -> tuple[int, int]:
    """Find the highest entry, and blot out its surroundings."""
    row, column = divmod(int(np.argmax(scores)), scores.shape[1])
    rows = np.arange(row - SUPPRESSED, row + SUPPRESSED + 1) % len(scores)
    scores[rows, max(0, column - SUPPRESSED) : column + SUPPRESSED + 1] = -np.inf
    return row, column


def unturned_candidates(found: ScoreTable) -> list[Candidate]:
    """Take the best guesses at an unturned picture, best first: many, so also weak ones."""
    offsets = (0, 1, -1)
    scores = found.scores[offsets, :]
    best = np.argsort(-scores, axis=None)
    guesses = (found.candidate(offsets[n // scores.shape[1]], n % scores.shape[1]) for n in best)
    possible = (each for each in guesses if UPRIGHT_SCALES[0] < each.across < UPRIGHT_SCALES[1])
    return list(itertools.islice(possible, UPRIGHT_CANDIDATES))
