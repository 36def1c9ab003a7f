"""Marks through what happens to pictures: every bundled photograph, none left out.

A picture that is not read is a miss; how many an attack may miss was measured, and is stated where
it is not none. A wrong payload is never allowed. ``bench/`` measures more, and how close it is.

Large pictures take most of the time and are the easier ones. Outside CI each attack is tried on one
of the seven, and the next attack on the next; on all seven where they are small.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from provenance import watermark
from provenance.demo.transforms import Transform, chain, crop, mirror, remove_colour, resave, scale
from provenance.watermark import Payload
from tests.once import once

PAYLOAD = Payload(producer=0x8ACE5, model=77, minute=1_521_000, serial=123_456_789).pack()


def rotated(degrees: float) -> Transform:
    """Same canvas and black corners; quarter turns are exact."""
    whole = degrees % 90 == 0
    return lambda image: image.rotate(degrees, Image.Resampling.BICUBIC, expand=whole)


def noisy(deviation: float) -> Transform:
    def attack(image: Image.Image) -> Image.Image:
        pixels = np.asarray(image, dtype=np.float64)
        changed = pixels + np.random.default_rng(1).normal(0, deviation, pixels.shape)
        return Image.fromarray(np.clip(np.rint(changed), 0, 255).astype(np.uint8))

    return attack


def tilted(image: Image.Image) -> Image.Image:
    """As photographed from a little to the left and above."""
    w, h = image.size
    seen = ((0.02 * w, 0.01 * h), (w, 0), (0.994 * w, h), (0, 0.98 * h))
    rows, values = [], []
    for (x, y), (u, v) in zip(seen, ((0, 0), (w, 0), (w, h), (0, h)), strict=True):
        rows += [(x, y, 1, 0, 0, 0, -u * x, -u * y), (0, 0, 0, x, y, 1, -v * x, -v * y)]
        values += [u, v]
    warp = np.linalg.solve(np.array(rows), np.array(values)).tolist()
    perspective, bicubic = Image.Transform.PERSPECTIVE, Image.Resampling.BICUBIC
    return image.transform(image.size, perspective, warp, bicubic)


def pasted(image: Image.Image) -> Image.Image:
    """Onto a page half again as large."""
    page = Image.new("RGB", (image.width * 3 // 2, image.height * 3 // 2), (238, 240, 243))
    page.paste(image, (image.width // 5, image.height // 3))
    return page


def captioned(image: Image.Image) -> Image.Image:
    covered = image.copy()
    ImageDraw.Draw(covered).rectangle((0, image.height * 7 // 8, *image.size), fill=(12, 12, 12))
    return covered


def within(longest: int) -> Transform:
    """Shrunk so that the longer side is at most this, as upload services do."""
    return lambda image: scale(min(1.0, longest / max(image.size)))(image)


ATTACKS: dict[str, Transform] = {
    "untouched": lambda image: image,
    "JPEG 75": resave("JPEG", quality=75),
    "JPEG 50": resave("JPEG", quality=50),
    "JPEG 30": resave("JPEG", quality=30),
    "JPEG 20": resave("JPEG", quality=20),
    "WebP 80": resave("WEBP", quality=80),
    "WebP 50": resave("WEBP", quality=50),
    "AVIF 50": resave("AVIF", quality=50, speed=8),
    "256 colours": lambda image: image.quantize(256).convert("RGB"),
    "three quarters": scale(0.75),
    "half size": scale(0.5),
    "double size": scale(2),
    "half size and back": chain(scale(0.5), scale(2)),
    "stretched": scale(1.1, 0.95),
    "crop to 75 %": crop(0.75),
    "crop to 50 %": crop(0.5),
    "crop to 25 %": crop(0.25),
    "turned 1": rotated(1),
    "turned 5": rotated(5),
    "turned 15": rotated(15),
    "turned 45": rotated(45),
    "turned 90": rotated(90),
    "turned 180": rotated(180),
    "turned -100": rotated(-100),
    "tilted": tilted,
    "mirrored": mirror,
    "mirrored and turned 30": chain(mirror, rotated(30)),
    "noise 10": noisy(10),
    "noise 20": noisy(20),
    "blur 1": lambda image: image.filter(ImageFilter.GaussianBlur(1)),
    "median 3": lambda image: image.filter(ImageFilter.MedianFilter(3)),
    "sharpened": lambda image: image.filter(ImageFilter.SHARPEN),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.25),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.75),
    "contrast": lambda image: ImageEnhance.Contrast(image).enhance(1.3),
    "equalised": ImageOps.equalize,
    "grey": remove_colour,
    "two colours mixed": lambda image: ImageEnhance.Color(image).enhance(0.4),
    "inverted": ImageOps.invert,
    "captioned": captioned,
    "pasted on a page": pasted,
    "screenshot": chain(scale(0.7), resave("JPEG", quality=75)),
    "upload": chain(within(1080), resave("JPEG", quality=70)),
    "crop and JPEG": chain(crop(0.75), resave("JPEG", quality=60)),
    "turned, cropped, JPEG": chain(rotated(3), crop(0.75), resave("JPEG", quality=75)),
}

SIDES = (512, 1024)
LARGE = 7 if os.environ.get("CI") else 1  # of the photographs


@pytest.fixture(scope="module")
def marked(
    photographs: Mapping[str, NDArray[np.uint8]], tmp_path_factory: pytest.TempPathFactory
) -> dict[int, dict[str, Image.Image]]:
    """Each photograph at each short side, marked."""

    def make(folder: Path) -> None:
        for side, (name, rgb) in product(SIDES, photographs.items()):
            pixels = np.asarray(mark(Image.fromarray(rgb), side))
            np.save(folder / f"{side}-{name}.npy", pixels)

    folder = once(tmp_path_factory, "marked", make)
    return {
        side: {
            name: Image.fromarray(np.load(folder / f"{side}-{name}.npy")) for name in photographs
        }
        for side in SIDES
    }


def mark(image: Image.Image, side: int) -> Image.Image:
    whole = scale(side / min(image.size))(image)
    return Image.fromarray(watermark.embed(np.asarray(whole), PAYLOAD))


def missed(pictures: Mapping[str, Image.Image], attack: Transform) -> list[str]:
    """Names of the pictures that are not read after an attack."""
    found = {n: watermark.detect(np.asarray(attack(image))) for n, image in pictures.items()}
    assert {each.payload for each in found.values() if each} <= {PAYLOAD}
    return [name for name, each in found.items() if each is None]


# Measured: of 7 photographs of 512 pixels JPEG 20 loses two and leaves two more near the limit;
# WebP 50 leaves the night sky over the rocket near it. All else has 3 deviations to spare.
MISSES = {("JPEG 20", 512): 3, ("WebP 50", 512): 1, ("WebP 50", 1024): 1}


def tried(pictures: Mapping[str, Image.Image], attack: str, side: int) -> dict[str, Image.Image]:
    """Pictures on which an attack is tried: the large ones take turns."""
    count = LARGE if side == max(SIDES) else len(pictures)
    first = list(ATTACKS).index(attack) * count
    names = [*pictures] * 2
    return {name: pictures[name] for name in names[first % len(pictures) :][:count]}


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("name", ATTACKS)
def test_every_photograph_is_read(
    marked: dict[int, dict[str, Image.Image]], name: str, side: int
) -> None:
    misses = missed(tried(marked[side], name, side), ATTACKS[name])
    assert len(misses) <= MISSES.get((name, side), 0), misses


CORPUS_ATTACKS = (
    "JPEG 50",
    "WebP 80",
    "half size",
    "stretched",
    "crop to 50 %",
    "turned 5",
    "mirrored",
    "screenshot",
)


# Measured: WebP smooths a flat drawing of 512 pixels so much that its mark is lost.
CORPUS_MISSES = {"WebP 80": ["anima_cat.png"]}


@pytest.fixture(scope="module")
def marked_corpus(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Image.Image]:
    """Every tenth picture of the corpus, photographs and generated ones, marked at 1024 at most."""
    paths = [path for part in ("generated", "photos") for path in sorted((corpus / part).iterdir())]

    def make(folder: Path) -> None:
        for path in paths[::10]:
            with Image.open(path) as image:
                upright = ImageOps.exif_transpose(image).convert("RGB")
            pixels = np.asarray(mark(upright, min(1024, *upright.size)))
            np.save(folder / f"{path.name}.npy", pixels)

    made = once(tmp_path_factory, "marked-corpus", make)
    return {file.stem: Image.fromarray(np.load(file)) for file in sorted(made.iterdir())}


@pytest.mark.corpus
@pytest.mark.parametrize("name", CORPUS_ATTACKS)
def test_the_corpus_is_read(marked_corpus: dict[str, Image.Image], name: str) -> None:
    assert set(missed(marked_corpus, ATTACKS[name])) <= set(CORPUS_MISSES.get(name, []))
