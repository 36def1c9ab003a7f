"""How much of a mark is left after the handling that every mark should survive."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from provenance.geometry import Geometry
from provenance.watermark import code
from provenance.watermark import format as fmt
from provenance.watermark.carrier import Secret
from provenance.watermark.detection.decoding import correlation
from provenance.watermark.detection.soft_bits import WEIGHTINGS, soft_bits, transform
from provenance.watermark.plane import layout, luma, row_strips, sample, shrink_factor
from provenance.watermark.polar import INFORMATION_BITS
from provenance.watermark.prng import layer_key

Floats = NDArray[np.float32]

DECODED_AT = 0.0
"""Energy per information bit over noise density, in dB, from which nearly every word is claimed."""
_FAINTEST = 1e-3
"""Correlation, in standard deviations, that stands for none, so that its logarithm exists."""


@dataclass(frozen=True)
class Margin:
    """Decibels by which a mark is stronger than decoding needs, after each reference handling.

    If negative, expect that it can't be read. Handling: saved as JPEG at quality 50, shown at half
    size, cut to the middle quarter of the area.
    """

    jpeg_50: float
    half_size: float
    quarter_area: float

    @property
    def least(self) -> float:
        """The smallest of the three."""
        return min(self.jpeg_50, self.half_size, self.quarter_area)


def margin(rgb: NDArray[np.uint8], payload: bytes, key: bytes | None = None) -> Margin:
    """Measure the margins of a marked picture.

    Parameters
    ----------
    rgb : uint8 array, shape (height, width, 3)
        As ``embed`` returned it.
    payload : bytes
        The 12 bytes that it carries; the lock is read from the picture.
    key : bytes, optional
        32 bytes of a private layer; without it the public mark is measured.

    Raises
    ------
    PayloadError, WatermarkKeyError
        Wrong lengths.
    """
    key, picture = layer_key(key), luma(rgb)
    height, width = picture.shape
    geometry, shrink = layout(width, height), shrink_factor(width, height)
    word = payload if key is not None else _find_word(picture, geometry, payload)
    bits, secret = code.encode(word, key), code.secret_of(payload, key)
    half = np.asarray(
        Image.fromarray(picture).resize((width // 2, height // 2), Image.Resampling.LANCZOS)
    )
    top, left = height // 4, width // 4
    middle = picture[top : height - top, left : width - left]
    return Margin(
        *(
            to_decibels(measure_fit(handled, there, bits, secret))
            for handled, there in (
                (save_as_jpeg(picture, 50, shrink), geometry.rescale(1 / shrink)),
                (half, geometry.rescale(half.shape[1] / width)),
                (middle, replace(geometry, x0=-float(left), y0=-float(top))),
            )
        )
    )


def _find_word(picture: Floats, geometry: Geometry, payload: bytes) -> bytes:
    """The word with a payload that fits a picture, or any where none does."""
    word = code.join(payload, bytes(fmt.LOCK_BYTES))
    soft = soft_bits(transform(sample(picture, geometry)), WEIGHTINGS[0], None)
    return code.complete(soft, payload) or word


def measure_fit(
    picture: Floats,
    geometry: Geometry,
    bits: NDArray[np.int8],
    secret: Secret | None,
    *,
    enough: float = math.inf,
) -> float:
    """Correlate a picture's soft bits with the code bits of a word, in standard deviations.

    Another mark may lie below: nothing is decoded. The best of the weightings counts, or the first
    that gives ``enough``.
    """
    coefficients, best = transform(sample(picture, geometry)), 0.0
    for weighting in WEIGHTINGS:
        soft = soft_bits(coefficients, weighting, secret)
        best = max(best, correlation(soft, bits) if soft.any() else 0.0)
        if best >= enough:
            break
    return best


def read_soft_bits(picture: Floats, geometry: Geometry, secret: Secret | None) -> list[Floats]:
    """Sum a picture's coefficients into code bits, once by each weighting."""
    coefficients = transform(sample(picture, geometry))
    return [soft_bits(coefficients, weighting, secret) for weighting in WEIGHTINGS]


def save_as_jpeg(picture: Floats, quality: int, shrink: int = 1) -> Floats:
    """Save luma as JPEG and open it again, ``shrink`` times smaller; colour does not matter."""
    grey = np.empty(picture.shape, dtype=np.uint8)
    for rows in row_strips(len(picture)):
        grey[rows] = np.clip(np.rint(picture[rows]), 0, 255)
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, "JPEG", quality=quality)
    del grey
    buffer.seek(0)
    with JpegImageFile(buffer) as saved:  # Image.open would warn of the size
        return np.asarray(saved.reduce(shrink), dtype=np.float32)


def bit_energy(correlated: float) -> float:
    """Turn a correlation over all code bits into energy per information bit over noise density."""
    share = min(max(correlated, _FAINTEST) ** 2 / fmt.CODE_BITS, 1 - 1e-9)
    return share / (1 - share) / 2 * fmt.CODE_BITS / INFORMATION_BITS


def to_decibels(correlated: float) -> float:
    """Turn a correlation over all code bits into decibels above what decoding needs."""
    return round(10 * math.log10(bit_energy(correlated)) - DECODED_AT, 1)
