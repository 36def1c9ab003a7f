"""The picture's spectrum as the pilot search needs it: whitened in picture and spectrum."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import fft, ndimage

Floats = NDArray[np.float32]

MAX_PIXELS = 1_600_000
"""Larger pictures are shrunk to this before the search; their lines still lie well inside the
band."""
OVERSAMPLING, SMALL_OVERSAMPLING = 1.5, 2.0
"""Side of the frame that a picture is transformed in, over the picture's own: a line between two
bins then loses less. Small pictures, in which lines are faintest, get more."""
MAX_PADDED_SIDE, SMALL_PADDED_SIDE = 1536, 768
"""Pixels beyond which a side is not padded."""
NOISE_FLOOR = 4.0
"""Grey levels added to the local deviation, so that flat areas do not outweigh the rest."""
COARSE = 6
"""Side of the squares, in pixels, that the local mean and the local variance are taken over."""
NEIGHBOURHOOD = 15
"""Side, in bins, of the neighbourhood whose mean power is called 1."""


@dataclass(frozen=True)
class Spectrum:
    """Half spectrum of a whitened picture.

    ``value`` is complex64, shape (height, width // 2 + 1), as ``rfft2`` gives it; ``noise`` is the
    mean power around each bin and ``power`` each bin's own over it, both float32 of the same shape;
    ``height`` and ``width`` are those transformed, blank margins included, of which the picture
    fills ``rows`` and ``columns``; ``zoom`` is transformed pixels per pixel along x, y, and
    ``middle`` the middle of what was transformed, in pixels of the picture (x, y).
    """

    value: NDArray[np.complex64]
    noise: Floats
    power: Floats
    height: int
    width: int
    rows: int
    columns: int
    zoom: tuple[float, float]
    middle: tuple[float, float]


def spectrum(picture: Floats) -> Spectrum:
    """Compute the spectrum of a luma picture, which is shrunk first when it is large."""
    height, width = picture.shape
    picture = shrunk(picture)
    rows, columns = picture.shape
    tall, wide = frame_size(rows, columns)
    value = fft.rfft2(whiten(picture), (tall, wide))
    power = value.real**2 + value.imag**2
    noise = ndimage.uniform_filter(power, NEIGHBOURHOOD, mode="wrap") + np.finfo(np.float32).tiny
    zooms, middle = (columns / width, rows / height), (width / 2, height / 2)
    return Spectrum(value, noise, power / noise, tall, wide, rows, columns, zooms, middle)


def shrunk(picture: Floats) -> Floats:
    """The picture itself, or of a large one MAX_PIXELS."""
    height, width = picture.shape
    size = shrunk_size(width, height)
    if size == (width, height):
        return picture
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))


def shrunk_size(width: int, height: int) -> tuple[int, int]:
    """Width and height at which a picture is searched."""
    zoom = min(1.0, math.sqrt(MAX_PIXELS / (height * width)))
    return max(1, round(width * zoom)), max(1, round(height * zoom))


def frame_size(rows: int, columns: int) -> tuple[int, int]:
    """Choose the height and width that a picture is transformed in."""
    return fft.next_fast_len(_pad_side(rows), real=True), fft.next_fast_len(
        _pad_side(columns), real=True
    )


def _pad_side(side: int) -> int:
    """Choose a side of the frame."""
    usual = min(round(OVERSAMPLING * side), MAX_PADDED_SIDE)
    return max(side, usual, min(round(SMALL_OVERSAMPLING * side), SMALL_PADDED_SIDE))


def middle_spectrum(picture: Floats) -> Spectrum:
    """Compute the spectrum of the middle quarter, where a tilt changes the scale half as much."""
    height, width = picture.shape
    top, left = height // 4, width // 4
    found = spectrum(picture[top : height - top, left : width - left])
    return replace(found, middle=(found.middle[0] + left, found.middle[1] + top))


def whiten(picture: Floats) -> Floats:
    """Subtract the local mean, divide by the local variance: faint regular patterns stand out."""
    detail = picture - _smooth(picture)
    return detail / (_smooth(detail * detail) + np.float32(NOISE_FLOOR**2))


def _smooth(values: Floats) -> Floats:
    """Average over squares, and interpolate back to every pixel."""
    height, width = values.shape
    image = Image.fromarray(values)
    box = (0.0, 0.0, width / COARSE, height / COARSE)
    return np.asarray(
        image.reduce(COARSE).resize((width, height), Image.Resampling.BILINEAR, box=box)
    )
