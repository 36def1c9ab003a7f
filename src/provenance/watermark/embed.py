"""The embedder: payload and pilot, as strong as the picture can hide."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from provenance.errors import ImageTooSmallError
from provenance.watermark import carrier, code, pilot
from provenance.watermark import format as fmt
from provenance.watermark.plane import layout, plane_shape, spread

SMALLEST_SIDE = 128
"""Pixels of the short side under which the code bits don't fit even once."""
STRENGTH = 1.0
"""Standard deviation of the mark in grey levels."""
PILOT_SHARE = 0.12
"""Share of the mark's energy that the pilot gets."""


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
    """
    height, width = rgb.shape[:2]
    if min(height, width) < SMALLEST_SIDE:
        raise ImageTooSmallError(
            f"The picture is {width} x {height}; a mark needs at least {SMALLEST_SIDE} pixels on the short side."
        )
    geometry = layout(width, height)
    data, lines = carrier.tile(code.encode(payload), key), pilot.tile(np.ones(len(pilot.lines())), key)
    tile = data * np.sqrt((1 - PILOT_SHARE) / data.var()) + lines * np.sqrt(PILOT_SHARE / lines.var())
    rows, columns = plane_shape(geometry, width, height)
    samples = np.tile(tile, (-(-rows // len(tile)), -(-columns // len(tile))))[:rows, :columns]
    change = spread(samples.astype(np.float32), geometry, width, height)
    change = change * np.float32(STRENGTH / change.std())
    return np.asarray(np.clip(np.rint(rgb + change[..., None]), 0, 255), dtype=np.uint8)
