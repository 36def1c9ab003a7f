"""The list of what happens to pictures on their way through the web: bytes in, bytes out."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

from provenance.demo.transforms import Transform, chain, crop, mirror, save, scale, transpose, turn


@dataclass(frozen=True)
class Mistreatment:
    """One way to mistreat a picture.

    All but ``untouched`` write a new file from the pixels alone, so the metadata is always gone.
    """

    name: str
    suffix: str
    apply: Callable[[bytes], bytes]


def _keep(image: Image.Image) -> Image.Image:
    return image


def _brighten(image: Image.Image) -> Image.Image:
    return ImageEnhance.Contrast(ImageEnhance.Brightness(image).enhance(1.25)).enhance(1.1)


def _add_caption(image: Image.Image) -> Image.Image:
    band = image.height // 7
    framed = Image.new("RGB", (image.width, image.height + band), "white")
    framed.paste(image, (0, band))
    font = ImageFont.load_default(size=band * 0.45)
    middle = (image.width / 2, band / 2)
    ImageDraw.Draw(framed).text(middle, "you won't believe this", "black", font, anchor="mm")
    return framed


def _mistreat(name: str, format_: str, transform: Transform, **options: Any) -> Mistreatment:
    """Make the mistreatment that transforms a picture and saves it in this format."""

    def apply(data: bytes) -> bytes:
        with Image.open(io.BytesIO(data)) as image:
            changed = transform(ImageOps.exif_transpose(image).convert("RGB"))
        # A fresh picture of the same pixels: Pillow would carry ICC and EXIF over.
        bare = Image.frombytes("RGB", changed.size, changed.tobytes())
        return save(bare, format_, **options)

    return Mistreatment(name, _SUFFIXES[format_], apply)


_SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}

UNTOUCHED = Mistreatment("untouched", "", lambda data: data)
CONTROL = _mistreat("control: never stamped", "PNG", _keep)
"""Applied to the picture before it was stamped, to show what the verifier says then."""

MISTREATMENTS = (
    UNTOUCHED,
    _mistreat("metadata stripped", "PNG", _keep),
    _mistreat("JPEG, quality 50", "JPEG", _keep, quality=50),
    _mistreat("WebP, quality 60", "WEBP", _keep, quality=60),
    _mistreat("half size", "PNG", scale(0.5)),
    _mistreat("half cropped away", "PNG", crop(0.5)),
    _mistreat("turned 7 degrees, cropped", "PNG", turn(7)),
    _mistreat("quarter turn", "PNG", transpose(Image.Transpose.ROTATE_90)),
    _mistreat("mirrored", "PNG", mirror),
    _mistreat("brighter, more contrast", "JPEG", _brighten, quality=85),
    _mistreat("screenshot: 71 %, JPEG 75", "JPEG", scale(0.71), quality=75),
    _mistreat("caption above", "JPEG", _add_caption, quality=85),
    _mistreat("crop, 60 %, JPEG 60", "JPEG", chain(crop(0.7), scale(0.6)), quality=60),
)
"""The rows of the demo, in order: from untouched to several things at once."""
