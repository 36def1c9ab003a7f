"""Find the pilot in slanted pictures: sheared, stretched and turned a little, in any mixture.

What a tilt does to a small part of a picture is such a slant. The map from cycles per tile to the
spectrum's bins has four numbers. Two say in which column a line lies and two in which row, so that
all maps are looked up as sums over pairs of pairs. A bin's surroundings are taken together: steps
may then be as wide as these.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from provenance.watermark import format as fmt
from provenance.watermark import pilot
from provenance.watermark.detection.scale_search import (
    MAX_FREQUENCY,
    MIN_LINES,
    POWER_CAP,
    standardise,
)
from provenance.watermark.detection.spectrum import Floats, Spectrum

BLUR = 3
"""Side of the surroundings of a bin, in bins, and step of the outermost line's place."""
MIN_SCALE, MAX_SCALE = 0.35, 2.6
"""Transformed pixels per mark unit, across, between which is searched."""
MAX_SLANT = 0.11
"""Turn and shear, as a share of the scale across: 6 degrees."""
MAX_STRETCH = 1.2
"""Ratio of the scales across and down."""
SLANTED = 8
"""Guesses that are followed up."""
_BEST = 6
"""Guesses of one scale across that are compared with the others'."""
_ALIKE = 4.0
"""Bins, at the outermost line, within which guesses are one."""


def slanted_maps(spectrum: Spectrum, key: bytes | None) -> NDArray[np.float64]:
    """Take the best guesses: maps from cycles per tile to cycles per pixel, (guesses, 2, 2)."""
    lines, flat = pilot.lines(key), _blurred(spectrum)
    size = np.array([(spectrum.width,), (spectrum.height,)])
    outermost = float(np.hypot(*lines.T).max())
    step = BLUR / (outermost * size.ravel())
    tried = [
        guess
        for across in np.arange(1 / (fmt.TILE * MAX_SCALE), 1 / (fmt.TILE * MIN_SCALE), step[0])
        for guess in _scored(flat, spectrum, lines, _Maps.around(float(across), step))
    ]
    kept: list[NDArray[np.float64]] = []
    for _, guess in sorted(tried, key=lambda pair: -pair[0]):
        if all(np.abs((guess - each) * size).max() * outermost > _ALIKE for each in kept):
            kept.append(guess)
            if len(kept) == SLANTED:
                break
    return np.array(kept).reshape(-1, 2, 2)


@dataclass(frozen=True)
class _Maps:
    """Maps that are tried together: all of these entries with each other."""

    xx: float
    xy: NDArray[np.float64]
    yx: NDArray[np.float64]
    yy: NDArray[np.float64]

    @classmethod
    def around(cls, across: float, step: NDArray[np.float64]) -> _Maps:
        """Those of one scale across."""
        most = MAX_SLANT * across
        turns, sags = (each * np.arange(-(most // each), most // each + 1) for each in step)
        down = np.arange(across / MAX_STRETCH, across * MAX_STRETCH, step[1])
        return cls(across, turns, sags, down)

    def entry(self, place: int) -> NDArray[np.float64]:
        """The map with a number, in row order over ``xy``, ``yx`` and ``yy``."""
        first, second, third = np.unravel_index(place, (len(self.xy), len(self.yx), len(self.yy)))
        return np.array([(self.xx, self.xy[first]), (self.yx[second], self.yy[third])])


def _blurred(spectrum: Spectrum) -> Floats:
    """Each bin's surroundings, in standard deviations, and a blank after the last."""
    power = np.minimum(spectrum.power, np.float32(POWER_CAP))
    flat = np.zeros(power.size + 1, dtype=np.float32)
    flat[:-1] = ndimage.uniform_filter(power, BLUR, mode="wrap").ravel()
    standardise(flat[:-1])
    return flat


def _scored(
    flat: Floats, spectrum: Spectrum, lines: NDArray[np.int64], maps: _Maps
) -> list[tuple[float, NDArray[np.float64]]]:
    """Score maps in standard deviations, and give the best few."""
    a, b = lines[:, :1], lines[:, 1:]
    fx = a * maps.xx + b * maps.xy
    fy = (a[..., None] * maps.yx[:, None] + b[..., None] * maps.yy).reshape(len(lines), -1)
    across, down = (fx >= 0) & (fx < MAX_FREQUENCY), np.abs(fy) < MAX_FREQUENCY
    columns, blank = spectrum.power.shape[1], len(flat) - 1
    column = np.where(across, np.rint(fx * spectrum.width), blank).astype(np.int32)
    row = np.where(down, np.rint(fy * spectrum.height) % spectrum.height * columns, blank)
    total = np.zeros((column.shape[1], row.shape[1]), dtype=np.float32)
    for first, second in zip(column, row.astype(np.int32), strict=True):
        total += flat.take(first[:, None] + second, mode="clip")
    count = across.T.astype(np.float32) @ down.astype(np.float32)
    scores = np.where(count < MIN_LINES, 0, total / np.sqrt(np.maximum(count, 1))).ravel()
    best = np.argpartition(-scores, min(_BEST, scores.size - 1))[:_BEST]
    return [(float(scores[place]), maps.entry(int(place))) for place in best]
