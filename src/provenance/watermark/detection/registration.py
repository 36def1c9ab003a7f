"""From a guess of scale and angle to the full geometry: the lines' places, then their phases."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from provenance.geometry import Geometry
from provenance.watermark import format as fmt
from provenance.watermark import pilot
from provenance.watermark.carrier import SAMPLES
from provenance.watermark.detection.scale_search import Candidate
from provenance.watermark.detection.spectrum import Spectrum

REACHES = ((2, 1), (8, 3))
"""Bins around a line's predicted place in which its peak is searched for, pass by pass: the first
set for pictures as guessed, the second for those also sheared or in perspective."""
PEAK_POWER = 4.0
"""A peak counts from this power on; noise exceeds it in 2 % of bins."""
STRENGTH_CAP = 30.0
"""Most that one peak may weigh in the fit."""
AMPLITUDE_CAP = 3.0
"""Most, in deviations of noise, that one line may say about shift and orientation."""
_STIFFNESS = 400.0
"""Weight, in units of one line's, of the guess that the picture was only turned and scaled."""
_ORIENTATIONS = tuple(
    np.array(m).reshape(2, 2)
    for m in (
        (1, 0, 0, 1), (-1, 0, 0, 1), (0, -1, 1, 0), (-1, 0, 0, -1),
        (0, 1, -1, 0), (1, 0, 0, -1), (0, 1, 1, 0), (0, -1, -1, 0),
    )
)  # fmt: skip
_SAME = 0.006
"""Difference of scale (relative) or turn (radians) within which refinement ends at the same
geometry."""
_UPRIGHT = 2
"""Orientations tried for weak guesses: the first two, as it was and mirrored."""


@dataclass(frozen=True)
class Registration:
    """A geometry and how well the lines' phases agree with it, in standard deviations of chance.

    ``inverted`` means that they agree with those of a negative, ``rigid`` that the geometry is a
    turn and a scale as guessed, not fitted.
    """

    geometry: Geometry
    agreement: float
    inverted: bool
    rigid: bool


@dataclass(frozen=True)
class _Peaks:
    """What was found of each line.

    ``frequency`` is in cycles per pixel, shape (lines, 2), columns along x, y; ``value`` is over
    the root mean square of the noise around, with the phase at the picture's middle; 0 outside the
    band.
    """

    frequency: NDArray[np.float64]
    value: NDArray[np.complex128]


def register(spectrum: Spectrum, candidate: Candidate, key: bytes | None) -> Registration:
    """Fit the lines' places, then try the eight orientations and all shifts by their phases."""
    maps = [_fit_map(spectrum, candidate, reaches, key) for reaches in REACHES]
    # fitted lines lie on peaks whatever the picture: only their phases tell anything
    found = _match_phases(spectrum, maps, len(_ORIENTATIONS), key, strong=True)
    return max(found, key=lambda fit: fit.agreement)


def register_upright(
    spectrum: Spectrum, candidates: list[Candidate], key: bytes | None
) -> list[Registration]:
    """Try guesses as they are, unturned: lines too faint to be fitted still agree in phase."""
    maps = [_to_frequency(candidate) for candidate in candidates]
    return _match_phases(spectrum, maps, _UPRIGHT, key, strong=False)


def drop_duplicates(registrations: list[Registration]) -> list[Registration]:
    """Leave out those that hardly differ in scale and turn from an earlier one."""
    kept: list[Registration] = []
    for each in registrations:
        mine = np.array(each.geometry.matrix)[:2, :2]
        others = (np.array(other.geometry.matrix)[:2, :2] for other in kept)
        if all(np.abs(mine - other).max() > _SAME * each.geometry.scale for other in others):
            kept.append(each)
    return kept


def _to_frequency(candidate: Candidate) -> NDArray[np.float64]:
    """Map from cycles per tile to cycles per transformed pixel, as guessed."""
    cosine, sine = math.cos(candidate.angle), math.sin(candidate.angle)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    return np.asarray(turn / (fmt.TILE * np.array([[candidate.across], [candidate.down]])))


