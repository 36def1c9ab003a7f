"""What somebody without a key can do to a mark: with the library, its public key and arithmetic.

Each attack takes pixels and gives pixels of the same size. It knows how pictures are marked and, of
the public mark, every bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage, signal

from bench.redteam.shading import Pixels, compressed
from provenance import watermark
from provenance.watermark import code
from provenance.watermark.detection.cancelling import laid, mark_in
from provenance.watermark.detection.soft_bits import WEIGHTINGS, soft_bits, transform
from provenance.watermark.embedding import masking
from provenance.watermark.plane import layout, luma, sample

Floats = NDArray[np.float32]

ROUNDS = 6
"""Times at most that a public mark is taken out, each time what the last left."""
GONE = 2.0
"""Fit, in deviations of noise, under which nothing is left of a public mark."""
TILE = 128
"""Samples of a tile's side."""
FLOOR = 3.0
"""Grey levels added to the local deviation."""


def without_public(rgb: Pixels, word: bytes) -> Pixels:
    """Subtract the public mark, whose word anybody reads, until it fits no better than chance."""
    height, width = rgb.shape[:2]
    geometry, bits = layout(width, height), code.encode(word)
    values, total = luma(rgb), np.zeros((height, width), np.float32)
    for _ in range(ROUNDS):
        plane = sample(values - total, geometry)
        seen = transform(plane)
        soft = soft_bits(seen, WEIGHTINGS[0], None)
        if float(soft @ bits / np.sqrt(soft @ soft)) < GONE:
            break
        mark = mark_in(plane.samples, seen, word, None)
        total += laid(mark, plane.row, plane.column, geometry, (width, height))
    return _changed(rgb, -total)


def without_repeats(rgb: Pixels, share: float = 1.0) -> Pixels:
    """Subtract what all tiles have in common: any pilot, and chips where they repeat."""
    weighted, mask = _detail(rgb)
    rows, columns = (-(-side // TILE) * TILE for side in mask.shape)
    grown = ((0, rows - mask.shape[0]), (0, columns - mask.shape[1]))

    def fold(values: Floats) -> Floats:
        padded = np.pad(values, grown).reshape(rows // TILE, TILE, columns // TILE, TILE)
        return np.asarray(padded.sum(axis=(0, 2)))

    top, bottom = fold(weighted[0] * mask), fold(weighted[1] * mask * mask)
    tile = np.tile(top / np.maximum(bottom, 1e-6), (rows // TILE, columns // TILE))
    pattern = tile[: mask.shape[0], : mask.shape[1]] * mask
    return _changed(rgb, -np.float32(share) * _enlarged(pattern, rgb.shape))


def without_lines(rgb: Pixels, strongest: int = 160) -> Pixels:
    """Take the strongest of the waves out that a pilot may consist of: whole cycles per tile."""
    weighted, mask = _detail(rgb)
    (detail, weight), (rows, columns) = weighted, mask.shape
    u, v = np.arange(columns) / TILE, np.arange(rows) / TILE
    found: list[tuple[float, int, int]] = []
    for a in range(-45, 46):
        summed = (detail * mask) @ np.exp(-2j * np.pi * a * u)
        found.extend(
            (abs(np.exp(-2j * np.pi * b * v) @ summed), a, b)
            for b in range(46)
            if (b or a > 0) and 13**2 <= a * a + b * b <= 45**2
        )
    pattern, energy = np.zeros_like(mask), float((weight * mask * mask).sum())
    for _, a, b in sorted(found, reverse=True)[:strongest]:
        wave = np.exp(2j * np.pi * (a * u[None] + b * v[:, None]))
        amplitude = 2 * complex((detail * mask * wave.conj()).sum()) / energy
        pattern += (amplitude * wave).real.astype(np.float32)
    return _changed(rgb, -_enlarged(pattern * mask, rgb.shape))


def without_common(rgb: Pixels, common: Floats) -> Pixels:
    """Subtract a pattern, on the plane's samples, as strongly as this picture holds it."""
    weighted, mask = _detail(rgb)
    common = common[: mask.shape[0], : mask.shape[1]] * mask
    amount = float((weighted[0] * common).sum() / (weighted[1] * common * common).sum())
    return _changed(rgb, -_enlarged(amount * common, rgb.shape))


def residue(rgb: Pixels) -> Floats:
    """What a picture adds to the estimate of a pattern that many pictures have in common."""
    weighted, mask = _detail(rgb)
    return np.asarray(weighted[0] * mask, np.float32)


def smoothed(rgb: Pixels, noise: float) -> Pixels:
    """Wiener's filter over 5 x 5 pixels, for noise of so many grey levels."""
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.stack(
            [signal.wiener(rgb[..., c].astype(np.float64), 5, noise**2) for c in range(3)], axis=-1
        )
    return np.asarray(np.clip(np.nan_to_num(values), 0, 255).round(), np.uint8)


def resaved(rgb: Pixels, quality: int) -> Pixels:
    """As JPEG."""
    return compressed(rgb, quality)


def reshaped(rgb: Pixels, cut: float, scale: float, degrees: float = 0.0) -> Pixels:
    """Turned a little, cut by a share on each side, unevenly, and resized."""
    image = Image.fromarray(rgb)
    if degrees:
        image = image.rotate(degrees, Image.Resampling.BICUBIC)
    width, height = image.size
    left, top = round(cut * width), round(1.3 * cut * height)
    part = image.crop((left, top, width - round(0.8 * cut * width), height - round(cut * height)))
    size = round(scale * part.width), round(scale * part.height)
    return np.asarray(part.resize(size, Image.Resampling.LANCZOS))


def _detail(rgb: Pixels) -> tuple[Floats, Floats]:
    """A picture's detail over its variance, and one over that; and the mask of the embedder."""
    height, width = rgb.shape[:2]
    geometry = watermark.layout(width, height)
    cover = masking.cover_plane(luma(rgb), geometry)
    mask = masking.mask(masking.local_variance(cover))
    detail = cover - ndimage.gaussian_filter(cover, 3)
    weight = 1 / (ndimage.uniform_filter(detail * detail, 7) + np.float32(FLOOR**2))
    return np.stack((detail * weight, weight)), mask


def _enlarged(pattern: NDArray[Any], shape: tuple[int, ...]) -> Floats:
    """Bring a pattern on the plane's samples to the picture's size."""
    image = Image.fromarray(pattern.astype(np.float32))
    step = 2 * watermark.layout(shape[1], shape[0]).scale
    box = (0.0, 0.0, min(image.width, shape[1] / step), min(image.height, shape[0] / step))
    return np.asarray(image.resize((shape[1], shape[0]), Image.Resampling.LANCZOS, box=box))


def _changed(rgb: Pixels, change: Floats) -> Pixels:
    return np.asarray(np.clip(np.rint(rgb + change[..., None]), 0, 255), np.uint8)
