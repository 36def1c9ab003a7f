"""Where the mark lies in a picture: the map to it, and the part that carries it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Geometry:
    """How the mark lies in a picture: a projective map from mark to picture coordinates.

    A point ``(u, v)`` of the mark, in mark units, lies at ``x = (xx*u + xy*v + x0) / w``,
    ``y = (yx*u + yy*v + y0) / w`` in the picture, where ``w = 1 + pu*u + pv*v`` is 1 unless the
    picture was tilted. Both systems put the corner of the first pixel at ``(0, 0)`` and its centre
    at ``(0.5, 0.5)``, so that resizing is pure scaling. The mark repeats every ``tile`` units along
    both axes, so a detector knows the map only up to shifts of ``(u, v)`` by whole tiles.
    """

    xx: float
    xy: float
    yx: float
    yy: float
    x0: float = 0.0
    y0: float = 0.0
    tile: int = 256
    pu: float = 0.0
    pv: float = 0.0

    @property
    def matrix(self) -> tuple[tuple[float, float, float], ...]:
        """The map in homogeneous coordinates, row by row."""
        return (
            (self.xx, self.xy, self.x0),
            (self.yx, self.yy, self.y0),
            (self.pu, self.pv, 1.0),
        )

    def rescale(self, factor: float) -> Geometry:
        """Return how the mark lies in the picture once it is resized by a factor."""
        xx, xy, yx, yy, x0, y0 = (
            factor * value for value in (self.xx, self.xy, self.yx, self.yy, self.x0, self.y0)
        )
        return Geometry(xx, xy, yx, yy, x0, y0, self.tile, self.pu, self.pv)

    @property
    def scale(self) -> float:
        """Picture pixels per mark unit at the mark's origin, geometric mean of both directions."""
        return math.sqrt(abs(self.xx * self.yy - self.xy * self.yx))

    @property
    def angle(self) -> float:
        """Degrees by which the picture was turned, counter-clockwise as seen, in (-180, 180]."""
        return math.degrees(math.atan2(-self.yx, self.xx))

    @property
    def mirrored(self) -> bool:
        """Whether the picture was flipped."""
        return self.xx * self.yy - self.xy * self.yx < 0


@dataclass(frozen=True)
class Region:
    """The part of a picture that carries the mark.

    ``corners`` are picture coordinates in pixels, in order around the part; ``coverage`` is its
    share of the picture's area, in [0, 1].
    """

    corners: tuple[tuple[float, float], ...]
    coverage: float

    @property
    def area(self) -> float:
        """The area of the part, in pixels."""
        return abs(_measure(self.corners))

    def overlap(self, other: Region) -> float:
        """Return the share of the smaller part that lies in the other, in [0, 1]."""
        smaller = min(self.area, other.area)
        shared = abs(_measure(_clip(self.corners, other.corners)))
        return min(1.0, shared / smaller) if smaller else 0.0


Points = Sequence[tuple[float, float]]


def _measure(points: Points) -> float:
    """Compute the area of a polygon; positive where its corners run from x to y."""
    pairs = zip(points, (*points[1:], *points[:1]), strict=True)
    return sum(x * v - u * y for (x, y), (u, v) in pairs) / 2


def _clip(points: Points, by: Points) -> Points:
    """Cut a polygon to a convex one (Sutherland and Hodgman's algorithm)."""
    turn = 1 if _measure(by) >= 0 else -1
    for (x, y), (u, v) in zip(by, (*by[1:], *by[:1]), strict=True):
        inside = [turn * ((u - x) * (q - y) - (v - y) * (p - x)) for p, q in points]
        kept: list[tuple[float, float]] = []
        for at, (p, q) in enumerate(points):
            after = (at + 1) % len(points)
            if inside[at] >= 0:
                kept.append((p, q))
            if (inside[at] >= 0) != (inside[after] >= 0):
                share = inside[at] / (inside[at] - inside[after])
                kept.append(
                    (p + share * (points[after][0] - p), q + share * (points[after][1] - q))
                )
        points = kept
    return points
