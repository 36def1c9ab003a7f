"""Find a private mark whose word is known, where no pilot says how it lies.

Anyone can take pilots out: they show in the one picture. But who holds the key knows, for each
record, the whole pattern, and the pattern itself is the best of pilots. It is found by correlation
at each scale and a few angles, and then block by block. Half of the tiles lead there; the others,
whose chips are independent, judge what was found, so that the search needs no counting.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pywt
from numpy.typing import NDArray
from PIL import Image
from scipy import fft

from provenance.geometry import Geometry
from provenance.watermark import format as fmt
from provenance.watermark.carrier import SAMPLES, Secret, bands
from provenance.watermark.detection.presence import flatten
from provenance.watermark.detection.registration import geometry_from_matrix
from provenance.watermark.detection.soft_bits import Coefficients, transform
from provenance.watermark.plane import Plane, sample

Floats = NDArray[np.float32]

SCALES = np.exp(np.arange(-44, 45) * 0.008)
"""Scales tried, of that of an untouched picture of this size: resized to between 0.6 and 1.6. A
step moves the rim of a picture by a quarter of the coarse waves."""
BENDS = (
    *((0.0, 0.0), (0.006, 0.0), (-0.006, 0.0), (0.0, 0.008), (0.0, -0.008)),
    *((0.012, 0.0), (-0.012, 0.0), (0.0, 0.016), (0.0, -0.016)),
)
"""Turns, in radians, and stretches, logarithms of both sides' ratio halved, tried in this order.
With what a step sees to both sides: a turn to 0.9 degrees, a stretch to 4 %."""
CLEAR_PEAK = 7.5
"""Height of a peak from which no other bend is tried."""
COARSE = 2 * fmt.GRID
"""Mark units per sample of the first search, which sees the coarser level alone."""
LEAST_PEAK = 6.0
"""Height of a correlation peak, in deviations, that is followed up: of the 2**28 places that a
picture is tried at, chance gives one in three pictures."""
FOLLOWED = 5
"""Peaks followed up for each word."""
BLOCK, REACH = 64, 8
"""Side of the blocks that are moved by themselves, and how far, in samples of the plane."""
ROUNDS = 3
"""Times that the geometry is fitted to the blocks."""
_SIDE = fmt.PRIVATE_TILES * fmt.TILE // COARSE


@dataclass(frozen=True)
class Pattern:
    """The known mark of a word: its code bits, and what their chips are drawn from."""

    bits: NDArray[np.int8]
    secret: Secret


@dataclass(frozen=True)
class Synced:
    """A geometry that a pattern led to, what is seen so, and the part of it that may judge."""

    geometry: Geometry
    coefficients: Coefficients
    judging: Coefficients


def resync(
    picture: Floats, as_marked: Geometry, patterns: list[Pattern]
) -> Iterator[tuple[int, Synced]]:
    """For each pattern, by its number, the geometries under which it may lie in a picture."""
    waves = [fft.rfft2(_leading(pattern, coarse=True)) for pattern in patterns]
    peaks: list[list[tuple[float, Geometry]]] = [[] for _ in patterns]
    for bend in BENDS:
        turned = _turn(picture, bend[0])
        for scale in (as_marked.scale * SCALES).tolist():
            seen = np.conj(fft.rfft2(_seen(turned, scale, bend[1]), (_SIDE, _SIDE)))
            for found, wave in zip(peaks, waves, strict=True):
                match = fft.irfft2(seen * wave, (_SIDE, _SIDE))
                height = _height(match)
                if height >= LEAST_PEAK:
                    place = divmod(int(match.argmax()), _SIDE)
                    found.append((height, _geometry(scale, bend, picture.shape, place)))
        if max((height for found in peaks for height, _ in found), default=0.0) >= CLEAR_PEAK:
            break
    for number, (pattern, found) in enumerate(zip(patterns, peaks, strict=True)):
        for _, geometry in sorted(found, key=lambda each: -each[0])[:FOLLOWED]:
            better = _refined(picture, geometry, pattern)
            seen = transform(sample(picture, better))
            yield number, Synced(better, seen, _judging(seen))


def _leading(pattern: Pattern, *, coarse: bool) -> Floats:
    """What the leading tiles add to samples; ``coarse`` is the coarser level, on a grid for it."""
    details: dict[int, list[Floats]] = {level: [] for level in fmt.LEVEL_GAINS}
    for band in bands(pattern.secret):
        signs = band.signs(pattern.bits) * _leads(band.chip.shape, SAMPLES >> band.level)
        details[band.level].append((fmt.LEVEL_GAINS[band.level] * signs).astype(np.float32))
    levels = [tuple(details[level]) for level in sorted(details, reverse=True)]
    blank = np.zeros_like(levels[0][0])
    samples = pywt.waverec2([blank, *levels[: 1 if coarse else None]], fmt.WAVELET, "periodization")
    return np.asarray(samples, dtype=np.float32)


def _leads(shape: tuple[int, ...], side: int, row: int = 0, column: int = 0) -> NDArray[np.bool_]:
    """Where the tiles lie that lead, every second one; the first sample is (row, column)."""
    down, across = (
        (np.arange(count) + first) // side
        for count, first in zip(shape[-2:], (row, column), strict=True)
    )
    return np.asarray((down[:, None] + across) % 2 == 0)


def _judging(coefficients: Coefficients) -> Coefficients:
    """The coefficients of the tiles that did not lead."""
    value = {
        level: each
        * ~_leads(
            each.shape, SAMPLES >> level, coefficients.row >> level, coefficients.column >> level
        )
        for level, each in coefficients.value.items()
    }
    return replace(coefficients, value=value)


def _turn(picture: Floats, angle: float) -> Image.Image:
    """A picture turned about its middle."""
    image = Image.fromarray(picture)
    if not angle:
        return image
    fill = float(picture.mean())
    return image.rotate(math.degrees(angle), Image.Resampling.BILINEAR, fillcolor=fill)


def _seen(image: Image.Image, scale: float, stretch: float) -> Floats:
    """A picture on the coarse grid, flattened, what lies beyond the pattern's period left out."""
    steps = COARSE * scale * np.exp((stretch, -stretch))
    columns, rows = (
        min(max(8, round(side / step)), _SIDE)
        for side, step in zip(image.size, steps.tolist(), strict=True)
    )
    box = (0.0, 0.0, *np.minimum(image.size, (columns, rows) * steps).tolist())
    small = image.resize((columns, rows), Image.Resampling.BOX, box=box)
    return flatten(Plane(np.asarray(small), 0, 0)).samples


