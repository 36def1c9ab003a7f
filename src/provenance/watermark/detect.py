"""The detector: cheap looks first, dear ones later, and "none" as an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenance.types import Geometry, Region
from provenance.watermark import significance
from provenance.watermark.plane import layout, luma, sample
from provenance.watermark.reading import Reading, read
from provenance.watermark.refine import refine
from provenance.watermark.region import marked_region
from provenance.watermark.register import Registration, register
from provenance.watermark.search import (
    CANDIDATES,
    UPRIGHT_CANDIDATES,
    candidates,
    polar_map,
    scores,
)
from provenance.watermark.softbits import WEIGHTINGS, Coefficients, transform
from provenance.watermark.spectrum import Spectrum, spectrum

SMALLEST_SIDE = 32
"""Pixels; a smaller picture can't hold a quarter of a tile."""
SMALLEST_PLANE = 32
"""Samples of the plane's short side under which there is too little of a tile to read."""
MIN_AGREEMENT = 4.3
"""Agreement of the pilot's phases, in standard deviations, from which a guess is worth decoding:
unmarked pictures reach 3.7 to 4.3 at their best guess, marked ones 4.9 and more."""
ATTEMPTS = len(WEIGHTINGS) * (1 + 2 * (CANDIDATES + UPRIGHT_CANDIDATES))
"""Decodings before the detector says none: as marked, then two for each guess."""


@dataclass(frozen=True)
class Detection:
    """A mark that was found.

    ``payload`` is its 12 bytes; ``false_positive_probability`` bounds how often an unmarked picture
    would be claimed with so good a fit; ``geometry`` says how the mark lies in the picture and
    ``region`` which part of the picture carries it; ``correlation`` is the code word's fit in
    standard deviations of noise.
    """

    payload: bytes
    false_positive_probability: float
    geometry: Geometry
    region: Region
    correlation: float


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


class _Picture:
    """One picture's luma, with what every key needs computed once and only when it is needed."""

    def __init__(self, values: NDArray[np.float32]) -> None:
        self.luma = values
        self.height, self.width = values.shape
        self._as_marked: Coefficients | None = None
        self._spectrum: Spectrum | None = None
        self._polar: NDArray[np.float32] | None = None

    def detect(self, key: bytes | None, keys: int) -> Detection | None:
        for geometry, coefficients in self._looks(key):
            reading = read(coefficients, key)
            if reading is not None:
                found = self._detection(reading, geometry, coefficients, key, keys)
                if found.false_positive_probability <= significance.CLAIM_PROBABILITY:
                    return found
        return None

    def _looks(self, key: bytes | None) -> Iterator[tuple[Geometry, Coefficients]]:
        """Geometries worth decoding, cheapest first."""
        geometry = layout(self.width, self.height)
        if self._as_marked is None:
            self._as_marked = transform(sample(self.luma, geometry))
        yield geometry, self._as_marked
        for registration in self._registrations(key):
            picture = -self.luma if registration.inverted else self.luma
            plane = sample(picture, registration.geometry)
            if min(plane.samples.shape) >= SMALLEST_PLANE:
                better = refine(plane, registration.geometry, key)
                yield better, transform(sample(picture, better))
                yield registration.geometry, transform(plane)

    def _registrations(self, key: bytes | None) -> list[Registration]:
        """Guesses whose phases agree, best first."""
        if self._spectrum is None or self._polar is None:
            self._spectrum = spectrum(self.luma)
            self._polar = polar_map(self._spectrum)
        guesses = candidates(scores(self._polar, key), key)
        found = [register(self._spectrum, guess, key) for guess in guesses]
        good = [each for each in found if each.agreement >= MIN_AGREEMENT]
        return sorted(good, key=lambda each: -each.agreement)

    def _detection(
        self,
        reading: Reading,
        geometry: Geometry,
        coefficients: Coefficients,
        key: bytes | None,
        keys: int,
    ) -> Detection:
        probability = significance.false_positive_probability(reading.correlation, ATTEMPTS * keys)
        region = marked_region(
            coefficients,
            reading.weighting,
            reading.payload,
            key,
            geometry,
            (self.width, self.height),
        )
        return Detection(reading.payload, probability, geometry, region, reading.correlation)
