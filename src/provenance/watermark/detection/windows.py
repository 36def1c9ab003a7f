"""Pictures seen at a tilt: guesses from parts of the picture, grown to the whole.

A tilt shears and scales each part of a picture in its own way. In a small part that hardly differs
from place to place, so the pilot shows there; from there the geometry is followed outwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from provenance.geometry import Geometry
from provenance.watermark.detection.presence import flatten
from provenance.watermark.detection.refinement import refine
from provenance.watermark.detection.registration import Registration, geometry_from_matrix
from provenance.watermark.plane import Plane, sample

Floats = NDArray[np.float32]

SHARES = (0.5, 0.35)
"""Sides of the parts, over those of the picture: a tilt of 6 % shows in halves, one of 10 % in a
third; the smaller a part, the fainter its pilot."""
PLACES = ((0.5, 0.5), (0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))
"""Where the parts lie, from the left or upper end to the other: the middle, then the corners."""
SMALLEST_WINDOW = 128
"""Pixels of a part's short side under which it holds too little of a tile."""
GROWTH = 1.35
"""How much larger the part is that is looked at next."""
GROWN_SIDE = 512
"""Samples of a side, at most, that a part is looked at with while it grows."""
MIN_GROWN = 4.5
"""Agreement of the lines' phases under which a guess is given up on its way."""


@dataclass(frozen=True)
class Window:
    """A part of a picture, in pixels: ends exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    def of(self, picture: Floats) -> Floats:
        """Cut the part out."""
        return picture[self.top : self.bottom, self.left : self.right]

    def grown(self, width: int, height: int) -> Window:
        """A larger part around it, inside the picture."""
        more_x = int((self.right - self.left) * (GROWTH - 1) / 2) + 1
        more_y = int((self.bottom - self.top) * (GROWTH - 1) / 2) + 1
        return Window(
            max(0, self.left - more_x),
            max(0, self.top - more_y),
            min(width, self.right + more_x),
            min(height, self.bottom + more_y),
        )


def choose_windows(width: int, height: int) -> Iterator[Window]:
    """Choose the parts that are looked at, large ones first."""
    for share in SHARES:
        wide, high = int(width * share), int(height * share)
        if min(wide, high) < SMALLEST_WINDOW:
            return
        for across, down in PLACES:
            left, top = int((width - wide) * across), int((height - high) * down)
            yield Window(left, top, left + wide, top + high)


def placed(guess: Registration, window: Window) -> Registration:
    """A guess at a part, as one at the picture."""
    return replace(guess, geometry=_moved(guess.geometry, window.left, window.top))


def grow(
    picture: Floats, window: Window, guess: Registration, key: bytes | None
) -> Geometry | None:
    """Follow a guess from a part to the whole picture; None where its lines are lost on the way."""
    height, width = picture.shape
    geometry, whole = guess.geometry, Window(0, 0, width, height)
    while True:
        part, inside = window.of(picture), _moved(geometry, -window.left, -window.top)
        for _ in range(2):
            plane = _signed(sample(part, inside, GROWN_SIDE), inverted=guess.inverted)
            inside, agreement = refine(flatten(plane), inside, key)
            if agreement < MIN_GROWN:
                return None
        geometry = _moved(inside, window.left, window.top)
        if window == whole:
            return geometry
        window = window.grown(width, height)


def _signed(plane: Plane, *, inverted: bool) -> Plane:
    return replace(plane, samples=-plane.samples) if inverted else plane


def _moved(geometry: Geometry, x: float, y: float) -> Geometry:
    """The same where the picture's corner lies elsewhere."""
    shift = np.array([(1, 0, x), (0, 1, y), (0, 0, 1)], dtype=np.float64)
    return geometry_from_matrix(shift @ np.array(geometry.matrix))
