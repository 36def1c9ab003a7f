"""How a detector answers on pictures without a mark, and how near they come to a claim."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from PIL import Image

from bench.attacks import BY_NAME
from bench.attacks.base import generator
from bench.attacks.geometry import cropped_to
from bench.marks import open_mark
from bench.pictures import MAX_ENLARGED, Pixels, sources

SHORTEST, LONGEST = 160, 1400
"""Pixels: range of the short side that a picture is brought to before it is cut."""
SMALLEST_CUT = 128
"""Pixels, on both sides."""
HANDLINGS = ("untouched", "JPEG 75", "JPEG 50", "WebP 50", "noise 5", "blur 1", "sharpened")
NOISE_SHARE = 0.1
"""Share of the draws that are fields of noise instead of a picture."""


@dataclass(frozen=True)
class Draw:
    """One unmarked picture: a part of this source; all else is drawn from the number."""

    mark: str
    picture: str
    number: int

    def pixels(self) -> Pixels:
        """A random scale, part and handling; sometimes noise of that size."""
        rng = generator("unmarked", self.picture, str(self.number))
        source = sources()[self.picture]
        most = min(LONGEST, int(MAX_ENLARGED * source.short_side))
        rgb = source.load(int(rng.integers(SHORTEST, most + 1)))
        height, width = (int(rng.integers(SMALLEST_CUT, n + 1)) for n in rgb.shape[:2])
        if rng.random() < NOISE_SHARE:
            rgb = rng.normal(128, 40, rgb.shape).clip(0, 255).astype(np.uint8)
        part = np.asarray(cropped_to(width, height)(Image.fromarray(rgb), rng))
        return BY_NAME[str(rng.choice(HANDLINGS))](part, f"{self.picture} {self.number}")


def measure(draw: Draw) -> dict[str, Any]:
    """The draw's row of the raw results: claimed or not, processor time, and how near it came."""
    mark, rgb = open_mark(draw.mark), draw.pixels()
    failure: dict[str, str] = {}
    claimed, start = False, time.process_time()
    try:
        claimed = mark.find(rgb) is not None
    except Exception as error:  # noqa: BLE001 - a reader that raises claims nothing
        failure = {"error": f"{type(error).__name__}: {error}"[:160]}
    row = (
        asdict(draw)
        | failure
        | {
            "claimed": claimed,
            "s": round(time.process_time() - start, 4),
            "megapixels": rgb.shape[0] * rgb.shape[1] / 1e6,
        }
    )
    return row | ({"correlations": correlations(rgb)} if draw.mark == "provenance" else {})


def correlations(rgb: Pixels) -> list[float]:
    """The best fit of any word on the decoder's list, one for each weighting that is tried.

    A claim's probability follows from its fit. Here no check filters the words, so that every
    picture adds to the law of what pictures without a mark reach.
    """
    from provenance.watermark import code, polar
    from provenance.watermark.detection.soft_bits import WEIGHTINGS, soft_bits, transform
    from provenance.watermark.plane import layout, luma, sample

    coefficients, best = transform(sample(luma(rgb), layout(rgb.shape[1], rgb.shape[0]))), []
    for weighting in WEIGHTINGS:
        soft = soft_bits(coefficients, weighting, None)
        if soft.any():
            words = np.stack([polar.encode(w) for w in polar.decode(soft, code.LIST_SIZE)])
            fits = (1.0 - 2.0 * words) @ soft / np.sqrt(soft @ soft)
            best.append(round(float(fits.max()), 3))
    return best
