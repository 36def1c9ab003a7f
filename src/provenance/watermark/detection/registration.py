"""From a guess of scale and angle to the full geometry: the lines' places, then their phases."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenance.geometry import Geometry
from provenance.watermark import format as fmt
from provenance.watermark import pilot
from provenance.watermark.carrier import SAMPLES
from provenance.watermark.detection.scale_search import Candidate
from provenance.watermark.detection.spectrum import Floats, Spectrum

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
ORIENTATIONS = tuple(
    np.array(m).reshape(2, 2)
    for m in (
        (1, 0, 0, 1), (-1, 0, 0, 1), (0, -1, 1, 0), (-1, 0, 0, -1),
        (0, 1, -1, 0), (1, 0, 0, -1), (0, 1, 1, 0), (0, -1, -1, 0),
    )
)  # fmt: skip
"""Quarter turns and flips of a tile, which the pilot's set of lines does not change: as it was and
mirrored first."""
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

    ``frequency`` is in cycles per pixel, shape (guesses, lines, 2), columns along x, y; ``value``,
    shape (guesses, lines), is over the root mean square of the noise around, with the phase at the
    picture's middle; 0 outside the band.
    """

    frequency: NDArray[np.float64]
    value: NDArray[np.complex128]


def register(
    spectrum: Spectrum, candidates: list[Candidate], key: bytes | None
) -> list[Registration]:
    """Fit the lines' places of each guess, then try the eight orientations and all shifts."""
    return register_maps(spectrum, _to_frequency(candidates), key)


def register_maps(
    spectrum: Spectrum, guesses: NDArray[np.float64], key: bytes | None
) -> list[Registration]:
    """As ``register``, of maps from cycles per tile to cycles per transformed pixel.

    Parameters
    ----------
    guesses : float64 array, shape (guesses, 2, 2)
    """
    if not len(guesses):
        return []
    maps = np.concatenate([_fit_map(spectrum, guesses, reaches, key) for reaches in REACHES])
    # what was fitted lies on peaks, so that only their phases say anything
    found = _match_phases(spectrum, maps, len(ORIENTATIONS), key, strong=True)
    count = len(guesses)
    passes = zip(*(found[i * count : (i + 1) * count] for i in range(len(REACHES))), strict=True)
    return [max(fits, key=lambda fit: fit.agreement) for fits in passes]


def register_upright(
    spectrum: Spectrum, candidates: list[Candidate], key: bytes | None
) -> list[Registration]:
    """Try guesses as they are, unturned: the phases of lines too faint to be fitted still agree."""
    maps = _to_frequency(candidates)
    return _match_phases(spectrum, maps, _UPRIGHT, key, strong=False)