def _fit_map(
    spectrum: Spectrum, candidate: Candidate, reaches: tuple[int, ...], key: bytes | None
) -> NDArray[np.float64]:
    """Fit the map of a guess to the places where the lines are found."""
    lines = pilot.lines(key).astype(np.float64)
    to_frequency = _to_frequency(candidate)
    for reach in reaches:
        peaks = _peaks(spectrum, lines @ to_frequency.T, reach)
        to_frequency = _fit(lines, peaks, to_frequency)
    return to_frequency


def _peaks(spectrum: Spectrum, expected: NDArray[np.float64], reach: int) -> _Peaks:
    """Find the strongest bin near each expected frequency, interpolated."""
    height, width = spectrum.height, spectrum.width
    columns = spectrum.power.shape[1]
    flipped = expected[:, 0] < 0
    at = np.where(flipped[:, None], -expected, expected) * (width, height)
    offset = np.arange(-reach, reach + 1)
    x = np.rint(at[:, 0]).astype(int)[:, None, None] + offset[None, None, :]
    y = np.rint(at[:, 1]).astype(int)[:, None, None] + offset[None, :, None]
    outside = (x < 0) | (x >= columns)
    power = np.where(outside, 0, spectrum.power[y % height, np.clip(x, 0, columns - 1)])
    best = power.reshape(len(power), -1).argmax(axis=1)
    dy, dx = np.divmod(best, len(offset))
    px, py = x[:, 0, 0] + dx, y[:, 0, 0] + dy
    inside = (np.abs(expected) < 0.5).all(axis=1)
    px = np.clip(px, 0, columns - 1)
    value = spectrum.value[py % height, px] / np.sqrt(spectrum.noise[py % height, px])
    # phases are counted from the picture's middle, where an error of frequency does not matter
    half = (spectrum.columns - 1) / width, (spectrum.rows - 1) / height
    value = value * np.exp(1j * np.pi * (px * half[0] + py * half[1]))
    value = np.where(inside, np.where(flipped, value.conj(), value), 0)
    sign = np.where(flipped, -1, 1)
    frequency = np.stack((px, py), axis=1).astype(np.float64)
    if reach:
        fraction = _interpolate_bin(spectrum, px, py, 1), _interpolate_bin(spectrum, px, py, 0)
        frequency += np.stack(fraction, axis=1)
    return _Peaks(frequency / (width, height) * sign[:, None], value)


def _interpolate_bin(
    spectrum: Spectrum, px: NDArray[np.int64], py: NDArray[np.int64], axis: int
) -> NDArray[np.float64]:
    """Estimate from its neighbours by what fraction of a bin each peak is off along an axis."""
    height, columns = spectrum.power.shape
    step_y, step_x = (1, 0) if axis == 0 else (0, 1)

    def magnitude(sign: int) -> NDArray[np.float64]:
        x = np.clip(px + sign * step_x, 0, columns - 1)
        root = np.sqrt(spectrum.power[(py + sign * step_y) % height, x])
        return np.asarray(root, dtype=np.float64)

    before, here, after = magnitude(-1), magnitude(0), magnitude(1)
    # a rectangular window's main lobe: the larger neighbour's share of the sum is the fraction
    towards = np.where(
        after > before, after / (after + here + 1e-9), -before / (before + here + 1e-9)
    )
    clear = np.maximum(before, after) > 0.3 * here
    return np.asarray(np.where(clear, np.clip(towards, -0.5, 0.5), 0.0))


