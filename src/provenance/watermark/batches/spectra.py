"""Pictures whitened and their spectra, for batches: as the pilot search needs them."""

from __future__ import annotations

import numpy as np
from PIL import Image

from provenance.watermark.batches.lines import COLUMNS, ROWS, averaged, both, reduced, resized
from provenance.watermark.batches.tensors import Tensor, load_torch
from provenance.watermark.detection.spectrum import (
    COARSE,
    NEIGHBOURHOOD,
    NOISE_FLOOR,
    Spectrum,
    frame_size,
    shrunk_size,
)


def shrunk(pictures: Tensor) -> Tensor:
    """The pictures themselves, or large ones at the size at which they are searched."""
    height, width = pictures.shape[1:]
    columns, rows = shrunk_size(width, height)
    if (columns, rows) == (width, height):
        return pictures
    kind, device = int(Image.Resampling.LANCZOS), pictures.device
    return both(
        pictures, resized(height, rows, kind, device), resized(width, columns, kind, device)
    )


def whiten(pictures: Tensor) -> Tensor:
    """Subtract the local mean, divide by the local variance."""
    detail = pictures - _smooth(pictures)
    return detail / (_smooth(detail * detail) + NOISE_FLOOR**2)


def _smooth(values: Tensor) -> Tensor:
    """Average over squares, and interpolate back to every pixel."""
    kind, device = int(Image.Resampling.BILINEAR), values.device
    sides = [values.shape[axis] for axis in (ROWS, COLUMNS)]
    small = both(values, *(reduced(side, COARSE, device) for side in sides))
    back = (resized(-(-side // COARSE), side, kind, device, 0.0, side / COARSE) for side in sides)
    return both(small, *back)


def spectrum(pictures: Tensor) -> Spectrum:
    """The spectra of luma pictures: arrays are tensors here, shape (pictures, rows, columns)."""
    height, width = pictures.shape[1:]
    small = shrunk(pictures)
    rows, columns = small.shape[1:]
    tall, wide = frame_size(rows, columns)
    value = load_torch().fft.rfft2(whiten(small), (tall, wide))
    power = value.real.square() + value.imag.square()
    sides = (
        averaged(power.shape[axis], NEIGHBOURHOOD, power.device, "wrap") for axis in (ROWS, COLUMNS)
    )
    noise = both(power, *sides) + float(np.finfo(np.float32).tiny)
    zooms, middle = (columns / width, rows / height), (width / 2, height / 2)
    return Spectrum(value, noise, power / noise, tall, wide, rows, columns, zooms, middle)