def measure_lines(spectrum: Spectrum, expected: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Read the lines where they are expected, with the phases of the picture's middle.

    Parameters
    ----------
    expected : float64 array, shape (guesses, lines, 2)
        Frequencies in cycles per transformed pixel.

    Returns
    -------
    complex128 array, shape (guesses, lines)
        Of mean square 1 where there is noise alone; 0 outside the band.
    """
    return _peaks(spectrum, expected, 0).value


def drop_duplicates(registrations: list[Registration]) -> list[Registration]:
    """Leave out those that hardly differ in scale and turn from an earlier one."""
    kept: list[Registration] = []
    for each in registrations:
        mine = np.array(each.geometry.matrix)[:2, :2]
        others = (np.array(other.geometry.matrix)[:2, :2] for other in kept)
        if all(np.abs(mine - other).max() > _SAME * each.geometry.scale for other in others):
            kept.append(each)
    return kept


def _to_frequency(candidates: list[Candidate]) -> NDArray[np.float64]:
    """Map from cycles per tile to cycles per transformed pixel, as guessed: (guesses, 2, 2)."""
    angle = np.array([each.angle for each in candidates])
    scale = np.array([(each.across, each.down) for each in candidates])
    rows = np.stack((np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)), axis=-1)
    return np.asarray(rows.reshape(-1, 2, 2) / (fmt.TILE * scale[..., None]))


def _fit_map(
    spectrum: Spectrum, guesses: NDArray[np.float64], reaches: tuple[int, ...], key: bytes | None
) -> NDArray[np.float64]:
    """The same maps, shape (guesses, 2, 2), fitted to where the lines are found."""
    lines = pilot.lines(key).astype(np.float64)
    for reach in reaches:
        peaks = _peaks(spectrum, lines @ guesses.swapaxes(1, 2), reach)
        guesses = _fit(lines, peaks, guesses)
    return guesses


def _peaks(spectrum: Spectrum, expected: NDArray[np.float64], reach: int) -> _Peaks:
    """Find the strongest bin near each expected frequency, interpolated."""
    height, width = spectrum.height, spectrum.width
    flipped = expected[..., 0] < 0
    at = np.rint(np.where(flipped[..., None], -expected, expected) * (width, height)).astype(int)
    px, py = _strongest(spectrum.power, at[..., 0], at[..., 1], reach)
    row = py % height
    value = spectrum.value[row, px] / np.sqrt(spectrum.noise[row, px])
    value = value * turn_to_middle(spectrum, px, py)
    inside = (np.abs(expected) < 0.5).all(axis=-1)
    value = np.where(inside, np.where(flipped, value.conj(), value), 0)
    frequency = np.stack((px, py), axis=-1).astype(np.float64)
    if reach:
        frequency += _interpolate_bin(spectrum.power, px, row)
    sign = np.where(flipped, -1, 1)
    return _Peaks(frequency / (width, height) * sign[..., None], value)


def turn_to_middle(
    spectrum: Spectrum, x: NDArray[np.int64], y: NDArray[np.int64]
) -> NDArray[np.complex128]:
    """What bins are multiplied by so that their phases are those at the picture's middle.

    An error of frequency does not matter there.
    """
    half = (spectrum.columns - 1) / spectrum.width, (spectrum.rows - 1) / spectrum.height
    return np.asarray(np.exp(1j * np.pi * (x * half[0] + y * half[1])))


def _strongest(
    power: Floats, x: NDArray[np.int64], y: NDArray[np.int64], reach: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Column and row, perhaps negative, of the strongest bin within ``reach`` of each place."""
    height, columns = power.shape
    if not reach:
        return np.clip(x, 0, columns - 1), y
    offset = np.arange(-reach, reach + 1)
    across, down = x[..., None, None] + offset, y[..., None, None] + offset[:, None]
    near = power[down % height, np.clip(across, 0, columns - 1)]
    near[np.broadcast_to((across < 0) | (across >= columns), near.shape)] = 0
    best = near.reshape(*x.shape, -1).argmax(axis=-1)
    dy, dx = np.divmod(best, len(offset))
    return np.clip(x + dx - reach, 0, columns - 1), y + dy - reach


def _interpolate_bin(
    power: Floats, px: NDArray[np.int64], row: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Fraction of a bin along x and y by which each peak lies off its bin, by its neighbours."""
    height, columns = power.shape
    left, right = np.maximum(px - 1, 0), np.minimum(px + 1, columns - 1)
    before = np.stack((power[row, left], power[row - 1, px]), axis=-1)
    after = np.stack((power[row, right], power[(row + 1) % height, px]), axis=-1)
    before, here, after = (
        np.sqrt(each, dtype=np.float64) for each in (before, power[row, px][..., None], after)
    )
    # a rectangular window's main lobe: the larger neighbour's share of the sum is the fraction
    towards = np.where(
        after > before, after / (after + here + 1e-9), -before / (before + here + 1e-9)
    )
    clear = np.maximum(before, after) > 0.3 * here
    return np.asarray(np.where(clear, np.clip(towards, -0.5, 0.5), 0.0))


def _fit(
    lines: NDArray[np.float64], peaks: _Peaks, prior: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weighted least squares for the maps from cycles per tile to cycles per pixel.

    A further turn and one scale come first; the rest of a map follows only strong lines.
    """
    power = peaks.value.real**2 + peaks.value.imag**2
    weight = np.where(power > PEAK_POWER, np.minimum(power, STRENGTH_CAP), 0.0)[..., None]
    similar = _similarity(lines @ prior.swapaxes(1, 2), peaks.frequency, weight[..., 0]) @ prior
    ridge = _STIFFNESS * np.eye(2)
    moment = (lines * weight).swapaxes(1, 2) @ lines + ridge
    cross = (peaks.frequency * weight).swapaxes(1, 2) @ lines + similar @ ridge
    return np.asarray(cross @ np.linalg.inv(moment))


def _similarity(
    expected: NDArray[np.float64], found: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weighted least squares for the turns and scales that bring ``expected`` to ``found``."""
    k, f = (each[..., 0] + 1j * each[..., 1] for each in (expected, found))
    total = (weight * np.abs(k) ** 2).sum(axis=1)
    ratio = np.ones(len(total), dtype=np.complex128)
    np.divide((weight * f * k.conj()).sum(axis=1), total, out=ratio, where=total > 0)
    rows = np.stack((ratio.real, -ratio.imag, ratio.imag, ratio.real), axis=-1)
    return np.asarray(rows.reshape(-1, 2, 2))


@functools.lru_cache(maxsize=16)
def _relabel(key: bytes | None) -> tuple[tuple[NDArray[np.int64], NDArray[np.bool_]], ...]:
    """List for each orientation D the line seen in place of line k (D.T k), and if conjugated."""
    lines = pilot.lines(key)
    index = {(int(a), int(b)): i for i, (a, b) in enumerate(lines)}
    out = []
    for orientation in ORIENTATIONS:
        at = [tuple(int(c) for c in row) for row in lines @ orientation]
        conjugated = np.array([pair not in index for pair in at])
        places = [index[pair] if pair in index else index[(-pair[0], -pair[1])] for pair in at]
        out.append((np.array(places), conjugated))
    return tuple(out)


def _match_phases(
    spectrum: Spectrum,
    maps: NDArray[np.float64],
    orientations: int,
    key: bytes | None,
    *,
    strong: bool,
) -> list[Registration]:
    """Correlate phases over all translations and some orientations; the best gives the geometry.

    Agreement is in deviations of random phases: of lines as ``strong`` as measured, or of noise.
    """
    values = measure_lines(spectrum, pilot.lines(key) @ maps.swapaxes(1, 2))
    values *= np.minimum(1, AMPLITUDE_CAP / (np.abs(values) + 1e-30))
    seen = np.stack(
        [
            np.where(conjugated, values[:, places].conj(), values[:, places])
            for places, conjugated in _relabel(key)[:orientations]
        ],
        axis=1,
    )
    match = _over_shifts(seen, key).reshape(len(maps), -1)
    power = (np.abs(values) ** 2 if strong else values != 0).sum(axis=1)
    every, high, low = np.arange(len(maps)), match.argmax(axis=1), match.argmin(axis=1)
    inverted = -match[every, low] > match[every, high]
    place = np.where(inverted, low, high)
    agreement = np.abs(match[every, place]) / np.sqrt(power / 2 + 1e-9)
    placed = _compose_geometry(spectrum, maps, place)
    return [
        Registration(geometry_from_matrix(matrix), agreed, negative, rigid=not strong)
        for matrix, agreed, negative in zip(
            placed, agreement.tolist(), inverted.tolist(), strict=True
        )
    ]


@functools.lru_cache(maxsize=16)
def _waves(key: bytes | None) -> tuple[NDArray[np.int64], NDArray[np.complex64], Floats]:
    """The lines in the order of their u, their waves down a tile, and the waves across it.

    The waves across, cosines, then sines negated, are one for each u: two lines, of v and -v, share
    it.
    """
    lines, turn = pilot.lines(key), 2 * np.pi / SAMPLES * np.arange(SAMPLES)
    order = np.argsort(lines[:, 0], kind="stable")
    down = np.exp(
        1j * np.outer(lines[order, 1], turn) + 2j * np.pi * pilot.phases(key)[order, None]
    )
    across = np.outer(lines[order[::2], 0], turn)
    both = np.concatenate((np.cos(across), -np.sin(across)))
    return order, down.reshape(-1, 2, SAMPLES).astype(np.complex64), both.astype(np.float32)


def _over_shifts(seen: NDArray[np.complex128], key: bytes | None) -> Floats:
    """Correlate lines, shape (guesses, orientations, 32), with the format's at every shift.

    First down the tile, line by line, then across for all lines of the same u: one matrix product.
    """
    order, down, across = _waves(key)
    line = seen.conj().astype(np.complex64)[..., order].reshape(*seen.shape[:2], -1, 2)
    summed = np.einsum("gohl,hly->goyh", line, down)
    return np.concatenate((summed.real, summed.imag), axis=-1) @ across


def _compose_geometry(
    spectrum: Spectrum, maps: NDArray[np.float64], place: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Put maps of frequencies, orientations and shifts together: shape (guesses, 3, 3)."""
    orientation, shift = np.divmod(place, SAMPLES**2)
    row, column = np.divmod(shift, SAMPLES)
    centre = np.stack((column, row), axis=-1)[..., None] * float(fmt.GRID)
    # columns of the map from mark units to pixels: inverse transpose of the map of frequencies
    turned = np.stack(ORIENTATIONS)[orientation].swapaxes(1, 2)
    linear = np.linalg.inv(fmt.TILE * maps).swapaxes(1, 2) @ turned
    linear = linear / np.array(spectrum.zoom)[:, None]
    found = np.tile(np.eye(3), (len(maps), 1, 1))
    found[:, :2, :2] = linear
    found[:, :2, 2] = np.array(spectrum.middle) - (linear @ centre)[..., 0]
    return found


def geometry_from_matrix(matrix: NDArray[np.float64]) -> Geometry:
    """Name the entries of a map from mark units to pixels in homogeneous coordinates."""
    (xx, xy, x0), (yx, yy, y0), (pu, pv, _) = (matrix / matrix[2, 2]).tolist()
    return Geometry(xx, xy, yx, yy, x0, y0, fmt.TILE, pu, pv)
