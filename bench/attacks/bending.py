"""Bent: by chance, by a lens, by a page or a screen that isn't flat."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from bench.attacks.base import Transform

Floats = NDArray[np.float64]


def displaced(image: Image.Image, x: Floats, y: Floats) -> Image.Image:
    """Take each pixel from a place (cubic splines; what lies outside is mirrored)."""
    pixels = np.asarray(image, np.float32)
    seen = [
        ndimage.map_coordinates(pixels[..., n], (y, x), order=3, mode="mirror") for n in range(3)
    ]
    return Image.fromarray(np.clip(np.rint(np.stack(seen, -1)), 0, 255).astype(np.uint8))


def places(image: Image.Image) -> tuple[Floats, Floats]:
    """Column and row of each pixel."""
    y, x = np.mgrid[0 : image.height, 0 : image.width].astype(np.float64)
    return x, y


def warped(deviation: float, reach: float) -> Transform:
    """Elastic: white noise smoothed by a Gaussian of ``reach`` px, scaled to a deviation in px.

    Each of the two components of the displacement has that deviation; the greatest is 3 to 4 times
    as large.
    """

    def bend(image: Image.Image, rng: np.random.Generator) -> Image.Image:
        fields = rng.normal(size=(2, image.height, image.width))
        smooth = [ndimage.gaussian_filter(each, reach, mode="reflect") for each in fields]
        dx, dy = (deviation * each / each.std() for each in smooth)
        x, y = places(image)
        return displaced(image, x + dx, y + dy)

    return bend


def through_lens(share: float) -> Transform:
    """Barrel distortion: the corners come inwards by this share of their distance."""

    def bend(image: Image.Image, _: np.random.Generator) -> Image.Image:
        x, y = places(image)
        u, v = x - (image.width - 1) / 2, y - (image.height - 1) / 2
        far = (image.width**2 + image.height**2) / 4
        outwards = 1 + share * (u * u + v * v) / far
        return displaced(image, x + u * (outwards - 1), y + v * (outwards - 1))

    return bend


def on_page(share: float) -> Transform:
    """A page of a book, seen from above: its outer part flat, towards the spine it falls away.

    Columns are pressed together towards the left edge, to ``1 - share`` of their width there, and
    the lines there sag by a quarter of ``share`` of the height.
    """

    def bend(image: Image.Image, _: np.random.Generator) -> Image.Image:
        x, y = places(image)
        near = np.exp(-x / (0.25 * image.width))
        across = x + share * 0.25 * image.width * (1 - near)
        across *= (image.width - 1) / across.max()
        sag = 0.25 * share * near * (image.height / 2 - y)
        return displaced(image, across, y + sag)

    return bend


def on_curved_screen(share: float) -> Transform:
    """A screen bent around a vertical axis: its middle lies farther off, by ``share`` smaller."""

    def bend(image: Image.Image, _: np.random.Generator) -> Image.Image:
        x, y = places(image)
        u = (x - (image.width - 1) / 2) / (image.width / 2)
        v = y - (image.height - 1) / 2
        most = math.asin(0.5)
        across = np.arcsin(0.5 * u) / most
        down = v * (1 + share * (1 - u * u))
        return displaced(image, (image.width - 1) / 2 * (1 + across), (image.height - 1) / 2 + down)

    return bend


def non_local_means(image: Image.Image, _: np.random.Generator) -> Image.Image:
    """Non-local means at three grey levels: it averages what looks alike."""
    from skimage.restoration import denoise_nl_means

    pixels = np.asarray(image, np.float32) / 255
    clean = denoise_nl_means(
        pixels, patch_size=5, patch_distance=6, h=0.8 * 3 / 255, sigma=3 / 255, channel_axis=2
    )
    return Image.fromarray(np.clip(np.rint(255 * clean), 0, 255).astype(np.uint8))
