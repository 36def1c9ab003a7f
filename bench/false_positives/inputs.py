"""Pictures without a mark, of every sort that might be taken for a marked one.

Each is made from its name and number alone, so that any of them can be had again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, ImageOps
from scipy import fft

Pixels = NDArray[np.uint8]
Rng = np.random.Generator

MAX_PIXELS = 800 * 800
"""Larger pictures are scaled down, so that thousands can be looked at."""
BUNDLED = (
    *("astronaut.png", "brick.png", "camera.png", "cell.png", "chelsea.png", "chessboard_GRAY.png"),
    *("clock_motion.png", "coffee.png", "coins.png", "grass.png", "gravel.png", "horse.png"),
    *("hubble_deep_field.jpg", "ihc.png", "moon.png", "motorcycle_left.png", "page.png"),
    *("motorcycle_right.png", "phantom.png", "retina.jpg", "rocket.jpg", "text.png"),
)
"""The pictures inside scikit-image's wheel."""


@cache
def files(folder: Path) -> tuple[Path, ...]:
    """A corpus folder's pictures, in order of name."""
    return tuple(path for path in sorted(folder.glob("*")) if path.suffix not in (".tsv", ".md"))


@cache
def bundled() -> tuple[Path, ...]:
    import skimage

    folder = Path(skimage.__file__).parent / "data"
    return tuple(folder / name for name in BUNDLED if (folder / name).exists())


def load(path: Path, most: int = MAX_PIXELS) -> Pixels:
    """A file's pixels on white, at most ``most`` of them."""
    with Image.open(path) as opened:
        deep = opened.mode.startswith("I")
        whole = Image.fromarray((np.asarray(opened) >> 8).astype(np.uint8)) if deep else opened
        image = whole.convert("RGBA")
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return np.asarray(resized(image, (most / (image.width * image.height)) ** 0.5))


def resized(image: Image.Image, factor: float, most: float = 1.0) -> Image.Image:
    """Scaled by a factor, or by ``most`` if that is less."""
    width, height = (max(1, round(side * min(factor, most))) for side in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS)


def cropped(image: Image.Image, width: int, height: int, rng: Rng) -> Image.Image:
    """A part of this size, anywhere; the whole side where that is shorter."""
    x = int(rng.integers(0, max(1, image.width - width + 1)))
    y = int(rng.integers(0, max(1, image.height - height + 1)))
    return image.crop((x, y, min(x + width, image.width), min(y + height, image.height)))


def saved(image: Image.Image, kind: str, quality: int) -> Image.Image:
    """Compressed, and read again."""
    buffer = BytesIO()
    image.save(buffer, kind, quality=quality)
    return Image.open(buffer).convert("RGB")


def handled(rgb: Pixels, rng: Rng) -> Pixels:
    """Crop, scale, turn, mirror and compress at random, as copies that go round are."""
    image = Image.fromarray(rgb)
    share = rng.uniform(0.25, 1.0)
    if rng.random() < 0.7:
        width, height = (max(32, int(side * share)) for side in image.size)
        image = cropped(image, width, height, rng)
    if rng.random() < 0.6:
        factor = rng.uniform(200, 1000) / min(image.size)
        image = resized(image, factor, (MAX_PIXELS / (image.width * image.height)) ** 0.5)
    if rng.random() < 0.2:
        image = image.rotate(rng.uniform(-45, 45), Image.Resampling.BICUBIC)
    if rng.random() < 0.2:
        image = ImageOps.mirror(image)
    if rng.random() < 0.7:
        image = saved(image, ("JPEG", "WEBP")[int(rng.random() < 0.3)], int(rng.integers(10, 96)))
    return np.asarray(image)


def _size(rng: Rng) -> tuple[int, int]:
    return int(rng.integers(96, 900)), int(rng.integers(96, 900))


def _coloured(values: NDArray[np.float64], contrast: float, rng: Rng) -> Pixels:
    """Values of deviation 1 as grey or tinted pixels."""
    tint = rng.uniform(0.6, 1.0, 3) if rng.random() < 0.5 else np.ones(3)
    return np.clip(128 + contrast * values[..., None] * tint, 0, 255).astype(np.uint8)


def _field(height: int, width: int, slope: float, rng: Rng) -> NDArray[np.float64]:
    """Gaussian noise whose amplitude falls with frequency; deviation 1."""
    radius = np.hypot(fft.fftfreq(height)[:, None], fft.rfftfreq(width))
    shape = np.maximum(radius, 1 / max(height, width)) ** -slope
    shape[0, 0] = 0
    field = fft.irfft2(fft.rfft2(rng.normal(size=(height, width))) * shape, (height, width))
    return np.asarray(field / field.std())


def noise(rng: Rng) -> Pixels:
    """A field of noise, white to 1/f**2, sometimes of two levels."""
    field = _field(*_size(rng), rng.uniform(0, 2), rng)
    field = np.sign(field) if rng.random() < 0.3 else field
    return _coloured(field, rng.uniform(2, 60), rng)


def gradient(rng: Rng) -> Pixels:
    """A smooth gradient between colours, perhaps dithered."""
    height, width = _size(rng)
    y, x = np.mgrid[:height, :width] / max(height, width)
    angle, bend = rng.uniform(0, 2 * np.pi), rng.uniform(-1, 1)
    ramp = x * np.cos(angle) + y * np.sin(angle) + bend * (x * x + y * y)
    ramp = (ramp - ramp.min()) / (np.ptp(ramp) + 1e-9)
    first, second = rng.uniform(0, 255, (2, 3))
    dither = rng.uniform(0, 1, (height, width, 1)) * (rng.random() < 0.4)
    values = first + ramp[..., None] * (second - first) + dither
    return np.asarray(values.clip(0, 255), dtype=np.uint8)