def _fit(
    lines: NDArray[np.float64], peaks: _Peaks, prior: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fit the map from cycles per tile to cycles per pixel by weighted least squares.

    A further turn and one scale come first; the rest of the map follows only strong lines.
    """
    power = peaks.value.real**2 + peaks.value.imag**2
    weight = np.where(power > PEAK_POWER, np.minimum(power, STRENGTH_CAP), 0.0)
    similar = _similarity(lines @ prior.T, peaks.frequency, weight) @ prior
    ridge = _STIFFNESS * np.eye(2)
    moment = (lines * weight[:, None]).T @ lines + ridge
    cross = (peaks.frequency * weight[:, None]).T @ lines + similar @ ridge
    return np.asarray(cross @ np.linalg.inv(moment))


def _similarity(
    expected: NDArray[np.float64], found: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fit the turn and scale that bring ``expected`` to ``found``, by weighted least squares."""
    if weight.sum() == 0:
        return np.eye(2)
    k, f = expected[:, 0] + 1j * expected[:, 1], found[:, 0] + 1j * found[:, 1]
    ratio = (weight * f * k.conj()).sum() / (weight * np.abs(k) ** 2).sum()
    return np.array([[ratio.real, -ratio.imag], [ratio.imag, ratio.real]])


@functools.lru_cache(maxsize=16)
def _relabel(key: bytes | None) -> tuple[tuple[NDArray[np.int64], NDArray[np.bool_]], ...]:
    """List for each orientation D the line seen in place of line k (D.T k), and if conjugated."""
    lines = pilot.lines(key)
    index = {(int(a), int(b)): i for i, (a, b) in enumerate(lines)}
    out = []
    for orientation in _ORIENTATIONS:
        at = [tuple(int(c) for c in row) for row in lines @ orientation]
        conjugated = np.array([pair not in index for pair in at])
        places = [index[pair] if pair in index else index[(-pair[0], -pair[1])] for pair in at]
        out.append((np.array(places), conjugated))
    return tuple(out)


def _match_phases(
    spectrum: Spectrum,
    maps: list[NDArray[np.float64]],
    orientations: int,
    key: bytes | None,
    *,
    strong: bool,
) -> list[Registration]:
    """Correlate phases over all translations and some orientations; the best gives the geometry.

    Agreement is in deviations of random phases: of lines as ``strong`` as measured, or of noise.
    """
    lines, tone = pilot.lines(key), np.exp(2j * np.pi * pilot.phases(key))
    expected = np.concatenate([lines @ each.T for each in maps])
    values = _peaks(spectrum, expected, 0).value.reshape(len(maps), -1)
    values *= np.minimum(1, AMPLITUDE_CAP / (np.abs(values) + 1e-30))
    seen = np.stack(
        [
            np.where(conjugated, values[:, places].conj(), values[:, places])
            for places, conjugated in _relabel(key)[:orientations]
        ],
        axis=1,
    )
    grid = np.zeros((*seen.shape[:2], SAMPLES, SAMPLES // 2 + 1), dtype=np.complex64)
    grid[..., lines[:, 1], lines[:, 0]] = seen.conj() * tone
    match = fft.irfft2(grid, (SAMPLES, SAMPLES)).reshape(len(maps), -1) * (SAMPLES**2 / 2)
    power = (np.abs(values) ** 2 if strong else values != 0).sum(axis=1)
    found = []
    for each, table, chance in zip(maps, match, power / 2, strict=True):
        high, low = int(table.argmax()), int(table.argmin())
        inverted = bool(-table[low] > table[high])
        place = low if inverted else high
        agreement = abs(float(table[place])) / math.sqrt(chance + 1e-9)
        at = _compose_geometry(spectrum, each, place)
        found.append(Registration(at, agreement, inverted, rigid=not strong))
    return found


def _compose_geometry(
    spectrum: Spectrum, to_frequency: NDArray[np.float64], place: int
) -> Geometry:
    """Put a map of frequencies, an orientation and a shift together."""
    orientation, shift = divmod(place, SAMPLES**2)
    row, column = divmod(shift, SAMPLES)
    centre = np.array([column, row], dtype=np.float64) * fmt.GRID
    # columns of the map from mark units to pixels: inverse transpose of the map of frequencies
    linear = np.linalg.inv(fmt.TILE * to_frequency).T @ _ORIENTATIONS[orientation].T
    linear = linear / np.array(spectrum.zoom)[:, None]
    found = np.eye(3)
    found[:2, :2], found[:2, 2] = linear, spectrum.middle - linear @ centre
    return geometry_from_matrix(found)


def geometry_from_matrix(matrix: NDArray[np.float64]) -> Geometry:
    """Name the entries of a map from mark units to pixels in homogeneous coordinates."""
    (xx, xy, x0), (yx, yy, y0), (pu, pv, _) = (matrix / matrix[2, 2]).tolist()
    return Geometry(xx, xy, yx, yy, x0, y0, fmt.TILE, pu, pv)
