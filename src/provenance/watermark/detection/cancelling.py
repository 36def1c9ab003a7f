"""Take a mark that was read out of a picture, so that others below it come to light."""

from __future__ import annotations

import numpy as np
import pywt
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from provenance.geometry import Geometry
from provenance.watermark import code, pilot
from provenance.watermark import format as fmt
from provenance.watermark.carrier import Secret, key_of
from provenance.watermark.detection.region import repeated
from provenance.watermark.detection.soft_bits import Coefficients

Floats = NDArray[np.float32]

REACH = 32
"""Side, in samples of the plane, of the neighbourhood that the mark's amplitude is taken over."""
FLOOR = 3.0
"""Grey levels added to coefficients' local deviation, so that flat areas do not decide alone."""


def mark_in(
    samples: Floats, coefficients: Coefficients, word: bytes, secret: Secret | None
) -> Floats:
    """Estimate the mark in a plane's samples: the word where it is strong, and the pilot."""
    key = key_of(secret)
    bits = code.encode(word, key)
    found: Floats = _carrier(coefficients, bits, secret) + _pilot(samples, coefficients, key)
    return found


def _carrier(coefficients: Coefficients, bits: NDArray[np.int8], secret: Secret | None) -> Floats:
    """The code word, as strong in each place as the coefficients around agree with it."""
    signs, changes = repeated(bits, secret, coefficients), []
    for level in sorted(fmt.LEVEL_GAINS, reverse=True):
        weight = 1 / (coefficients.variance[level] + np.float32(FLOOR**2))
        agreeing, side = weight * coefficients.value[level] * signs[level], REACH >> level
        local, total = (
            ndimage.uniform_filter(each.sum(axis=0), side) for each in (agreeing, weight)
        )
        changes.append(tuple(np.maximum(local / total, 0) * signs[level]))
    blank = np.zeros_like(changes[0][0])
    return np.asarray(
        pywt.waverec2([blank, *changes], fmt.WAVELET, mode="periodization"), dtype=np.float32
    )


def _pilot(samples: Floats, coefficients: Coefficients, key: bytes | None) -> Floats:
    """The pilot, all lines as strong as they are on average in their known phases."""
    tile = pilot.tile(np.ones(len(pilot.lines(key))), key)
    rows, columns = (
        (np.arange(count) + first) % len(tile)
        for count, first in zip(samples.shape, (coefficients.row, coefficients.column), strict=True)
    )
    waves = tile[np.ix_(rows, columns)]
    detail = samples - ndimage.uniform_filter(samples, REACH // 4)
    amplitude = float((detail * waves).sum() / np.square(waves, dtype=np.float64).sum())
    return np.asarray(max(amplitude, 0.0) * waves, dtype=np.float32)


def laid(
    samples: Floats, row: int, column: int, geometry: Geometry, size: tuple[int, int]
) -> Floats:
    """Bring a plane, from its sample (row, column) on, to a picture of a size (width, height)."""
    to_plane = np.array([[1 / fmt.GRID, 0, -column], [0, 1 / fmt.GRID, -row], [0, 0, 1.0]])
    warp = to_plane @ np.linalg.inv(np.array(geometry.matrix))
    picture = Image.fromarray(samples).transform(
        size,
        Image.Transform.PERSPECTIVE,
        (warp / warp[2, 2]).ravel()[:8].tolist(),
        Image.Resampling.BICUBIC,
        fillcolor=0.0,
    )
    return np.asarray(picture)
