"""Short films made from still pictures: what a camera, an editor and a generator do with them.

Every clip has 25 frames a second of 1280 x 720 pixels, and no sound. It is the same in every run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.attacks.base import generator
from bench.pictures import choose, sources

Pixels = NDArray[np.uint8]
Box = tuple[float, float, float, float]

SIZE = WIDTH, HEIGHT = 1280, 720
RATE = 25
GRAIN = 4.0
"""Grey levels: standard deviation of the noise of a camera at night, new in every frame."""


def _load(picture: str) -> Image.Image:
    """A picture that covers more than a frame."""
    image = Image.fromarray(sources()[picture].load(1080))
    if image.width < image.height:
        image = image.crop((0, 0, image.width, max(int(image.width / WIDTH * HEIGHT), 1)))
    return image


def _show(image: Image.Image, box: Box) -> Pixels:
    return np.asarray(image.resize(SIZE, Image.Resampling.BICUBIC, box=box))


def _frame(image: Image.Image, size: float, across: float, down: float) -> Box:
    """A part of a picture in a frame's shape: its size and place as shares of what there is."""
    width = min(image.width, image.height * WIDTH / HEIGHT) * size
    height = width * HEIGHT / WIDTH
    left, top = (image.width - width) * across, (image.height - height) * down
    return left, top, left + width, top + height


def pan(pictures: list[str], frames: int) -> Iterator[Pixels]:
    """A camera turns evenly, over a tenth of the picture a second."""
    image = _load(pictures[0])
    for number in range(frames):
        yield _show(image, _frame(image, 0.7, 0.1 + 0.1 * number / RATE, 0.5))


def zoom(pictures: list[str], frames: int) -> Iterator[Pixels]:
    """A camera comes nearer."""
    image = _load(pictures[0])
    for number in range(frames):
        yield _show(image, _frame(image, 0.95 - 0.3 * number / frames, 0.4, 0.6))


def still(pictures: list[str], frames: int) -> Iterator[Pixels]:
    """Nothing moves but the grain."""
    image = _load(pictures[0])
    shown = _show(image, _frame(image, 0.9, 0.5, 0.5)).astype(np.float32)
    noise = generator("grain", pictures[0])
    for _ in range(frames):
        grain = noise.normal(0, GRAIN, (HEIGHT, WIDTH, 1)).astype(np.float32)
        yield np.clip(np.rint(shown + grain), 0, 255).astype(np.uint8)


def cuts(pictures: list[str], frames: int) -> Iterator[Pixels]:
    """Three scenes, each of a slow pan, with hard cuts."""
    images = [_load(each) for each in pictures]
    for number in range(frames):
        scene = number * len(images) // frames
        moved = (number * len(images) / frames) % 1
        yield _show(images[scene], _frame(images[scene], 0.8, 0.3 + 0.2 * moved, 0.4))


def fades(pictures: list[str], frames: int) -> Iterator[Pixels]:
    """One scene is blended into another for half of the time, while both move."""
    first, second = (_load(each) for each in pictures[:2])
    for number in range(frames):
        moved = number / frames
        share = float(np.clip(2 * moved - 0.5, 0, 1))
        one = _show(first, _frame(first, 0.8, 0.2 + 0.2 * moved, 0.5)).astype(np.float32)
        two = _show(second, _frame(second, 0.7 + 0.2 * moved, 0.5, 0.5))
        yield np.rint(one + share * (two - one)).astype(np.uint8)


def shaken(pictures: list[str], frames: int) -> Iterator[Pixels]:
    """A hand holds the camera: the picture trembles by some pixels, with grain."""
    image = _load(pictures[0])
    chance = generator("shaken", pictures[0])
    across, down = np.cumsum(chance.normal(0, 0.004, (2, frames)), axis=1) + 0.5
    for number in range(frames):
        box = _frame(image, 0.75, float(np.clip(across[number], 0, 1)), float(down[number]))
        grain = chance.normal(0, GRAIN / 2, (HEIGHT, WIDTH, 1))
        yield np.clip(np.rint(_show(image, box) + grain), 0, 255).astype(np.uint8)


KINDS: dict[str, Callable[[list[str], int], Iterator[Pixels]]] = {
    "pan": pan,
    "zoom": zoom,
    "cuts": cuts,
    "fades": fades,
    "still": still,
    "shaken": shaken,
}


CLIPS = 50
"""Clips that there are; a run takes the first of them."""


def choose_clips(count: int) -> dict[str, tuple[str, list[str]]]:
    """The first clips by name: a kind and its pictures; kinds in turn, over all pictures."""
    names = choose(720, origins=("corpus",)) or choose(720)
    found = {}
    for number in range(min(count, CLIPS)):
        kind = list(KINDS)[number % len(KINDS)]
        pictures = [names[(7 * number + 3 * step) % len(names)] for step in range(3)]
        found[f"{number} {kind}, {pictures[0]}"] = kind, pictures
    return found
