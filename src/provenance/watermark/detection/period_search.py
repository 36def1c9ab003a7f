"""Find the tile's period: a marked picture resembles itself, shifted by a tile.

The mark repeats with its tile, carrier and pilot alike, so the picture's autocorrelation has peaks
on the lattice that the tile's sides span. Two of them say how it was scaled, turned, stretched and
sheared, without any line of the pilot. Private marks, whose chips differ from tile to tile, repeat
less.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import fft

from provenance.geometry import Geometry
from provenance.watermark import format as fmt
from provenance.watermark.detection.registration import geometry_from_matrix
from provenance.watermark.detection.spectrum import Floats, Spectrum

POWER_CAP = 12.0
"""Most that one bin may add: a picture's own periodic texture must not decide alone."""
LOWEST = 0.02
"""Cycles per transformed pixel below which the mark has nothing."""
BAND_SIDE, BAND = 512, 0.42
"""Samples of a side, and share of the picture's, that the autocorrelation has at least: finer ones
would only show what the mark has no detail in."""
FARTHEST = 0.8
"""Share of a side beyond which too little of the picture meets itself."""
FINER = 0.6
"""Share of a lattice's score from which a finer one that holds it is preferred."""
WHOLE = 0.04
"""How far a lattice's sides may be from whole ones of a finer lattice."""
CLEAR = 4.0
"""Height from which a peak counts in the fit."""
NOISE_SIDE = 32
"""Side, in samples, of the neighbourhood whose mean square is called 1."""
NEAREST = 20.0
"""Samples nearer than which no tile is looked for: a picture resembles itself there anyway."""
PEAKS = 14
"""Highest peaks that the sides of a tile are chosen from, and as many along each axis."""
LEAST = 3.0
"""Height from which a sample may be a peak: one in a thousand where there is none."""
MOST_SORTED = 12
"""Samples that are looked at for each peak, since those beside a peak are high, too."""
SUPPRESSED = 3
"""Samples around a peak in which no other is taken."""
PEAK_CAP = 12.0
"""Most that one peak may add to a lattice's score."""
BEYOND = 0.02
"""What a peak's height adds besides: it decides between lattices whose peaks are all that high."""
MAX_STRETCH = 2.2
"""Ratio of a tile's sides up to which one is looked for."""
MAX_SLANT = 0.5
"""Cosine of the angle between a tile's sides up to which one is looked for: 30 degrees of shear."""
PERIODS = 3
"""Lattices that are followed up."""
_STEPS = ((1, 0), (0, 1), (1, 1), (1, -1), (2, 0), (0, 2), (2, 1), (1, 2), (2, -1), (1, -2))
"""Places of the lattice that are looked at; the first four make its score."""
_SCORED = 4
_EXPECTED = 1.5
"""What the highest of nine samples has on average where there is no peak."""


@dataclass(frozen=True)
class Period:
    """A guess at the tile's sides.

    ``sides`` is float64, shape (2, 2): its columns are the sides in transformed pixels, the first
    more across than down; ``score`` says how far their peaks stand out, in standard deviations.
    """

    sides: NDArray[np.float64]
    score: float

    @property
    def frequencies(self) -> NDArray[np.float64]:
        """The map from cycles per tile to cycles per transformed pixel."""
        return np.asarray(np.linalg.inv(self.sides).T)

    def geometry(self, spectrum: Spectrum) -> Geometry:
        """A tile with these sides at the corner of the picture that a spectrum is of."""
        matrix = np.eye(3)
        matrix[:2, :2] = self.sides / np.array(spectrum.zoom)[:, None] / fmt.TILE
        return geometry_from_matrix(matrix)


