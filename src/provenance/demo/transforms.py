"""Steps that mistreatments are made of: functions from an RGB picture to an RGB picture.

The demo, the robustness tests and ``bench/`` share them, so "half size" is the same everywhere.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import Any

from PIL import Image

Transform = Callable[[Image.Image], Image.Image]

OFF_CENTRE = (0.63, 0.41)
"""How a crop shares out what it cuts off: this part of it from the left, and from the top.

Off centre, because a detector could get the centre of a picture right by luck."""


def chain(*steps: Transform) -> Transform:
    """Run the steps one after the other."""

    def run(image: Image.Image) -> Image.Image:
        for step in steps:
            image = step(image)
        return image

    return run


def scale(across: float, down: float | None = None) -> Transform:
    """Resize the width by one factor and the height by another, or both by the same."""
    down = across if down is None else down

    def resize(image: Image.Image) -> Image.Image:
        size = (max(1, round(image.width * across)), max(1, round(image.height * down)))
        return image.resize(size, Image.Resampling.LANCZOS)

    return resize


def crop(area: float) -> Transform:
    """Keep this share of the area, off centre, in the picture's own shape."""

    def cut(image: Image.Image) -> Image.Image:
        side = math.sqrt(area)
        width, height = round(image.width * side), round(image.height * side)
        left = round((image.width - width) * OFF_CENTRE[0])
        top = round((image.height - height) * OFF_CENTRE[1])
        return image.crop((left, top, left + width, top + height))

    return cut


def find_inner_share(size: tuple[int, int], degrees: float) -> float:
    """Return how large a turned picture's largest inner rectangle is, as a share of its sides.

    The rectangle is upright, has the picture's shape, and shows none of the ground behind it.
    """
    angle = math.radians(degrees)
    sine, cosine = abs(math.sin(angle)), abs(math.cos(angle))
    width, height = size
    return min(width / (width * cosine + height * sine), height / (width * sine + height * cosine))


def turn(degrees: float) -> Transform:
    """Turn, and keep the largest rectangle of the same shape that shows no corner."""

    def rotate(image: Image.Image) -> Image.Image:
        share = find_inner_share(image.size, degrees)
        width, height = math.floor(image.width * share), math.floor(image.height * share)
        left, top = (image.width - width) // 2, (image.height - height) // 2
        turned = image.rotate(degrees, Image.Resampling.BICUBIC)
        return turned.crop((left, top, left + width, top + height))

    return rotate


def transpose(method: Image.Transpose) -> Transform:
    """Turn by a quarter or mirror, exactly."""
    return lambda image: image.transpose(method)


def mirror(image: Image.Image) -> Image.Image:
    """Swap left and right."""
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def remove_colour(image: Image.Image) -> Image.Image:
    """Keep the grey levels only."""
    return image.convert("L").convert("RGB")


def save(image: Image.Image, format: str, **options: Any) -> bytes:  # noqa: A002  Pillow's name
    """Write a file in this format, with Pillow's options for it."""
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def resave(format: str, **options: Any) -> Transform:  # noqa: A002  Pillow's name
    """Write a file in this format, and read it again."""

    def pass_on(image: Image.Image) -> Image.Image:
        with Image.open(io.BytesIO(save(image, format, **options))) as saved:
            return saved.convert("RGB")

    return pass_on
