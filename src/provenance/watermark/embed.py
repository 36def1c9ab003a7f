"""The embedder: payload and pilot, shaped to what the picture hides, as strong as it needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenance.errors import ImageTooFlatError, ImageTooSmallError
from provenance.types import Geometry
from provenance.watermark import carrier, code, pilot, pilotpower, visibility
from provenance.watermark.margin import after_jpeg, fit
from provenance.watermark.plane import bands, layout, luma, spread
from provenance.watermark.spectrum import NOISE_FLOOR, spectrum

Floats = NDArray[np.float32]

SMALLEST_SIDE = 128
"""Pixels of the short side under which the code bits fit hardly once."""
MIN_FIT = 16.0
"""Correlation with the code word that the untouched picture must give; decoding needs about 14."""
HARD_QUALITY = 15
"""JPEG quality at which pictures differ most in what they keep of equally visible marks."""
HARD_FIT = 16.5
"""Correlation there that a picture from 1024 px up should keep; smaller ones in proportion to their
mark's scale."""
HASTE = 0.6
"""How far a picture's strength follows what it keeps: 1 would even out all pictures' robustness and
none of their visibility, 0 the reverse."""
WEAKEST, STRONGEST = 0.85, 1.25
"""Bounds of that on the strength that visibility alone suggests."""


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
    cover = _survey(luma(rgb), key)
    trial = _change(cover, 1.0, payload, key)
    trial += cover.luma
    trial = after_jpeg(trial, HARD_QUALITY)
    kept = fit(trial, cover.geometry, payload, key)
    del trial  # 4 bytes a pixel
    wanted = HARD_FIT * min(cover.geometry.scale, 1.0) / max(kept, 1.0)
    change = _change(cover, float(np.clip(wanted**HASTE, WEAKEST, STRONGEST)), payload, key)
    marked = np.empty_like(rgb)
    for rows in bands(height):
        marked[rows] = np.clip(np.rint(rgb[rows] + change[rows, :, None]), 0, 255)
    del change
    if fit(luma(marked), cover.geometry, payload, key) < MIN_FIT:
        raise ImageTooFlatError(
            "The picture leaves no room for a mark that can be read back, as harsh dots or noise "
            "do all over; use another version of it."
        )
    return marked


@dataclass(frozen=True)
class _Cover:
    """A picture to be marked: its luma, what it hides, how strong mark and pilot may be."""

    luma: Floats
    geometry: Geometry
    mask: Floats
    strength: float
    lines: NDArray[np.float64]


def _survey(picture: Floats, key: bytes | None) -> _Cover:
    """Measure what a picture hides."""
    geometry = layout(picture.shape[1], picture.shape[0])
    variance = visibility.local_variance(visibility.cover_plane(picture, geometry))
    mask = visibility.mask(variance)
    strength = visibility.strength(variance, mask, geometry)
    gain = float((mask / (variance + NOISE_FLOOR**2)).mean())
    lines = pilotpower.amplitudes(spectrum(picture), gain, geometry, key)
    return _Cover(picture, geometry, mask, strength, lines)


def _change(cover: _Cover, factor: float, payload: bytes, key: bytes | None) -> Floats:
    """Change of luma, in grey levels, for each pixel."""
    strength = factor * cover.strength
    share = pilotpower.share(cover.lines, strength)
    # of a blank picture the lines need so little that their energy as a tile would underflow
    even = cover.lines / np.sqrt((cover.lines**2).sum() / 2)
    data, tones = carrier.tile(code.encode(payload), key), pilot.tile(even, key)
    tile = data * np.sqrt((1 - share) / data.var()) + tones * np.sqrt(share)
    rows, columns = cover.mask.shape
    tiled = np.tile(tile, (-(-rows // len(tile)), -(-columns // len(tile))))[:rows, :columns]
    samples = (strength * cover.mask * tiled).astype(np.float32)
    height, width = cover.luma.shape
    return spread(samples, cover.geometry, width, height)