def _geometry(
    scale: float, bend: tuple[float, float], shape: tuple[int, ...], place: tuple[int, int]
) -> Geometry:
    """The mark turned about a picture's middle, whose corner is at a place of the coarse grid."""
    angle, stretch = bend
    cos, sin, middle = math.cos(angle), math.sin(angle), np.array(shape[::-1]) / 2
    turn = np.array([[cos, -sin], [sin, cos]])
    matrix, back = np.eye(3), np.eye(3)
    matrix[:2, :2] = turn * (scale * np.exp((stretch, -stretch)))
    matrix[:2, 2] = middle - turn @ middle
    back[:2, 2] = [-COARSE * ((each + _SIDE // 2) % _SIDE - _SIDE // 2) for each in place[::-1]]
    return geometry_from_matrix(matrix @ back)


def _refined(picture: Floats, geometry: Geometry, pattern: Pattern) -> Geometry:
    """Move each leading block to where it fits best, and fit an affine map to that."""
    tile = _leading(pattern, coarse=False)
    for _ in range(ROUNDS):
        flat = flatten(sample(picture, geometry))
        places, moves, weights = _block_moves(flat, tile)
        if len(weights) < 3:
            return geometry
        terms = np.column_stack((np.ones(len(places)), places)) * weights[:, None]
        ridge = np.diag([1e-3, 1e2, 1e2]) * float(weights.mean()) ** 2
        fitted = np.linalg.solve(terms.T @ terms + ridge, terms.T @ (moves * weights[:, None]))
        moved = np.eye(3)
        moved[:2, 2] = fitted[0]
        moved[:2, :2] += fitted[1:].T
        geometry = geometry_from_matrix(np.array(geometry.matrix) @ np.linalg.inv(moved))
    return geometry


def _block_moves(
    flat: Plane, tile: Floats
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Where the leading blocks are, how far the pattern lies from there, in mark units, how surely.

    A block seen at u whose pattern is that of u + d is at u + d.
    """
    side, places, moves, weights = len(tile), [], [], []
    rows, columns = flat.samples.shape
    leads = _leads(flat.samples.shape, SAMPLES, flat.row, flat.column)
    for top in range(-flat.row % BLOCK, rows - BLOCK + 1, BLOCK):
        for left in range(-flat.column % BLOCK, columns - BLOCK + 1, BLOCK):
            if not leads[top, left]:
                continue
            v = np.arange(top + flat.row - REACH, top + flat.row + BLOCK + REACH) % side
            u = np.arange(left + flat.column - REACH, left + flat.column + BLOCK + REACH) % side
            block = flat.samples[top : top + BLOCK, left : left + BLOCK]
            match = _correlate(tile[np.ix_(v, u)], block)
            if not (height := _height(match)):
                continue
            at = np.array(np.unravel_index(int(match.argmax()), match.shape))[::-1]
            middle = np.array([left + flat.column, top + flat.row]) + BLOCK / 2
            places.append(fmt.GRID * middle)
            moves.append(fmt.GRID * (at - REACH + _between(match)))
            weights.append(max(height - 3.0, 0.0))
    weight = np.array(weights)
    sure = weight > 0
    return np.array(places)[sure], np.array(moves)[sure], weight[sure]


def _correlate(around: Floats, block: Floats) -> NDArray[np.float64]:
    """Correlate a block at each place inside what lies around it."""
    shape = around.shape
    both = fft.irfft2(fft.rfft2(around) * np.conj(fft.rfft2(block, shape)), shape)
    return np.asarray(both[: 2 * REACH + 1, : 2 * REACH + 1], dtype=np.float64)


def _height(match: NDArray[np.floating]) -> float:
    """How far a correlation's peak stands out, in deviations; 0 where there was nothing to see."""
    deviation = float(match.std())
    return float(match.max()) / deviation if deviation else 0.0


def _between(match: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fractions of a sample, across and down, by which a peak lies off its place: by parabolas."""
    row, column = np.unravel_index(int(match.argmax()), match.shape)
    found = []
    for line, at in ((match[row], column), (match[:, column], row)):
        if not 0 < at < len(line) - 1:
            found.append(0.0)
            continue
        before, here, after = line[at - 1], line[at], line[at + 1]
        found.append(
            float(np.clip((after - before) / (2 * (2 * here - before - after)), -0.5, 0.5))
        )
    return np.array(found)
