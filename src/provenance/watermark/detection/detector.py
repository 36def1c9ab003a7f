"""The detector: cheap looks first, dear ones later, and "none" as an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from provenance.geometry import Geometry, Region
from provenance.watermark.detection import aspect_search, scale_search, significance
from provenance.watermark.detection.decoding import Reading, read
from provenance.watermark.detection.presence import flatten, presence
from provenance.watermark.detection.refinement import refine
from provenance.watermark.detection.region import marked_region
from provenance.watermark.detection.registration import (
    Registration,
    distinct,
    register,
    register_upright,
)
from provenance.watermark.detection.scale_search import polar_map
from provenance.watermark.detection.soft_bits import WEIGHTINGS, Coefficients, transform
from provenance.watermark.detection.spectrum import Spectrum, middle_spectrum, spectrum
from provenance.watermark.plane import Plane, layout, luma, sample, shrink_of

SMALLEST_SIDE = 32
"""Pixels; a smaller picture can't hold a quarter of a tile."""
SMALLEST_TILTED = 400
"""Pixels of the short side from which the middle alone is looked at for tilted pictures."""
SMALLEST_PLANE = 32
"""Samples of the plane's short side under which there is too little of a tile to read."""
PRESENT = 2.0
"""Presence of the pilot, in standard deviations, from which a picture is read as marked: one in
twenty unmarked ones has it, and all that can be read."""
MIN_AGREEMENT = 4.65
"""Agreement of the pilot's phases from which a fitted guess is followed up: it passes 10 % of the
guesses in unmarked pictures and 99 % of the right ones."""
MIN_UPRIGHT = 5.7
"""Likewise of a guess at an unturned picture; one unmarked picture in four reaches it."""
MIN_REFINED, MIN_PRESENT = 4.5, 5.0
"""Agreement of the refined guess, and presence of the pilot when the picture is seen so, from which
a guess is decoded: one in ten of those followed up in unmarked pictures."""
SURELY = 6.5
"""Presence from which a mark that can hardly be read is likely enough for a longer look; the few
unmarked pictures that reach it, full of regular patterns, only cost more time."""
REFINEMENTS = 2
"""Times that a guess is refined: the first time the phases of far blocks may be ambiguous."""
FOLLOWED = 4
"""Guesses followed up of each kind: fitted, unturned, fitted in the picture's middle, stretched."""
ATTEMPTS = len(WEIGHTINGS) * (2 + 4 * FOLLOWED)
"""Decodings before the detector says none: as marked, perhaps sharpened, then each guess."""


@dataclass(frozen=True)
class Detection:
    """A mark that was found.

    ``payload`` is its 12 bytes; ``false_positive_probability`` bounds how often an unmarked picture
    would be claimed with so good a fit; ``geometry`` says how the mark lies in the picture and
    ``region`` which part of the picture carries it; ``correlation`` is the code word's fit in
    standard deviations of noise; ``inverted`` means that the picture is a negative.
    """

    payload: bytes
    false_positive_probability: float
    geometry: Geometry
    region: Region
    correlation: float
    inverted: bool = False


def detect(rgb: NDArray[np.uint8], key: bytes | None = None) -> Detection | None:
    """Find and read the mark, wherever and however it lies in the picture.

    Parameters
    ----------
    rgb : uint8 array, shape (height, width, 3)
    key : bytes, optional
        32 bytes of a private layer; without it the public mark is read.

    Returns
    -------
    Detection or None
        None if there is no mark that can be read: it says nothing about where a picture comes from.

    Raises
    ------
    WatermarkKeyError
        The key is not 32 bytes.
    """
    return detect_each(rgb, (key,))[0]


def detect_each(rgb: NDArray[np.uint8], keys: Sequence[bytes | None]) -> list[Detection | None]:
    """As ``detect`` under several keys, at the price of the picture's one transform."""
    if min(rgb.shape[:2]) < SMALLEST_SIDE:
        return [None] * len(keys)
    height, width = rgb.shape[:2]
    shrink = shrink_of(width, height)
    picture = _Picture(luma(rgb, shrink), (width, height), shrink)
    return [picture.detect(key, len(keys)) for key in keys]


def _fitted(found: Spectrum, table: scale_search.Table, key: bytes | None) -> list[Registration]:
    """Guesses at any scale and angle whose lines, once fitted, agree in phase."""
    fits = [register(found, guess, key) for guess in scale_search.candidates(table)]
    return _best(fits, MIN_AGREEMENT)


def _upright(found: Spectrum, table: scale_search.Table, key: bytes | None) -> list[Registration]:
    """Guesses at an unturned picture whose lines agree in phase, however faint."""
    return _best(register_upright(found, scale_search.upright(table), key), MIN_UPRIGHT)


def _best(registrations: list[Registration], least: float) -> list[Registration]:
    """The few that agree best."""
    good = [each for each in registrations if each.agreement >= least]
    return distinct(sorted(good, key=lambda each: -each.agreement))[:FOLLOWED]


