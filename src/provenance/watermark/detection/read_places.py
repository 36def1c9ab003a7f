"""Where marks were read: what shows their pilot again need not be looked at so long."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from provenance.geometry import Geometry
from provenance.watermark import format as fmt
from provenance.watermark.detection.registration import ORIENTATIONS
from provenance.watermark.plane import move

ALIKE = 0.003
"""Difference of two geometries' scales and turns, as a share, under which one pilot shows in both:
a unit or two over a picture."""
SAME_PLACE, SAME_SCALE = 4.0, 0.006
"""Mark units, modulo a tile, and share of the scale, within which two guesses end at one place once
they are refined."""


class ReadPlaces:
    """Geometries in which marks were read, and those of them that this round has looked at."""

    def __init__(self) -> None:
        self._read: list[Geometry] = []
        self._earlier = 0
        self._looked: list[Geometry] = []

    def add(self, geometry: Geometry) -> None:
        """Remember that a mark was read so."""
        self._read.append(geometry)

    def begin_round(self) -> None:
        """Forget what was looked at: each place may be looked at once more."""
        self._earlier = len(self._read)
        self._looked.clear()

    def note(self, geometry: Geometry) -> None:
        """Remember a look, if it was where a mark was read."""
        if geometry in self:
            self._looked.append(geometry)

    def looked_at(self, geometry: Geometry, middle: tuple[float, float]) -> bool:
        """Tell whether a guess leads to a place of a read mark that this round has looked at.

        ``middle`` is a picture's middle, x and y in pixels.
        """
        return any(_same_place(geometry, each, middle) for each in self._looked)

    def explains(self, geometry: Geometry) -> bool:
        """Tell whether a tile's sides are those of a mark that was read in this round."""
        return _shows_one_of(self._read[self._earlier :], geometry)

    def __contains__(self, geometry: object) -> bool:
        """Tell whether one shows the pilot of a mark that was read.

        It is turned, scaled and stretched like the mark, or so but for quarter turns and flips,
        which bring the pilot's lines onto one another.
        """
        return isinstance(geometry, Geometry) and _shows_one_of(self._read, geometry)


def _shows_one_of(marks: list[Geometry], geometry: Geometry) -> bool:
    matrix = _linear(geometry)
    return any(
        np.abs(matrix - each @ turn).max() <= ALIKE * np.abs(each).max()
        for each in map(_linear, marks)
        for turn in ORIENTATIONS
    )


def _linear(geometry: Geometry) -> NDArray[np.float64]:
    return np.array(geometry.matrix)[:2, :2]


def _same_place(one: Geometry, other: Geometry, middle: tuple[float, float]) -> bool:
    """Whether two geometries differ, around a picture's middle, by little more than whole tiles."""
    first, second = _linear(one), _linear(other)
    if np.abs(first - second).max() > SAME_SCALE * other.scale:
        return False
    at = np.array([middle])
    away = (move(at, np.linalg.inv(np.array(each.matrix))) for each in (one, other))
    off = np.subtract(*away) / fmt.TILE
    return bool(np.abs(off - np.rint(off)).max() * fmt.TILE <= SAME_PLACE)
