"""Pictures painted by code, for content that photographs lack; all the same on every machine."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from provenance.demo import paint_landscape

Pixels = NDArray[np.uint8]

SIZE = WIDTH, HEIGHT = 1280, 1024
_WORDS = "a mark nobody sees says who made the picture and when so readers may ask years later"


def _rng(name: str) -> np.random.Generator:
    return np.random.default_rng([7, *name.encode()])


def illustration() -> Pixels:
    """Flat colours with sharp edges: hills, a sun, trees, houses."""
    rng, wide = _rng("illustration"), (2 * WIDTH, 2 * HEIGHT)
    image = Image.new("RGB", wide, (142, 205, 222))
    draw = ImageDraw.Draw(image)
    draw.ellipse((1700, 220, 2100, 620), fill=(255, 214, 110))
    x = np.arange(wide[0] + 1)
    for depth, colour in enumerate(((112, 170, 150), (76, 142, 116), (48, 104, 88))):
        line = 1000 + 320 * depth + 110 * np.sin(x / (330 - 60 * depth) + rng.uniform(0, 6))
        draw.polygon([*zip(x.tolist(), line.tolist(), strict=True), wide, (0, wide[1])], colour)
        for at in rng.integers(60, wide[0] - 60, 14).tolist():
            foot, tall = int(line[at]), int(rng.integers(90, 190))
            draw.rectangle((at - 8, foot - tall // 2, at + 8, foot + 10), fill=(92, 62, 50))
            tree = ((at - tall // 2, foot - tall // 3), (at + tall // 2, foot - tall // 3))
            draw.polygon([*tree, (at, foot - tall - tall // 2)], fill=(30, 84 + 20 * depth, 70))
    for left in (300, 620, 1500):
        draw.rectangle((left, 1640, left + 220, 1860), fill=(238, 226, 200))
        roof = [(left - 30, 1640), (left + 250, 1640), (left + 110, 1510)]
        draw.polygon(roof, fill=(196, 84, 68))
    return np.asarray(image.resize(SIZE, Image.Resampling.LANCZOS))


def pixel_art() -> Pixels:
    """Squares of eight pixels in sixteen colours."""
    small = Image.fromarray(paint_landscape()).resize(
        (WIDTH // 8, HEIGHT // 8), Image.Resampling.BOX
    )
    few = small.quantize(16, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
    return np.asarray(few.resize(SIZE, Image.Resampling.NEAREST))


def text_page() -> Pixels:
    """Black text on white, as in a scan or a screenshot of an article."""
    rng, page = _rng("text_page"), Image.new("L", SIZE, 252)
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(size=22)
    draw.text((90, 50), "On the origin of pictures", 20, ImageFont.load_default(size=48))
    for row in range(150, HEIGHT - 60, 32):
        draw.text((90, row), " ".join(rng.choice(_WORDS.split(), 20)), 30, font)
    draw.rectangle((WIDTH - 90, 0, WIDTH, HEIGHT), fill=252)
    return np.asarray(page.convert("RGB"))


def night_sky() -> Pixels:
    """Almost black, a faint gradient, stars and a band of haze, with a sensor's noise."""
    rng = _rng("night_sky")
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    band = np.exp(-(((y - 300 - 0.35 * x) / 130) ** 2))
    light = 9 + 14 * y / HEIGHT + 26 * band * (0.7 + 0.3 * _lumps(rng, 24))
    stars = np.zeros((HEIGHT, WIDTH), np.float32)
    at = rng.integers(0, HEIGHT, 1400), rng.integers(0, WIDTH, 1400)
    stars[at] = 60 * rng.pareto(1.3, 1400).clip(0.1, 30)
    glow = ndimage.gaussian_filter(stars, 1.1)
    colour = np.array((0.85, 0.92, 1.15), np.float32)
    noise = rng.normal(0, 1.5, (HEIGHT, WIDTH, 3))
    return _rounded((light + glow)[..., None] * colour + noise)


def noise_texture() -> Pixels:
    """Lumps of all sizes, like plaster or wool."""
    rng = _rng("noise_texture")
    plane = sum(_lumps(rng, 8 * 2**octave) * 0.62**octave for octave in range(7))
    return _rounded(128 + 42 * np.asarray(plane)[..., None] * np.array((1.0, 0.93, 0.8)))


def _lumps(rng: np.random.Generator, across: int) -> NDArray[np.float32]:
    """Smooth noise of unit spread, ``across`` lumps wide."""
    grid = rng.standard_normal((across * HEIGHT // WIDTH + 2, across + 2)).astype(np.float32)
    return np.asarray(Image.fromarray(grid).resize(SIZE, Image.Resampling.BICUBIC))


def _rounded(values: NDArray[np.floating[Any]]) -> Pixels:
    return np.asarray(np.clip(np.rint(values), 0, 255), dtype=np.uint8)


PAINTED: dict[str, Callable[[], Pixels]] = {
    "landscape": cache(paint_landscape),
    "illustration": cache(illustration),
    "pixel_art": cache(pixel_art),
    "text_page": cache(text_page),
    "night_sky": cache(night_sky),
    "noise_texture": cache(noise_texture),
}
"""Painters by the name of what they paint; each paints once per process."""