def waves(rng: Rng) -> Pixels:
    """A sum of gratings, as few as one."""
    height, width = _size(rng)
    y, x = np.mgrid[:height, :width]
    vectors = rng.uniform(-0.3, 0.3, (int(rng.integers(1, 40)), 2))
    values = np.zeros((height, width))
    for a, b in vectors:
        values += np.cos(2 * np.pi * (a * x + b * y + rng.random()))
    return _coloured(values / len(vectors) ** 0.5, rng.uniform(5, 90), rng)


def checks(rng: Rng) -> Pixels:
    """Slanted checks."""
    height, width = _size(rng)
    y, x = np.mgrid[:height, :width]
    a, b, turn = *rng.uniform(2, 40, 2), rng.uniform(-1, 1)
    values = np.sign(np.sin((x + turn * y) / a) * np.sin((y - turn * x) / b))
    return _coloured(values, rng.uniform(5, 90), rng)


def tiles(rng: Rng) -> Pixels:
    """A random tile repeated: often with a period that the mark's own tile has, or half of it."""
    height, width = _size(rng)
    side = (64, 128, 256, int(rng.integers(8, 300)))[int(rng.integers(0, 4))]
    tile = _field(side, side, rng.uniform(0, 1), rng)
    rows, columns = -(-height // side), -(-width // side)
    values = np.tile(tile, (rows, columns))[:height, :width]
    return _coloured(values, rng.uniform(5, 60), rng)


def pixel_art(rng: Rng) -> Pixels:
    """Few colours in large square pixels."""
    height, width, block = *_size(rng), int(rng.integers(2, 20))
    palette = rng.integers(0, 256, (int(rng.integers(2, 17)), 3))
    smooth = _field(-(-height // block), -(-width // block), 2.0, rng)
    rank = smooth.argsort(axis=None).argsort().reshape(smooth.shape)
    large = palette[rank * len(palette) // smooth.size].repeat(block, 0).repeat(block, 1)
    return np.asarray(large[:height, :width].astype(np.uint8))


def constant(rng: Rng) -> Pixels:
    """One colour, or one with a single spot."""
    height, width = _size(rng)
    rgb = np.full((height, width, 3), rng.integers(0, 256, 3), dtype=np.uint8)
    if rng.random() < 0.7:
        spot, y, x = rng.integers(1, 30), rng.integers(0, height), rng.integers(0, width)
        rgb[y : y + spot, x : x + spot] = rng.integers(0, 256, 3)
    return rgb


def screen(rng: Rng) -> Pixels:
    """Text, buttons and lines, as on a screen."""
    height, width = _size(rng)
    ground, ink = ("#1e1e1e", "white") if rng.random() < 0.5 else ("white", "black")
    image = Image.new("RGB", (width, height), ground)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size=int(rng.integers(9, 24)))
    for _ in range(int(rng.integers(2, 12))):
        x, y, w, h = rng.integers(0, max(height, width), 4).tolist()
        red, green, blue = rng.integers(0, 256, 3).tolist()
        draw.rectangle((x, y, x + w // 4, y + h // 6), (red, green, blue))
    for y in range(4, height, int(rng.integers(14, 40))):
        line = bytes(rng.integers(97, 123, int(rng.integers(5, 90))).tolist()).decode()
        draw.text((int(rng.integers(2, 40)), y), line, ink, font)
    return np.asarray(image)


PAINTED: dict[str, tuple[int, Callable[[Rng], Pixels]]] = {
    "noise": (500, noise),
    "gradients": (200, gradient),
    "gratings": (250, waves),
    "checks": (150, checks),
    "repeated tiles": (400, tiles),
    "pixel art": (250, pixel_art),
    "constant": (60, constant),
    "screens": (250, screen),
}
"""How many of each, and how one is painted."""
COPIES = {"generated": 30, "photos": 30, "hard": 15, "scikit-image": 30}
"""Inputs from each file: the picture, then copies handled at random."""
MISTREATED = 0.3
"""Share of the painted ones that are handled as well."""


@dataclass(frozen=True)
class Unmarked:
    """One input: its sort, and its number or its file and copy."""

    sort: str
    number: int
    path: Path | None = None

    @property
    def name(self) -> str:
        """The same on every machine."""
        return self.path.name if self.path else self.sort

    def pixels(self) -> Pixels:
        """Make it: uint8, shape (height, width, 3)."""
        rng = np.random.default_rng([self.number, *self.name.encode()])
        if self.path is None:
            painted = PAINTED[self.sort][1](rng)
            return handled(painted, rng) if rng.random() < MISTREATED else painted
        rgb = load(self.path)
        return handled(rgb, rng) if self.number else rgb


def inputs(corpus: Path) -> list[Unmarked]:
    """All inputs; without the corpus only scikit-image's and the painted ones."""
    folders = {name: files(corpus / name) for name in ("generated", "photos", "hard")}
    folders["scikit-image"] = bundled()
    copies = [
        Unmarked(sort, number, path)
        for sort, paths in folders.items()
        for path in paths
        for number in range(COPIES[sort])
    ]
    painted = [Unmarked(sort, n) for sort, (count, _) in PAINTED.items() for n in range(count)]
    return copies + painted
