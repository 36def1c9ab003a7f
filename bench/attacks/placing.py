"""Put into something larger: canvases, borders, screens."""

from __future__ import annotations

from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from bench.attacks.base import Transform
from bench.attacks.codecs import jpeg
from bench.attacks.geometry import resized
from provenance.demo import paint_landscape

_DARK, _GREY, _WHITE, _INK = (32, 34, 40), (226, 228, 232), (252, 252, 252), (60, 62, 70)
_LINE = "The quick brown fox jumps over the lazy dog while nobody reads the terms of use"


@cache
def other_content(size: tuple[int, int]) -> Image.Image:
    """A picture without a mark, with fine grain, to put others into."""
    scene = paint_landscape()[:, ::-1]
    image = Image.fromarray(scene).resize(size, Image.Resampling.BICUBIC)
    grain = np.random.default_rng(11).normal(0, 4, (size[1], size[0], 1))
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))


def _anywhere(image: Image.Image, canvas: Image.Image, rng: np.random.Generator) -> Image.Image:
    x = int(rng.integers(0, canvas.width - image.width + 1))
    y = int(rng.integers(0, canvas.height - image.height + 1))
    canvas.paste(image, (x, y))
    return canvas


def into_picture(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Anywhere in another picture of twice the sides."""
    size = 2 * image.width, 2 * image.height
    return _anywhere(image, other_content(size).copy(), rng)


def into_white(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Anywhere on a white canvas of twice the sides."""
    return _anywhere(image, Image.new("RGB", (2 * image.width, 2 * image.height), _WHITE), rng)


def beside(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Left or right of another picture of the same size."""
    both = Image.new("RGB", (2 * image.width, image.height))
    first = bool(rng.integers(2))
    both.paste(image, (0 if first else image.width, 0))
    both.paste(other_content(image.size), (image.width if first else 0, 0))
    return both


def bordered(share: float, colour: tuple[int, int, int]) -> Transform:
    """An even border, its width a share of the short side."""

    def run(image: Image.Image, _: np.random.Generator) -> Image.Image:
        edge = round(share * min(image.size))
        framed = Image.new("RGB", (image.width + 2 * edge, image.height + 2 * edge), colour)
        framed.paste(image, (edge, edge))
        return framed

    return run


def letterboxed(image: Image.Image, _: np.random.Generator) -> Image.Image:
    """Between blurred and darkened copies of itself, upright 9:16, as apps show wide pictures."""
    size = image.width, max(image.height, image.width * 16 // 9)
    small = image.resize((32, 48)).filter(ImageFilter.GaussianBlur(3))
    canvas = small.resize(size, Image.Resampling.BICUBIC).point(lambda v: int(v * 0.35))
    canvas.paste(image, (0, (size[1] - image.height) // 2))
    return canvas


def window(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """In a browser's window: title bar, address, text beside and below."""
    return _window(image, rng)[0]


def _window(image: Image.Image, rng: np.random.Generator) -> tuple[Image.Image, int, int]:
    """The window, and where the picture lies in it."""
    unit = max(6, min(image.size) // 40)
    left, right, top, bottom = (int(n * unit) for n in rng.uniform((2, 8, 5, 3), (8, 16, 7, 10)))
    size = left + image.width + right, top + image.height + bottom
    page, font = Image.new("RGB", size, _WHITE), ImageFont.load_default(size=unit)
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, size[0], 3 * unit), fill=_GREY)
    draw.rounded_rectangle((6 * unit, unit // 2, size[0] - unit, 5 * unit // 2), unit, fill=_WHITE)
    for dot, colour in enumerate(((236, 106, 94), (244, 190, 79), (97, 197, 84))):
        at = unit + 3 * unit * dot // 2
        draw.ellipse((at, unit, at + unit, 2 * unit), fill=colour)
    draw.text((7 * unit, unit), "https://example.org/pictures/today", _INK, font)
    for row in range(top, size[1], 3 * unit // 2):
        draw.text((left + image.width + unit, row), _LINE, _INK, font)
    for row in range(top + image.height + unit // 2, size[1], 3 * unit // 2):
        draw.text((left, row), _LINE, _INK, font)
    page.paste(image, (left, top))
    return page, left, top


def phone(image: Image.Image, _: np.random.Generator) -> Image.Image:
    """Full width on a dark upright screen of 1080 x 2340 pixels."""
    width, height = 1080, 2340
    shown = resized(min(width / image.width, 1500 / image.height))(image, np.random.default_rng(0))
    screen, font = Image.new("RGB", (width, height), _DARK), ImageFont.load_default(size=36)
    draw = ImageDraw.Draw(screen)
    draw.text((60, 30), "12:34", _GREY, font)
    draw.text((40, 180), "somebody   2 h ago", _WHITE, font)
    for row in range(1860, 2200, 60):
        draw.text((40, row), _LINE, _GREY, font)
    screen.paste(shown, ((width - shown.width) // 2, (1000 - shown.height // 2)))
    return screen


def shared_screenshot(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """One link of a chain: shown smaller in a window, cut out by hand, saved, sent on."""
    shown = resized(float(rng.uniform(0.8, 1.0)))(image, rng)
    page, x, y = _window(shown, rng)
    slack = rng.uniform(-0.02, 0.02, 4) * min(shown.size)  # a hand is off by 2 % either way
    box = (x + slack[0], y + slack[1], x + shown.width + slack[2], y + shown.height + slack[3])
    inside = np.clip(np.rint(box), 0, (*page.size, *page.size)).astype(int)
    return jpeg(int(rng.integers(70, 91)))(page.crop(tuple(inside.tolist())), rng)
