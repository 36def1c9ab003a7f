"""What a picture's numbers mean where the file says so without an ICC profile.

ITU-T H.273 gives numbers to primaries and transfer characteristics, and PNG, AVIF and HEIC state
them; older PNGs state an exponent and chromaticities. Formats that know neither get a profile.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from provenance.imaging import icc
from provenance.imaging.curves import EXPONENTS, HLG, LINEAR, PQ, Curve, find_curve, make_curve

Chromaticities = tuple[float, ...]
"""x and y of white, red, green and blue."""

D65, DCI, C = (0.3127, 0.3290), (0.314, 0.351), (0.310, 0.316)
BT709 = (*D65, 0.640, 0.330, 0.300, 0.600, 0.150, 0.060)
PRIMARIES: dict[int, Chromaticities] = {
    1: BT709,
    4: (*C, 0.67, 0.33, 0.21, 0.71, 0.14, 0.08),
    5: (*D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (*D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    7: (*D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    9: (*D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (*DCI, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    12: (*D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    22: (*D65, 0.630, 0.340, 0.295, 0.605, 0.155, 0.077),
}
"""Chromaticities by H.273's number."""

UNKNOWN, SRGB = 2, 13
"""H.273's numbers for "not stated", and for sRGB's transfer characteristic."""

LIKE_SRGB = frozenset({1, 6, 14, 15, SRGB, UNKNOWN})
"""Transfer characteristics that profiles state as sRGB's: also BT.709's and BT.2020's, whose
pictures are made for screens of about the same curve."""

NEAR = 0.002
"""By how much a chromaticity may differ and still be the same; PNG states five digits."""

SRGB_EXPONENT = (2.1, 2.3)
"""Exponents by which sRGB's curve is approximated."""


@dataclass(frozen=True)
class Colour:
    """What the numbers mean: H.273's numbers, or an exponent and chromaticities.

    Attributes
    ----------
    primaries, transfer
        H.273's numbers; ``UNKNOWN`` where the file states the following.
    exponent
        Light is the number to this power.
    chromaticities
        Of white, red, green and blue.
    """

    primaries: int = UNKNOWN
    transfer: int = UNKNOWN
    exponent: float | None = None
    chromaticities: Chromaticities | None = None

    @property
    def usual(self) -> bool:
        """Whether this says nothing else than sRGB, which holds where nothing is said."""
        points = self.points
        return self.like_srgb and np.allclose(points, BT709, atol=NEAR)

    @property
    def like_srgb(self) -> bool:
        """Whether light follows sRGB's curve, or one for which it stands."""
        if self.exponent is not None:
            return SRGB_EXPONENT[0] <= self.exponent <= SRGB_EXPONENT[1]
        return self.transfer in LIKE_SRGB

    @property
    def points(self) -> Chromaticities:
        """The chromaticities; those of BT.709 where they are not stated."""
        return self.chromaticities or PRIMARIES.get(self.primaries, BT709)

    @property
    def numbers(self) -> tuple[int, int] | None:
        """H.273's numbers for primaries and transfer; None when it has none for them."""
        if self.exponent is None and self.chromaticities is None:
            return self.primaries, self.transfer
        primaries = next(
            (n for n, p in PRIMARIES.items() if np.allclose(p, self.points, atol=NEAR)), 0
        )
        transfers = {1.0: LINEAR, 2.8: 5, 2.6: 17}
        exponent = round(self.exponent or 0.0, 2)
        transfer = SRGB if self.like_srgb else transfers.get(exponent, 0)
        return (primaries, transfer) if primaries and transfer else None


def choose_curve(colour: Colour | None, profile: bytes | None, levels: int) -> Curve | None:
    """Return how bright a picture's numbers look; None when as sRGB's do."""
    if colour is not None and colour.exponent is not None:
        return make_curve(np.linspace(0.0, 1.0, levels) ** colour.exponent)
    if colour is not None:
        return find_curve(colour.transfer, levels)
    light = icc.read_light(profile, levels) if profile else None
    if isinstance(light, int):
        return find_curve(light, levels)
    return None if light is None else make_curve(light)


def make_profile(colour: Colour) -> bytes | None:
    """Return an ICC profile that says the same; None where sRGB holds anyway."""
    if colour.usual:
        return None
    light = None
    if not colour.like_srgb:
        exponent = colour.exponent or {LINEAR: 1.0, **EXPONENTS}.get(colour.transfer)
        light = exponent or _sample(colour.transfer)
    numbers = colour.numbers
    return icc.make_profile(
        colour.points, light, numbers if numbers and UNKNOWN not in numbers else None
    )


def _sample(transfer: int) -> list[float]:
    """Return the light of a curve that has no formula in a profile, as shares of its peak."""
    curve = find_curve(transfer, icc.CURVE_POINTS)
    if curve is None:
        return [step / (icc.CURVE_POINTS - 1) for step in range(icc.CURVE_POINTS)]
    share = curve.steps / 255.0
    light = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return [float(each) for each in light / light[-1]]


HDR = frozenset({PQ, HLG})
"""Transfer characteristics of pictures brighter than white."""

_FIXED = 100_000  # PNG's units for exponent and chromaticities


def read_png(cicp: bytes | None, exponent: bytes | None, points: bytes | None) -> Colour | None:
    """Read PNG's chunks ``cICP``, ``gAMA`` and ``cHRM``; the first one counts alone."""
    if cicp is not None and len(cicp) == 4:
        return Colour(cicp[0], cicp[1])
    power, places = None, None
    if exponent is not None and len(exponent) == 4 and any(exponent):
        power = _FIXED / int.from_bytes(exponent, "big")
    if points is not None and len(points) == 32:
        places = tuple(each / _FIXED for each in struct.unpack(">8I", points))
    found = Colour(exponent=power, chromaticities=places)
    return None if power is None and places is None else found
