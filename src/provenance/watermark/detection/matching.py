"""Is a picture's mark one of a few? What must be told apart is less, and so a weaker mark does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from provenance.watermark import code
from provenance.watermark.detection import significance
from provenance.watermark.detection.decoding import DecodedMark
from provenance.watermark.detection.detector import SMALLEST_SIDE, Detection, locate
from provenance.watermark.detection.looks import MOST_LOOKS, Look, Seen
from provenance.watermark.detection.soft_bits import WEIGHTINGS, Weighting, soft_bits

ATTEMPTS = len(WEIGHTINGS) * (1 + MOST_LOOKS)
"""Times at most that each payload is held against a picture: at each look, and as marked anyway."""
_CHUNK = 4096
"""Payloads that are encoded at once: 16 MB of code words in float."""


@dataclass(frozen=True)
class _View:
    """The soft bits of one look under one weighting, of unit energy."""

    look: Look
    weighting: Weighting
    soft: NDArray[np.float32]


def match(
    rgb: NDArray[np.uint8],
    payloads: Sequence[bytes],
    key: bytes | None = None,
    *,
    among: int | None = None,
) -> Detection | None:
    """Find the one of these payloads that a picture is marked with, if it is.

    All that can be written are 2**96; the fewer come into question, the worse a mark may fit.
    The probability stated counts the payloads tried.

    Parameters
    ----------
    rgb : uint8 array, shape (height, width, 3)
    payloads : sequence of bytes
        12 bytes each, chosen without a look at the picture's mark: records of pictures that look
        alike, or all records.
    key : bytes, optional
        32 bytes of a private layer; without it the public mark is read.
    among : int, optional
        How many payloads these were chosen from, if a look at the picture's mark chose them.

    Returns
    -------
    Detection or None
        None if the mark of none of them is there.

    Raises
    ------
    PayloadError, WatermarkKeyError
        Wrong lengths.
    """
    words = list(dict.fromkeys(payloads))
    if not words or min(rgb.shape[:2]) < SMALLEST_SIDE:
        return None
    seen = Seen.of(rgb)
    views = list(_views(seen, key))
    if not views:
        return None
    fits, best = _best(np.stack([view.soft for view in views]), words)
    tried = ATTEMPTS * max(len(words), among or 0)
    chances = [
        significance.chance(view.soft, fit) for view, fit in zip(views, fits.tolist(), strict=True)
    ]
    at = int(np.argmin(chances))
    probability = significance.bound(chances[at], tried)
    if probability > significance.CLAIM_PROBABILITY:
        return None
    view = views[at]
    reading = DecodedMark(words[int(best[at])], view.weighting, float(fits[at]), chances[at])
    return locate(seen, reading, view.look, key, probability)


def _views(seen: Seen, key: bytes | None) -> Iterator[_View]:
    """Look at a picture as marked, whatever its pilot says, and wherever else a pilot is."""
    for look in (seen.plain_look(), *seen.looks(key)):
        for weighting in WEIGHTINGS:
            soft = soft_bits(look.coefficients, weighting, key)
            if soft.any():
                yield _View(look, weighting, soft / np.sqrt(soft @ soft))


def _best(
    soft: NDArray[np.float32], payloads: Sequence[bytes]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Correlate views with every payload's code word: the best fit of each view, and with which."""
    fits = np.full(len(soft), -np.inf, dtype=np.float32)
    best, remaining = np.zeros(len(soft), dtype=np.int64), iter(payloads)
    for first in range(0, len(payloads), _CHUNK):
        found = code.encode_all(list(islice(remaining, _CHUNK))).astype(np.float32) @ soft.T
        highest = found.argmax(axis=0)
        value = found[highest, np.arange(len(soft))]
        better = value > fits
        fits[better], best[better] = value[better], first + highest[better]
    return fits, best