@dataclass(frozen=True)
class _Likeness:
    """Autocorrelation in deviations of the noise around: lags as FFTs have them, in samples.

    A sample is ``step`` (x, y) transformed pixels; ``farthest`` are the lags beyond which too
    little of the picture meets itself.
    """

    values: Floats
    step: tuple[float, float]
    farthest: tuple[float, float]

    def near(self, lags: NDArray[np.float64], reach: int) -> Floats:
        """Cut out what lies around lags, shape (lags, 2) in samples: (lags, side, side)."""
        high, wide = self.values.shape
        offset = np.arange(-reach, reach + 1)
        at = np.rint(lags).astype(int)
        rows = (at[:, 1, None, None] + offset[:, None]) % high
        columns = (at[:, 0, None, None] + offset) % wide
        return np.asarray(self.values[rows, columns])

    def inside(self, lags: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which lags can be judged."""
        return np.asarray((np.abs(lags) <= self.farthest).all(axis=-1))


def frequency_maps(periods: list[Period]) -> NDArray[np.float64]:
    """The periods' maps, shape (periods, 2, 2)."""
    return np.array([each.frequencies for each in periods]).reshape(-1, 2, 2)


def find_periods(spectrum: Spectrum) -> list[Period]:
    """Take the best guesses at the tile's sides, best first."""
    found = _likeness(spectrum)
    pairs = np.unique(_reduced(_pairs(_peaks(found))), axis=0)
    pairs = pairs[found.inside(pairs).all(axis=1)]
    if not len(pairs):
        return []
    return [_fitted(found, pairs[at], score) for at, score in _best(found, pairs)]


def _likeness(spectrum: Spectrum) -> _Likeness:
    """Autocorrelate the whitened picture, in the band that a mark has."""
    high, wide = (
        min(side, fft.next_fast_len(max(BAND_SIDE, math.ceil(BAND * side)), real=True))
        for side in (spectrum.height, spectrum.width)
    )
    rows = np.fft.fftfreq(high, 1 / high).astype(int)
    power = np.minimum(spectrum.power[rows, : wide // 2 + 1], np.float32(POWER_CAP))
    power -= power.mean()
    power[np.ix_(np.abs(rows) < LOWEST * spectrum.height, range(int(LOWEST * spectrum.width)))] = 0
    values = fft.irfft2(power, (high, wide))
    values /= np.sqrt(_mean_around(values * values)) + np.float32(1e-30)
    step = spectrum.width / wide, spectrum.height / high
    farthest = (
        min(FARTHEST * spectrum.columns, spectrum.width / 2 - 1) / step[0],
        min(FARTHEST * spectrum.rows, spectrum.height / 2 - 1) / step[1],
    )
    return _Likeness(values, step, farthest)


def _mean_around(values: Floats) -> Floats:
    """Average over squares, and interpolate back to every sample."""
    high, wide = values.shape
    image, box = Image.fromarray(values), (0.0, 0.0, wide / NOISE_SIDE, high / NOISE_SIDE)
    return np.asarray(
        image.reduce(NOISE_SIDE).resize((wide, high), Image.Resampling.BILINEAR, box=box)
    )


def _peaks(found: _Likeness) -> NDArray[np.float64]:
    """Lags of the highest peaks of a half plane, anywhere and along the axes: shape (peaks, 2)."""
    across, down = (int(each) for each in found.farthest)
    part = found.values[: down + 1, np.arange(-across, across + 1)]
    near = int(NEAREST)
    part[:near, across - near + 1 : across + near] = 0
    part[0, :across] = 0
    rows, columns = np.nonzero(part > LEAST)
    order = np.argsort(-part[rows, columns], kind="stable")
    high = np.column_stack((columns[order] - across, rows[order]))
    along = (high[high[:, 1] <= 1], high[np.abs(high[:, 0]) <= 1])
    lags = {lag for each in (high, *along) for lag in _apart(each)}
    return np.array(sorted(lags), dtype=np.float64).reshape(-1, 2)


def _apart(lags: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Take the first few, highest first, that are not beside a higher one."""
    found: list[tuple[int, int]] = []
    for x, y in lags[: MOST_SORTED * PEAKS].tolist():
        if all(max(abs(x - u), abs(y - v)) > SUPPRESSED for u, v in found):
            found.append((x, y))
            if len(found) == PEAKS:
                break
    return found


def _pairs(lags: NDArray[np.float64]) -> NDArray[np.float64]:
    """All pairs of lags: shape (pairs, 2, 2), rows the two lags."""
    first, second = np.triu_indices(len(lags), 1)
    return np.stack((lags[first], lags[second]), axis=1)


def _reduced(pairs: NDArray[np.float64]) -> NDArray[np.float64]:
    """The shortest sides that span the same lattices, of those that may be a tile's.

    The first is more across than down, to the right; the second runs down.
    """
    pairs = pairs[np.abs(np.linalg.det(pairs)) > NEAREST**2]
    for _ in range(3):
        length = np.hypot(*pairs.transpose(2, 0, 1))
        pairs = np.where((length[:, 0] > length[:, 1])[:, None, None], pairs[:, ::-1], pairs)
        a, b = pairs[:, 0], pairs[:, 1]
        turns = np.rint((a * b).sum(axis=1) / (a * a).sum(axis=1))
        pairs = np.stack((a, b - turns[:, None] * a), axis=1)
    length = np.hypot(*pairs.transpose(2, 0, 1))
    slant = np.abs((pairs[:, 0] * pairs[:, 1]).sum(axis=1)) / length.prod(axis=1)
    pairs = pairs[
        (slant <= MAX_SLANT)
        & (length[:, 1] <= MAX_STRETCH * length[:, 0])
        & (length[:, 0] >= NEAREST)
    ]
    steep = np.abs(pairs[..., 1]) / np.hypot(*pairs.transpose(2, 0, 1))
    pairs = np.where((steep[:, 0] > steep[:, 1])[:, None, None], pairs[:, ::-1], pairs)
    pairs[:, 0] *= np.where(pairs[:, 0, :1] < 0, -1, 1)
    pairs[:, 1] *= np.where(np.linalg.det(pairs) < 0, -1, 1)[:, None]
    return pairs


def _best(found: _Likeness, pairs: NDArray[np.float64]) -> Iterator[tuple[int, float]]:
    """Number and score of the lattices whose peaks stand out most."""
    lags = np.array(_STEPS[:_SCORED], dtype=np.float64) @ pairs
    height = found.near(lags.reshape(-1, 2), 1).max(axis=(1, 2)).reshape(len(pairs), -1)
    seen = np.minimum(height, PEAK_CAP) - _EXPECTED + BEYOND * height
    inside = found.inside(lags)
    score = np.where(inside, seen, 0).sum(axis=1) / np.sqrt(np.maximum(inside.sum(axis=1), 1))
    size = np.abs(np.linalg.det(pairs))
    for _ in range(PERIODS):
        at = int(score.argmax())
        if score[at] == -np.inf:
            return
        # a lattice of every other peak stands out as far: the finer one is the tile's
        parts = pairs[at] @ np.linalg.inv(pairs)
        whole = np.abs(parts - np.rint(parts)).max(axis=(1, 2)) <= WHOLE
        finer = whole & (score >= FINER * score[at])
        at = int(np.where(finer, size, np.inf).argmin())
        yield at, float(score[at])
        of_it = pairs @ np.linalg.inv(pairs[at])
        score[np.abs(of_it - np.rint(of_it)).max(axis=(1, 2)) <= WHOLE] = -np.inf


def _fitted(found: _Likeness, pair: NDArray[np.float64], score: float) -> Period:
    """Fit a tile's sides to all peaks of its lattice that stand out."""
    steps = np.array(_STEPS, dtype=np.float64)
    for _ in range(2):
        lags = steps @ pair
        near = found.near(lags, 2)
        best = near.reshape(len(lags), -1).argmax(axis=1)
        dy, dx = np.divmod(best, 5)
        height = near.reshape(len(lags), -1)[np.arange(len(lags)), best]
        use = found.inside(lags) & (height > CLEAR)
        use[:2] = True
        at = np.rint(lags) + np.stack((dx - 2, dy - 2), axis=1)
        exact = at + _vertex(found, at)
        weight = np.sqrt(np.minimum(height, PEAK_CAP).clip(0.1))[use, None]
        pair = np.linalg.lstsq(steps[use] * weight, exact[use] * weight, rcond=None)[0]
    return Period((pair * found.step).T, score)


def _vertex(found: _Likeness, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fraction of a sample along x and y by which each peak lies off its sample: a parabola's."""
    near = found.near(at, 1)
    sides = np.stack((near[:, 1, ::2], near[:, ::2, 1]), axis=1)
    curve = 2 * near[:, 1, 1, None] - sides.sum(axis=2)
    slope = (sides[..., 1] - sides[..., 0]) / 2
    return np.asarray(np.clip(np.where(curve > 0, slope / np.maximum(curve, 1e-9), 0), -0.5, 0.5))
