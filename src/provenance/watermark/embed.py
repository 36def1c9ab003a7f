"""The embedder: payload and pilot, shaped to what the picture hides."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from provenance.errors import ImageTooFlatError, ImageTooSmallError
from provenance.types import Geometry
from provenance.watermark import carrier, code, pilot, pilotpower, visibility
from provenance.watermark.plane import layout, luma, sample, spread
from provenance.watermark.reading import correlation
from provenance.watermark.softbits import WEIGHTINGS, soft_bits, transform
from provenance.watermark.spectrum import NOISE_FLOOR, spectrum

Floats = NDArray[np.float32]

SMALLEST_SIDE = 128
"""Pixels of the short side under which the code bits fit hardly once."""
MIN_FIT = 16.0
"""Correlation with the code word that the untouched picture must give; decoding needs about 14."""


def embed(rgb: NDArray[np.uint8], payload: bytes, key: bytes | None = None) -> NDArray[np.uint8]:
    """Mark a picture.

    Parameters
    ----------
    rgb : uint8 array, shape (height, width, 3)
    payload : bytes
        12 bytes; see ``Payload`` for what they mean.
    key : bytes, optional
        32 bytes of a private layer; without it the public, universal mark is made.

    Returns
    -------
    uint8 array, shape (height, width, 3)

    Raises
    ------
    PayloadError, WatermarkKeyError
        Wrong lengths.
    ImageTooSmallError
        The short side is under SMALLEST_SIDE.
    ImageTooFlatError
        The mark can't be read back even from the untouched pixels.
    """
    height, width = rgb.shape[:2]
    if min(height, width) < SMALLEST_SIDE:
        raise ImageTooSmallError(
            f"The picture is {width} x {height} pixels; a mark needs at least {SMALLEST_SIDE} "
            "on the short side, so use a larger version."
        )
    geometry = layout(width, height)
    change = _mark(luma(rgb), geometry, payload, key)
    marked: NDArray[np.uint8] = np.clip(np.rint(rgb + change[..., None]), 0, 255).astype(np.uint8)
    if not _fit(marked, geometry, payload, key) >= MIN_FIT:  # so that NaN is refused as well
        raise ImageTooFlatError(
            "The picture is too flat or too uniform to hold a mark that can be read back; "
            "use a version with more detail."
        )
    return marked


def _fit(marked: NDArray[np.uint8], geometry: Geometry, payload: bytes, key: bytes | None) -> float:
    """How well the soft bits fit the payload, in deviations; another mark may lie below."""
    coefficients = transform(sample(luma(marked), geometry))
    return max(
        correlation(soft_bits(coefficients, weighting, key), payload) for weighting in WEIGHTINGS
    )


def _mark(picture: Floats, geometry: Geometry, payload: bytes, key: bytes | None) -> Floats:
    """The change of luma, in grey levels, for each pixel."""
    height, width = picture.shape
    cover = visibility.cover_plane(picture, geometry)
    variance = visibility.local_variance(cover)
    mask = visibility.mask(variance)
    strength = visibility.strength(variance, mask, geometry)
    gain = float((mask / (variance + NOISE_FLOOR**2)).mean())
    lines = pilotpower.amplitudes(spectrum(picture), gain, geometry, key)
    share = pilotpower.share(lines, strength)
    # of a blank picture the lines need so little that their energy as a tile would underflow
    even = lines / np.sqrt((lines**2).sum() / 2)
    data, tones = carrier.tile(code.encode(payload), key), pilot.tile(even, key)
    tile = data * np.sqrt((1 - share) / data.var()) + tones * np.sqrt(share)
    rows, columns = mask.shape
    tiled = np.tile(tile, (-(-rows // len(tile)), -(-columns // len(tile))))[:rows, :columns]
    return spread((strength * mask * tiled).astype(np.float32), geometry, width, height)
