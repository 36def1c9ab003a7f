"""Where pixels lie: size, crop, turn, shape."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.attacks.base import Transform, plain
from provenance.demo import transforms

_BICUBIC = Image.Resampling.BICUBIC


def stretched(across: float, down: float) -> Transform:
    """Width and height times a factor each."""
    return plain(transforms.scale(across, down))


def resized(factor: float) -> Transform:
    return stretched(factor, factor)


def fitted(side: int) -> Transform:
    """Shrunk to this long side, as an upload does; a smaller picture stays."""

    def fit(image: Image.Image) -> Image.Image:
        factor = side / max(image.size)
        return image if factor >= 1 else resized(factor)(image, np.random.default_rng(0))

    return plain(fit)


def back(step: Transform) -> Transform:
    """A step, and then resized to the size before it."""

    def run(image: Image.Image, rng: np.random.Generator) -> Image.Image:
        return step(image, rng).resize(image.size, _BICUBIC)

    return run


def cropped_to(width: int, height: int) -> Transform:
    """A part of this size from anywhere; what is smaller stays."""

    def crop(image: Image.Image, rng: np.random.Generator) -> Image.Image:
        w, h = min(width, image.width), min(height, image.height)
        x, y = int(rng.integers(0, image.width - w + 1)), int(rng.integers(0, image.height - h + 1))
        return image.crop((x, y, x + w, y + h))

    return crop


def cropped(area: float) -> Transform:
    """A part of the same shape with this share of the area, from anywhere."""
    side = math.sqrt(area)

    def crop(image: Image.Image, rng: np.random.Generator) -> Image.Image:
        return cropped_to(round(image.width * side), round(image.height * side))(image, rng)

    return crop


def turned(degrees: float) -> Transform:
    """Turned on a black ground that shows all corners."""
    return plain(lambda image: image.rotate(degrees, _BICUBIC, expand=True))


def turned_inside(degrees: float) -> Transform:
    """Turned, and cut to the largest rectangle of the same shape that shows no ground."""

    def turn(image: Image.Image) -> Image.Image:
        w, h = image.size
        share = transforms.find_inner_share(image.size, degrees)
        x, y = math.ceil(w * (1 - share) / 2) + 1, math.ceil(h * (1 - share) / 2) + 1
        return image.rotate(degrees, _BICUBIC).crop((x, y, w - x, h - y))

    return plain(turn)


def turned_anyhow(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Any angle of the circle."""
    return turned(float(rng.uniform(-180, 180)))(image, rng)


def sheared(across: float, down: float) -> Transform:
    """Slanted by these angles in degrees, inside the same frame."""
    a, b = math.tan(math.radians(across)), math.tan(math.radians(down))

    def shear(image: Image.Image) -> Image.Image:
        x, y = image.width / 2, image.height / 2
        data = (1, a, -a * y, b, 1, -b * x)
        return image.transform(image.size, Image.Transform.AFFINE, data, _BICUBIC)

    return plain(shear)


def tilted(share: float) -> Transform:
    """Seen at an angle: each corner moved inwards by up to this share of the sides."""

    def tilt(image: Image.Image, rng: np.random.Generator) -> Image.Image:
        frame = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * image.size
        data = warp_of(frame, corners_inwards(image.size, share, rng))
        return image.transform(image.size, Image.Transform.PERSPECTIVE, data, _BICUBIC)

    return tilt


def corners_inwards(
    size: tuple[int, int], share: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """The corners of a frame, each moved inwards by up to a share of the sides: shape (4, 2)."""
    frame = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * size
    inwards = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)]) * size
    return np.asarray(frame + inwards * rng.uniform(0, share, (4, 2)))


def warp_of(frame: NDArray[np.float64], seen: NDArray[np.float64]) -> list[float]:
    """The eight numbers of the projective map, as Pillow takes it, from frame to what is seen."""
    rows = [((x, y, 1, 0, 0, 0), (0, 0, 0, x, y, 1)) for x, y in frame]
    left = np.array([row for pair in rows for row in pair], float)
    ends = -seen.reshape(-1, 1) * np.repeat(frame, 2, axis=0)
    found: list[float] = np.linalg.solve(np.hstack((left, ends)), seen.ravel()).tolist()
    return found


def transposed(method: Image.Transpose) -> Transform:
    """Quarter turns and flips, exact."""
    return plain(transforms.transpose(method))


mirrored = plain(transforms.mirror)
