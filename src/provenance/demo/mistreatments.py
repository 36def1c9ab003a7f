"""What happens to pictures on their way through the web, for the demo: bytes in, bytes out."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

Transform = Callable[[Image.Image], Image.Image]


@dataclass(frozen=True)
class Mistreatment:
    """One way to mistreat a picture.

    Every one but ``untouched`` writes a new file from pixels alone, so the metadata is always gone.
    """

    name: str
    suffix: str
    apply: Callable[[bytes], bytes]


def _same(image: Image.Image) -> Image.Image:
    return image


def _scaled(share: float) -> Transform:
    def scale(image: Image.Image) -> Image.Image:
        size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
        return image.resize(size, Image.Resampling.LANCZOS)

    return scale


def _cropped(area: float) -> Transform:
    """Keep this share of the area, off centre."""

    def crop(image: Image.Image) -> Image.Image:
        side = math.sqrt(area)
        width, height = round(image.width * side), round(image.height * side)
        left, top = round((image.width - width) * 0.63), round((image.height - height) * 0.41)
        return image.crop((left, top, left + width, top + height))

    return crop


def _turned(degrees: float) -> Transform:
    """Turn, and keep the largest rectangle of the same shape that shows no corner."""

    def turn(image: Image.Image) -> Image.Image:
        sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
        width, height = image.size
        share = min(
            width / (width * cosine + height * sine), height / (width * sine + height * cosine)
        )
        inner = (math.floor(width * share), math.floor(height * share))
        left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
        turned = image.rotate(degrees, Image.Resampling.BICUBIC)
        return turned.crop((left, top, left + inner[0], top + inner[1]))

    return turn


def _brightened(image: Image.Image) -> Image.Image:
    return ImageEnhance.Contrast(ImageEnhance.Brightness(image).enhance(1.25)).enhance(1.1)


def _captioned(image: Image.Image) -> Image.Image:
    band = image.height // 7
    framed = Image.new("RGB", (image.width, image.height + band), "white")
    framed.paste(image, (0, band))
    font = ImageFont.load_default(size=band * 0.45)
    middle = (image.width / 2, band / 2)
    ImageDraw.Draw(framed).text(middle, "you won't believe this", "black", font, anchor="mm")
    return framed


def _quarter(image: Image.Image) -> Image.Image:
    return image.transpose(Image.Transpose.ROTATE_90)


def _mirrored(image: Image.Image) -> Image.Image:
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def _chain(*steps: Transform) -> Transform:
    def run(image: Image.Image) -> Image.Image:
        for step in steps:
            image = step(image)
        return image

    return run


def _saved(transform: Transform, format_: str, **options: Any) -> Callable[[bytes], bytes]:
    def mistreat(data: bytes) -> bytes:
        with Image.open(io.BytesIO(data)) as image:
            changed = transform(ImageOps.exif_transpose(image).convert("RGB"))
        # A fresh picture of the same pixels: Pillow would carry ICC and EXIF over.
        bare = Image.frombytes("RGB", changed.size, changed.tobytes())
        file = io.BytesIO()
        bare.save(file, format_, **options)
        return file.getvalue()

    return mistreat


UNTOUCHED = Mistreatment("untouched", "", lambda data: data)
CONTROL = Mistreatment("control: never stamped", ".png", _saved(_same, "PNG"))
"""Applied to the picture before it was stamped, to show what the verifier says then."""

MISTREATMENTS = (
    UNTOUCHED,
    Mistreatment("metadata stripped", ".png", _saved(_same, "PNG")),
    Mistreatment("JPEG, quality 50", ".jpg", _saved(_same, "JPEG", quality=50)),
    Mistreatment("WebP, quality 60", ".webp", _saved(_same, "WEBP", quality=60)),
    Mistreatment("half size", ".png", _saved(_scaled(0.5), "PNG")),
    Mistreatment("half cropped away", ".png", _saved(_cropped(0.5), "PNG")),
    Mistreatment("turned 7 degrees, cropped", ".png", _saved(_turned(7), "PNG")),
    Mistreatment("quarter turn", ".png", _saved(_quarter, "PNG")),
    Mistreatment("mirrored", ".png", _saved(_mirrored, "PNG")),
    Mistreatment("brighter, more contrast", ".jpg", _saved(_brightened, "JPEG", quality=85)),
    Mistreatment("screenshot: 71 %, JPEG 75", ".jpg", _saved(_scaled(0.71), "JPEG", quality=75)),
    Mistreatment("caption above", ".jpg", _saved(_captioned, "JPEG", quality=85)),
    Mistreatment(
        "crop, 60 %, JPEG 60",
        ".jpg",
        _saved(_chain(_cropped(0.7), _scaled(0.6)), "JPEG", quality=60),
    ),
)
"""The demo's rows, in order: from untouched to several things at once."""
