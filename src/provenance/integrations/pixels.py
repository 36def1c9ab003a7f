"""Stamped pictures as pixels again, in the type that a program handed over."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from provenance.stamp import StampedImage


def open_stamped(stamped: Sequence[StampedImage]) -> list[Image.Image]:
    """Return the marked pictures; what they are saved as has the mark, and no manifest."""
    return [Image.open(io.BytesIO(each.data)) for each in stamped]


def restore(images: Any, stamped: Sequence[StampedImage], *, channels_first: bool) -> Any:
    """Return the marked pictures as a batch of floats from 0 to 1, in the type of ``images``.

    Tensors keep type and device.
    """
    pixels = np.stack([np.asarray(each) for each in open_stamped(stamped)]) / np.float32(255)
    if channels_first:
        pixels = np.moveaxis(pixels, -1, -3)
    if isinstance(images, np.ndarray):
        return pixels.astype(images.dtype)
    return images.new_tensor(pixels)
