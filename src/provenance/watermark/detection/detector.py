"""The detector: payloads from pixels, and "none" as an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenance.geometry import Geometry, Region
from provenance.watermark.detection import significance
from provenance.watermark.detection.decoding import Reading, read
from provenance.watermark.detection.looks import MOST_LOOKS, Look, Seen
from provenance.watermark.detection.region import marked_region
from provenance.watermark.detection.soft_bits import WEIGHTINGS

SMALLEST_SIDE = 32
"""Pixels; a smaller picture can't hold a quarter of a tile."""
SURELY = 6.5
"""Presence from which a mark that can hardly be read is likely enough for a longer look; the few
unmarked pictures that reach it, full of regular patterns, only cost more time."""
ATTEMPTS = len(WEIGHTINGS) * (1 + MOST_LOOKS)
"""Decodings before the detector says none: at each look, and once more as marked if sharpened."""


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


def detect(
    rgb: NDArray[np.uint8], key: bytes | None = None, *, hasty: bool = False
) -> Detection | None:
    """Find and read the mark, wherever and however it lies in the picture.

    Parameters
    ----------
    rgb : uint8 array, shape (height, width, 3)
    key : bytes, optional
        32 bytes of a private layer; without it the public mark is read.
    hasty : bool
        Give up early on a picture that is not as it was marked and shows little of a pilot: for
        platforms that look at very many pictures. Of hard but readable pictures one in forty is
        lost.

    Returns
    -------
    Detection or None
        None if there is no mark that can be read: it says nothing about where a picture comes from.

    Raises
    ------
    WatermarkKeyError
        The key is not 32 bytes.
    """
    return detect_each(rgb, (key,), hasty=hasty)[0]


def detect_each(
    rgb: NDArray[np.uint8], keys: Sequence[bytes | None], *, hasty: bool = False
) -> list[Detection | None]:
    """As ``detect`` under several keys, at the price of the picture's one transform."""
    if min(rgb.shape[:2]) < SMALLEST_SIDE:
        return [None] * len(keys)
    seen = Seen(rgb)
    return [_first(seen, key, len(keys), hasty=hasty) for key in keys]


def _first(seen: Seen, key: bytes | None, keys: int, *, hasty: bool) -> Detection | None:
    """Read the mark under one of ``keys`` keys: the first look that is sure enough."""
    for look in seen.looks(key, hasty=hasty):
        found = _read(seen, look, key, keys)
        if found is not None:
            whole = found.region.coverage == 1 or look.geometry != seen.as_marked
            return found if whole else _sharpened(seen, found, look, key, keys)
    return None


def _sharpened(seen: Seen, found: Detection, look: Look, key: bytes | None, keys: int) -> Detection:
    """Read again what was read in part as marked: perhaps it was hardly turned or scaled."""
    again = _read(seen, seen.again(look, key), key, keys)
    return found if again is None or again.correlation < found.correlation else again


def _read(seen: Seen, look: Look, key: bytes | None, keys: int) -> Detection | None:
    """Decode, and claim only what is sure enough."""
    reading = read(look.coefficients, key, surely=look.presence >= SURELY)
    if reading is None:
        return None
    probability = significance.false_positive_probability(reading.chance, ATTEMPTS * keys)
    sure = probability <= significance.CLAIM_PROBABILITY
    return _detection(seen, reading, look, key, probability) if sure else None


def _detection(
    seen: Seen, reading: Reading, look: Look, key: bytes | None, probability: float
) -> Detection:
    """Say where the mark lies that was read."""
    geometry = look.geometry.scaled(seen.shrink)
    region = marked_region(
        look.coefficients, reading.weighting, reading.payload, key, geometry, seen.size
    )
    return Detection(
        reading.payload, probability, geometry, region, reading.correlation, look.inverted
    )
