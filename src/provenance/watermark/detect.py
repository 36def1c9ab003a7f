"""The detector: cheap looks first, dear ones later, and "none" as an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from provenance.types import Geometry, Region
from provenance.watermark import search, significance, stretch
from provenance.watermark.plane import layout, luma, sample
from provenance.watermark.reading import Reading, read
from provenance.watermark.refine import refine
from provenance.watermark.region import marked_region
from provenance.watermark.register import Registration, register
from provenance.watermark.search import CANDIDATES, Candidate, polar_map
from provenance.watermark.softbits import WEIGHTINGS, Coefficients, transform
from provenance.watermark.spectrum import Spectrum, middle_spectrum, spectrum
from provenance.watermark.stretch import STRETCHED_CANDIDATES

SMALLEST_SIDE = 32
"""Pixels; a smaller picture can't hold a quarter of a tile."""
SMALLEST_TILTED = 400
"""Pixels of the short side from which the middle alone is looked at for tilted pictures."""
SMALLEST_PLANE = 32
"""Samples of the plane's short side under which there is too little of a tile to read."""
MIN_AGREEMENT = 4.65
"""Agreement of the pilot's phases, in standard deviations, from which a guess is worth decoding: it
passes 10 % of the guesses in unmarked pictures and 99 % of the right ones."""
MIN_SCORE = 9.0
"""Score from which it is worth it whatever the phases say: unmarked pictures reach 8.4."""
ATTEMPTS = len(WEIGHTINGS) * (2 + 2 * CANDIDATES + STRETCHED_CANDIDATES)
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
    picture = _Picture(luma(rgb))
    return [picture.detect(key, len(keys)) for key in keys]


def _agreeing(found: Spectrum, guesses: list[Candidate], key: bytes | None) -> list[Registration]:
    """Follow guesses up; keep those whose phases or places agree, best first, each once."""
    fits = {register(found, guess, key): guess.score for guess in guesses}
    good = [fit for fit in fits if fit.agreement >= MIN_AGREEMENT or fits[fit] >= MIN_SCORE]
    return sorted(good, key=lambda fit: -fit.agreement)


@dataclass(frozen=True)
class _Look:
    """A geometry worth decoding: what a picture, or its negative, is when seen so."""

    geometry: Geometry
    coefficients: Coefficients
    inverted: bool = False


class _Picture:
    """One picture's luma, with what every key needs computed once and only when it is needed."""

    def __init__(self, values: NDArray[np.float32]) -> None:
        self.luma = values
        self.height, self.width = values.shape

    @cached_property
    def _as_marked(self) -> _Look:
        geometry = layout(self.width, self.height)
        return _Look(geometry, transform(sample(self.luma, geometry)))

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
                whole = found.region.coverage == 1 or look is not self._as_marked
                return found if whole else self._sharpened(found, key, keys)
        return None

    def _sharpened(self, found: Detection, key: bytes | None, keys: int) -> Detection:
        """Read again what was read in part as marked: perhaps it was hardly turned or scaled."""
        better = refine(sample(self.luma, found.geometry), found.geometry, key)
        again = self._read(_Look(better, transform(sample(self.luma, better))), key, keys)
        return found if again is None or again.correlation < found.correlation else again

    def _read(self, look: _Look, key: bytes | None, keys: int) -> Detection | None:
        """Decode, and claim only what is sure enough."""
        reading = read(look.coefficients, key)
        if reading is None:
            return None
        found = self._detection(reading, look, key, keys)
        sure = found.false_positive_probability <= significance.CLAIM_PROBABILITY
        return found if sure else None

    def _looks(self, key: bytes | None) -> Iterator[_Look]:
        """Geometries worth decoding, cheapest first."""
        yield self._as_marked
        for registration in self._registrations(key):
            inverted = registration.inverted
            picture = -self.luma if inverted else self.luma
            plane = sample(picture, registration.geometry)
            if min(plane.samples.shape) >= SMALLEST_PLANE:
                better = refine(plane, registration.geometry, key)
                yield _Look(better, transform(sample(picture, better)), inverted)

    def _registrations(self, key: bytes | None) -> Iterator[Registration]:
        """Guesses worth decoding: turned and scaled pictures, tilted ones, stretched ones."""
        whole, polar = self._whole
        yield from _agreeing(whole, search.candidates(search.scores(polar, key), key), key)
        if min(self.height, self.width) >= SMALLEST_TILTED:
            middle, polar = self._middle
            yield from _agreeing(middle, search.candidates(search.scores(polar, key), key), key)
        yield from _agreeing(whole, stretch.candidates(whole, key), key)

    def _detection(self, reading: Reading, look: _Look, key: bytes | None, keys: int) -> Detection:
        probability = significance.false_positive_probability(reading.chance, ATTEMPTS * keys)
        region = marked_region(
            look.coefficients,
            reading.weighting,
            reading.payload,
            key,
            look.geometry,
            (self.width, self.height),
        )
        return Detection(
            reading.payload,
            probability,
            look.geometry,
            region,
            reading.correlation,
            look.inverted,
        )
