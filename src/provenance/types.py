"""Frozen values that more than one module passes around: no behaviour that needs another module."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime


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

    def scaled(self, factor: float) -> Geometry:
        """How the mark lies in the picture once that is resized by a factor."""
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


@dataclass(frozen=True)
class StampRecord:
    """What the registry keeps of one stamp: an index to the signed manifest, never pixels.

    ``stamp_id`` is the mark's 96 bits as 24 lower-case hex digits; ``created`` is the producer's
    statement and ``recorded`` the registry's clock, both UTC; ``lattice`` is the lattice
    fingerprint in its string form and ``pdq`` 64 hex digits.
    """

    stamp_id: str
    manifest_urn: str
    producer: int
    producer_name: str
    model: str
    model_version: str
    model_number: int
    created: datetime
    recorded: datetime
    sha256: str
    format: str
    pdq: str
    pdq_quality: int
    lattice: str
    parent: str | None = None


@dataclass(frozen=True)
class Revocation:
    """A registry's statement that a stamp it recorded is not to count.

    ``revoked`` is the registry's clock when it was said, UTC, and ``reason`` is in its own words. A
    stamp that is proved to be older than ``since`` still counts; None means that it never did.
    """

    stamp_id: str
    revoked: datetime
    reason: str
    since: datetime | None = None
