"""How a picture is searched: how long, and whether somebody said where it lies."""

from __future__ import annotations

import math
from dataclasses import dataclass

from provenance.errors import CornersError

Corners = tuple[tuple[float, float], ...]
"""Where a picture's four corners lie in a photograph: pixels (x, y), one after the other."""

SMALLEST_SHOWN = 32.0
"""Pixels of the shortest side between corners."""
MOST_RATIO = 10.0
"""Ratio of opposite sides beyond which corners are hardly meant so."""


@dataclass(frozen=True)
class Search:
    """How a picture is searched.

    ``hasty`` gives up early, ``thorough`` goes on where the usual search ends; ``corners`` are
    those of a picture that a photograph shows at a tilt: it is straightened first.

    Raises
    ------
    CornersError
        The corners are not four, or not those of a convex quadrilateral of some size.
    """

    hasty: bool = False
    thorough: bool = False
    corners: Corners | None = None

    def __post_init__(self) -> None:
        if self.corners is not None:
            _check(self.corners)


USUAL = Search()


def read_corners(text: str) -> Corners:
    """Read corners as people write them: eight numbers between commas, x and y of each.

    Raises
    ------
    CornersError
        They are not eight finite numbers, or not corners.
    """
    try:
        numbers = [float(each) for each in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != 8 or not all(map(math.isfinite, numbers)):
        raise CornersError(
            "Corners are eight numbers between commas: x and y, in pixels, of the upper left, "
            "upper right, lower right and lower left corner."
        )
    corners = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    _check(corners)
    return corners


def _check(corners: Corners) -> None:
    """Refuse what can't be a picture's corners."""
    after = (*corners[1:], *corners[:1])
    sides = [(u - x, v - y) for (x, y), (u, v) in zip(corners, after, strict=True)]
    lengths = [math.hypot(*side) for side in sides]
    turns = [a * d - b * c for (a, b), (c, d) in zip(sides, (*sides[1:], *sides[:1]), strict=True)]
    convex = len(corners) == 4 and (min(turns) > 0 or max(turns) < 0)
    if (
        not convex
        or min(lengths) < SMALLEST_SHOWN
        or max(lengths[0] / lengths[2], lengths[1] / lengths[3]) > MOST_RATIO
        or min(lengths[0] / lengths[2], lengths[1] / lengths[3]) < 1 / MOST_RATIO
    ):
        raise CornersError(
            "These corners are not a picture's. Give those of the picture in the photograph, one "
            f"after the other around it; they are at least {SMALLEST_SHOWN:g} pixels apart."
        )
