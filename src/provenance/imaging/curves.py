"""How bright numbers look that are not coded as sRGB's are: linear light, PQ, HLG and others.

A mark's strength, the detector and the fingerprints all count in steps of sRGB, which look alike
from dark to bright. Numbers of another coding are seen through a ``Curve``, and changed by what the
change of the view means in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.uint8] | NDArray[np.uint16]

WHITE = 255.0
"""Lightness of white, in 8-bit steps of sRGB."""

KNEE = 217.0
"""Lightness from which the view of a picture brighter than white bends, so that its highlights stay
apart: 85 % of white, about the brightest skin."""

LARGEST_MARK = 48
"""Steps of a view that a mark may change; more is a label painted over, and is meant as it is."""

SAME = 0.1
"""Share of the range by which a curve may differ from sRGB's and still count as it. So do all that
are made for screens: exponents of 1.8 to 2.6, BT.709. Their numbers are seen as they are."""

REFERENCE_WHITE = 203.0
"""Candela per square metre of white in a PQ or HLG picture (ITU-R BT.2408)."""

PQ_PEAK, HLG_PEAK = 10_000.0, 1_000.0
"""Candela per square metre of the largest number: of PQ by definition, of HLG on the screen that it
is nominally made for."""

LINEAR, LOG_100, LOG_316, PQ, HLG = 8, 9, 10, 16, 18
"""Transfer characteristics of ITU-T H.273 that are nothing like sRGB."""

EXPONENTS = {4: 2.2, 5: 2.8, 17: 2.6}
"""Exponents by transfer characteristic, of those that are a plain power."""


@dataclass(frozen=True, eq=False)
class Curve:
    """How bright each of 256 or 65,536 numbers looks.

    ``steps`` rises, in 8-bit steps of sRGB; light brighter than white is beyond ``WHITE``.
    """

    steps: Floats

    def view(self, values: Whole) -> NDArray[np.uint8]:
        """Return 8-bit samples as bright as these numbers."""
        bent = np.clip(np.rint(_bend(self.steps)), 0, WHITE).astype(np.uint8)
        return np.asarray(bent[values])

    def change(
        self, values: Whole, before: NDArray[np.uint8], after: NDArray[np.uint8]
    ) -> NDArray[np.uint16]:
        """Return the numbers that look as much brighter as ``after`` is than ``before``."""
        step = after.astype(np.int16) - before
        shifted = step + int(WHITE)
        present = np.flatnonzero(np.bincount(shifted.reshape(-1)))
        between = (self.steps[1:] + self.steps[:-1]) / 2
        moved = np.stack(
            [np.searchsorted(between, self.steps + each - WHITE) for each in present]
        ).astype(np.uint16)
        row = np.zeros(2 * int(WHITE) + 1, np.intp)
        row[present] = np.arange(len(present))
        changed = moved[row[shifted], values]
        painted = np.abs(step) > LARGEST_MARK
        if painted.any():
            meant = np.searchsorted(between, _unbend(np.arange(WHITE + 1), self.steps[-1]))
            changed[painted] = meant[after[painted]]
        return np.asarray(changed)


def make_curve(light: Floats) -> Curve | None:
    """Return the curve of numbers that stand for this much light; None when it is like sRGB's.

    ``light`` has 256 or 65,536 values, 1.0 for white.
    """
    steps = np.maximum.accumulate(_encode_srgb(light)) * WHITE
    plain = np.linspace(0, WHITE, len(steps))
    return None if np.abs(steps - plain).max() <= SAME * WHITE else Curve(steps)


@cache
def find_curve(transfer: int, levels: int) -> Curve | None:
    """Return the curve of a transfer characteristic of ITU-T H.273, None when it is like sRGB's."""
    numbers = np.linspace(0.0, 1.0, levels)
    if transfer == LINEAR:
        return make_curve(numbers)
    if transfer in EXPONENTS:
        return make_curve(numbers ** EXPONENTS[transfer])
    if transfer in (LOG_100, LOG_316):
        decades = 2.0 if transfer == LOG_100 else 2.5
        return make_curve(np.where(numbers > 0, 10.0 ** (decades * (numbers - 1)), 0.0))
    if transfer == PQ:
        return make_curve(decode_pq(numbers) * PQ_PEAK / REFERENCE_WHITE)
    if transfer == HLG:
        return make_curve(decode_hlg(numbers) * HLG_PEAK / REFERENCE_WHITE)
    return None


def decode_pq(numbers: Floats) -> Floats:
    """Return the light that PQ's numbers stand for, as a share of the peak (SMPTE ST 2084)."""
    m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
    power = numbers ** (1 / m2)
    return np.asarray((np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1))


def decode_hlg(numbers: Floats) -> Floats:
    """Return the light that a screen shows for HLG's numbers, as a share of the peak (BT.2100)."""
    a, b, c, gamma = 0.17883277, 0.28466892, 0.55991073, 1.2
    scene = np.where(numbers <= 0.5, numbers**2 / 3, (np.exp((numbers - c) / a) + b) / 12)
    return np.asarray(scene**gamma)


def _encode_srgb(light: Floats) -> Floats:
    """Return sRGB's numbers for this much light, going on above white."""
    light = np.maximum(np.nan_to_num(light), 0.0)
    bright = 1.055 * np.maximum(light, 0.0031308) ** (1 / 2.4) - 0.055
    return np.where(light <= 0.0031308, 12.92 * light, bright)


def _bend(steps: Floats) -> Floats:
    """Make room for highlights, where there are any: the same to the knee, and flatter above."""
    if steps[-1] <= WHITE:
        return steps
    over, room = np.maximum(steps - KNEE, 0.0), WHITE - KNEE
    return np.minimum(steps, KNEE) + over * room / (over + room)


def _unbend(view: Floats, brightest: float) -> Floats:
    """Return the lightness that a view's steps stand for; the inverse of ``_bend``."""
    if brightest <= WHITE:
        return view
    over, room = np.maximum(view - KNEE, 0.0), WHITE - KNEE
    straight = over * room / np.maximum(room - over, 1e-9)
    return np.minimum(np.minimum(view, KNEE) + straight, brightest)
