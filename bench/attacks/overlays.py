"""Put on top: captions, stickers, other people's visible marks."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.attacks.base import Transform


def captioned(share: float) -> Transform:
    """A black band with text over this share of the height, at the bottom."""

    def run(image: Image.Image, _: np.random.Generator) -> Image.Image:
        out, band = image.copy(), round(share * image.height)
        draw, top = ImageDraw.Draw(out), image.height - band
        draw.rectangle((0, top, *image.size), fill=(10, 10, 14))
        font = ImageFont.load_default(size=max(8, band // 2))
        middle = (image.width / 2, top + band / 2)
        draw.text(middle, "nobody expected what came next", "white", font, anchor="mm")
        return out

    return run


def stickered(share: float) -> Transform:
    """An opaque square over this share of the area, anywhere."""

    def run(image: Image.Image, rng: np.random.Generator) -> Image.Image:
        out = image.copy()
        w, h = (round(n * share**0.5) for n in image.size)
        x, y = int(rng.integers(0, image.width - w + 1)), int(rng.integers(0, image.height - h + 1))
        ImageDraw.Draw(out).rectangle((x, y, x + w, y + h), fill=(250, 204, 40))
        return out

    return run


def lettered(opacity: float) -> Transform:
    """An agency's name all over the picture, half transparent."""

    def run(image: Image.Image, _: np.random.Generator) -> Image.Image:
        step = max(24, min(image.size) // 8)
        layer, font = Image.new("RGB", image.size), ImageFont.load_default(size=step // 3)
        cover = Image.new("L", image.size)
        draw = ImageDraw.Draw(cover)
        for number, y in enumerate(range(0, image.height, step)):
            for x in range(-(number % 2) * step, image.width, 2 * step):
                draw.text((x, y), "PREVIEW", round(255 * opacity), font)
        layer.paste((255, 255, 255), (0, 0, *image.size))
        return Image.composite(layer, image, cover)

    return run


def scribbled(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Circles and strokes of a thick red pen."""
    out, width = image.copy(), max(3, min(image.size) // 80)
    draw = ImageDraw.Draw(out)
    for _ in range(4):
        (x0, x1), (y0, y1) = (np.sort(rng.uniform(0, n, 2)) for n in image.size)
        draw.ellipse((x0, y0, x1, y1), outline=(226, 30, 40), width=width)
        draw.line((x0, y1, x1, y0), fill=(226, 30, 40), width=width)
    return out