@dataclass(frozen=True)
class _Look:
    """A geometry worth decoding: what a picture, or its negative, is when seen so."""

    geometry: Geometry
    coefficients: Coefficients
    presence: float
    inverted: bool


class _Picture:
    """One picture's luma, with what every key needs computed once and only when it is needed."""

    def __init__(self, values: NDArray[np.float32], size: tuple[int, int], shrink: int) -> None:
        self.luma, self.size, self.shrink = values, size, shrink

    @cached_property
    def _as_marked(self) -> tuple[Plane, Geometry]:
        geometry = layout(*self.size).rescale(1 / self.shrink)
        return sample(self.luma, geometry), geometry

    @cached_property
    def _whole(self) -> tuple[Spectrum, NDArray[np.float32]]:
        found = spectrum(self.luma)
        return found, polar_map(found)

    @cached_property
    def _middle(self) -> tuple[Spectrum, NDArray[np.float32]]:
        found = middle_spectrum(self.luma)
        return found, polar_map(found)

    def detect(self, key: bytes | None, keys: int) -> Detection | None:
        """Read the mark under one of ``keys`` keys: the first look that is sure enough."""
        for look in self._looks(key):
            found = self._read(look, key, keys)
            if found is not None:
                whole = found.region.coverage == 1 or look.geometry != self._as_marked[1]
                return found if whole else self._sharpened(found, look, key, keys)
        return None

    def _sharpened(self, found: Detection, look: _Look, key: bytes | None, keys: int) -> Detection:
        """Read again what was read in part as marked: perhaps it was hardly turned or scaled."""
        flat = flatten(self._seen(look.geometry, inverted=look.inverted))
        better, _ = refine(flat, look.geometry, key)
        plane = self._seen(better, inverted=look.inverted)
        again = self._read(_Look(better, transform(plane), SURELY, look.inverted), key, keys)
        return found if again is None or again.correlation < found.correlation else again

    def _read(self, look: _Look, key: bytes | None, keys: int) -> Detection | None:
        """Decode, and claim only what is sure enough."""
        reading = read(look.coefficients, key, surely=look.presence >= SURELY)
        if reading is None:
            return None
        found = self._detection(reading, look, key, keys)
        sure = found.false_positive_probability <= significance.CLAIM_PROBABILITY
        return found if sure else None

    def _looks(self, key: bytes | None) -> Iterator[_Look]:
        """Geometries worth decoding, cheapest first."""
        plane, geometry = self._as_marked
        pilot = presence(flatten(plane), key)
        if abs(pilot) >= PRESENT:
            seen = self._seen(geometry, inverted=True) if pilot < 0 else plane
            yield _Look(geometry, transform(seen), abs(pilot), inverted=pilot < 0)
        for registration in self._registrations(key):
            if look := self._followed(registration, key):
                yield look

    def _seen(self, geometry: Geometry, *, inverted: bool) -> Plane:
        """The picture, or its negative, on the grid of a mark that lies so."""
        plane = sample(self.luma, geometry)
        return replace(plane, samples=-plane.samples) if inverted else plane

    def _followed(self, guess: Registration, key: bytes | None) -> _Look | None:
        """Refine a guess, twice as the first time some blocks were ambiguous; or give it up."""
        geometry, pilot = guess.geometry, 0.0
        plane = self._seen(geometry, inverted=guess.inverted)
        flat = flatten(plane)
        for _ in range(REFINEMENTS):
            if min(plane.samples.shape) < SMALLEST_PLANE:
                return None
            geometry, agreement = refine(flat, geometry, key, rigid=guess.rigid)
            if agreement < MIN_REFINED:
                return None
            plane = self._seen(geometry, inverted=guess.inverted)
            flat = flatten(plane)
            pilot = presence(flat, key)
            if pilot < MIN_PRESENT:
                return None
        return _Look(geometry, transform(plane), pilot, guess.inverted)

    def _registrations(self, key: bytes | None) -> Iterator[Registration]:
        """Guesses worth a closer look: turned and scaled pictures, tilted ones, stretched ones."""
        whole, polar = self._whole
        table = scale_search.table(polar, key)
        yield from distinct(_fitted(whole, table, key) + _upright(whole, table, key))
        if min(self.luma.shape) >= SMALLEST_TILTED:
            middle, polar = self._middle
            yield from _fitted(middle, scale_search.table(polar, key), key)
        stretched = [register(whole, each, key) for each in aspect_search.candidates(whole, key)]
        yield from _best(stretched, MIN_AGREEMENT)

    def _detection(self, reading: Reading, look: _Look, key: bytes | None, keys: int) -> Detection:
        probability = significance.false_positive_probability(reading.chance, ATTEMPTS * keys)
        geometry = look.geometry.rescale(self.shrink)
        region = marked_region(
            look.coefficients, reading.weighting, reading.payload, key, geometry, self.size
        )
        return Detection(
            reading.payload, probability, geometry, region, reading.correlation, look.inverted
        )
