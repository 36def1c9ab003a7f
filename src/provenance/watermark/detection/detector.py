"""The detector: cheap looks first, expensive ones later, and "none" as an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from provenance.geometry import Geometry, Region
from provenance.watermark.detection import aspect_search, scale_search, significance
from provenance.watermark.detection.decoding import DecodedMark, read
from provenance.watermark.detection.presence import flatten, presence
from provenance.watermark.detection.refinement import refine
from provenance.watermark.detection.region import marked_region
from provenance.watermark.detection.registration import (
    Registration,
    drop_duplicates,
    register,
    register_upright,
)
from provenance.watermark.detection.scale_search import polar_map
from provenance.watermark.detection.soft_bits import WEIGHTINGS, Coefficients, transform
from provenance.watermark.detection.spectrum import Spectrum, middle_spectrum, spectrum
from provenance.watermark.plane import Plane, layout, luma, sample, shrink_factor

SMALLEST_SIDE = 32
"""Pixels; a smaller picture can't hold a quarter of a tile."""
SMALLEST_TILTED = 400
"""Pixels of the short side from which the middle is also searched alone, for tilted pictures."""
SMALLEST_PLANE = 32
"""Samples of the plane's short side under which there is too little of a tile to read."""
PRESENT = 2.0
"""Presence of the pilot, in standard deviations, from which a picture is decoded as it lies: one in
twenty unmarked pictures reaches it, and so does every picture that can be read so."""
MIN_AGREEMENT = 4.65
"""Agreement of the pilot's phases from which a fitted guess is followed up: 10 % of the guesses in
unmarked pictures reach it, and 99 % of the right ones."""
MIN_UPRIGHT = 5.7
"""Likewise of a guess at an unturned picture; one unmarked picture in four reaches it."""
MIN_REFINED, MIN_PRESENT = 4.5, 5.0
"""Agreement of the refined guess, and presence of the pilot in the plane sampled with it, from
which a guess is decoded: one in ten of those followed up in unmarked pictures."""
SURELY = 6.5
"""Presence from which a mark that can hardly be read is likely enough for a longer look; the few
unmarked pictures that reach it, full of regular patterns, only cost more time."""
REFINEMENTS = 2
"""Times that a guess is refined: at first the phases of far blocks may be ambiguous."""
FOLLOWED = 4
"""Guesses followed up of each kind: fitted, unturned, fitted in the picture's middle, stretched."""
ATTEMPTS = len(WEIGHTINGS) * (2 + 4 * FOLLOWED)
"""Most decodings before the detector says "none": as marked, perhaps sharpened, then each guess."""


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
        None if no mark can be read, which says nothing about where a picture comes from.

    Raises
    ------
    WatermarkKeyError
        The key is not 32 bytes.
    """
    return detect_each(rgb, (key,))[0]


def detect_each(rgb: NDArray[np.uint8], keys: Sequence[bytes | None]) -> list[Detection | None]:
    """Do as ``detect`` under several keys, at the price of one transform of the picture."""
    if min(rgb.shape[:2]) < SMALLEST_SIDE:
        return [None] * len(keys)
    height, width = rgb.shape[:2]
    shrink = shrink_factor(width, height)
    search = _Search(luma(rgb, shrink), (width, height), shrink)
    return [search.detect(key, len(keys)) for key in keys]


def _register_any(
    found: Spectrum, table: scale_search.ScoreTable, key: bytes | None
) -> list[Registration]:
    """Fit guesses at any scale and angle, and keep those whose lines agree in phase."""
    fits = [register(found, guess, key) for guess in scale_search.best_candidates(table)]
    return _best(fits, MIN_AGREEMENT)


def _register_unturned(
    found: Spectrum, table: scale_search.ScoreTable, key: bytes | None
) -> list[Registration]:
    """Try guesses at an unturned picture, and keep those whose lines agree in phase, even faint."""
    return _best(register_upright(found, scale_search.unturned_candidates(table), key), MIN_UPRIGHT)


def _best(registrations: list[Registration], least: float) -> list[Registration]:
    """Keep the few that agree best."""
    good = [each for each in registrations if each.agreement >= least]
    return drop_duplicates(sorted(good, key=lambda each: -each.agreement))[:FOLLOWED]


@dataclass(frozen=True)
class _Look:
    """A geometry worth decoding, with the coefficients of the picture, or negative, seen in it."""

    geometry: Geometry
    coefficients: Coefficients
    presence: float
    inverted: bool


class _Search:
    """The search in one picture: what every key needs is computed once, when it is first needed."""

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
                return found if whole else self._sharpen(found, look, key, keys)
        return None

    def _sharpen(self, found: Detection, look: _Look, key: bytes | None, keys: int) -> Detection:
        """Refine and read again what was read in part only: it may be slightly turned or scaled."""
        flat = flatten(self._sample_as(look.geometry, inverted=look.inverted))
        better, _ = refine(flat, look.geometry, key)
        plane = self._sample_as(better, inverted=look.inverted)
        again = self._read(_Look(better, transform(plane), SURELY, look.inverted), key, keys)
        return found if again is None or again.correlation < found.correlation else again

    def _read(self, look: _Look, key: bytes | None, keys: int) -> Detection | None:
        """Decode, and claim a mark only when it is sure enough."""
        reading = read(look.coefficients, key, surely=look.presence >= SURELY)
        if reading is None:
            return None
        found = self._detection(reading, look, key, keys)
        sure = found.false_positive_probability <= significance.CLAIM_PROBABILITY
        return found if sure else None

    def _looks(self, key: bytes | None) -> Iterator[_Look]:
        """List the geometries worth decoding, cheapest first."""
        plane, geometry = self._as_marked
        pilot = presence(flatten(plane), key)
        if abs(pilot) >= PRESENT:
            upright = self._sample_as(geometry, inverted=True) if pilot < 0 else plane
            yield _Look(geometry, transform(upright), abs(pilot), inverted=pilot < 0)
        for registration in self._registrations(key):
            if look := self._follow(registration, key):
                yield look

    def _sample_as(self, geometry: Geometry, *, inverted: bool) -> Plane:
        """Sample the picture, or its negative, on the grid of a mark that lies so."""
        plane = sample(self.luma, geometry)
        return replace(plane, samples=-plane.samples) if inverted else plane

    def _follow(self, guess: Registration, key: bytes | None) -> _Look | None:
        """Refine a guess, or give it up."""
        geometry, pilot = guess.geometry, 0.0
        plane = self._sample_as(geometry, inverted=guess.inverted)
        flat = flatten(plane)
        for _ in range(REFINEMENTS):
            if min(plane.samples.shape) < SMALLEST_PLANE:
                return None
            geometry, agreement = refine(flat, geometry, key, rigid=guess.rigid)
            if agreement < MIN_REFINED:
                return None
            plane = self._sample_as(geometry, inverted=guess.inverted)
            flat = flatten(plane)
            pilot = presence(flat, key)
            if pilot < MIN_PRESENT:
                return None
        return _Look(geometry, transform(plane), pilot, guess.inverted)

    def _registrations(self, key: bytes | None) -> Iterator[Registration]:
        """List guesses worth a closer look: turned and scaled, then tilted, then stretched."""
        whole, polar = self._whole
        table = scale_search.score_table(polar, key)
        yield from drop_duplicates(
            _register_any(whole, table, key) + _register_unturned(whole, table, key)
        )
        if min(self.luma.shape) >= SMALLEST_TILTED:
            middle, polar = self._middle
            yield from _register_any(middle, scale_search.score_table(polar, key), key)
        stretched = [
            register(whole, each, key) for each in aspect_search.stretched_candidates(whole, key)
        ]
        yield from _best(stretched, MIN_AGREEMENT)

    def _detection(
        self, reading: DecodedMark, look: _Look, key: bytes | None, keys: int
    ) -> Detection:
        probability = significance.false_positive_probability(reading.chance, ATTEMPTS * keys)
        geometry = look.geometry.rescale(self.shrink)
        region = marked_region(
            look.coefficients, reading.weighting, reading.payload, key, geometry, self.size
        )
        return Detection(
            reading.payload, probability, geometry, region, reading.correlation, look.inverted
        )
