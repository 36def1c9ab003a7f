"""Lossy files: written and read again."""

from __future__ import annotations

from PIL import Image

from bench.attacks.base import Transform, plain
from provenance.demo.transforms import resave


def jpeg(quality: int, *, full_colour: bool = False, progressive: bool = False) -> Transform:
    """JPEG with halved colour (4:2:0), as nearly everything on the web, or in full (4:4:4)."""
    subsampling = "4:4:4" if full_colour else "4:2:0"
    return plain(resave("JPEG", quality=quality, subsampling=subsampling, progressive=progressive))


def webp(quality: int) -> Transform:
    return plain(resave("WEBP", quality=quality, method=4))


def avif(quality: int) -> Transform:
    return plain(resave("AVIF", quality=quality, speed=8))


def palette(colours: int) -> Transform:
    """As GIF and PNG-8: few colours, dithered."""

    def reduce(image: Image.Image) -> Image.Image:
        few = image.quantize(colours, Image.Quantize.MEDIANCUT)
        return few.convert("RGB")

    return plain(reduce)
