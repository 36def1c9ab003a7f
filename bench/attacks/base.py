"""What an attack is, and how several make one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
Transform = Callable[[Image.Image, np.random.Generator], Image.Image]
"""From an RGB picture to an RGB picture; all chance comes from the generator."""


def generator(*names: str) -> np.random.Generator:
    """The chance that belongs to these names, the same on every machine and in every process."""
    digest = hashlib.sha256("|".join(names).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


@dataclass(frozen=True)
class Attack:
    """One way in which a picture is changed; ``group`` is the family it is summed up with."""

    name: str
    group: str
    transform: Transform

    def __call__(self, rgb: Pixels, picture: str) -> Pixels:
        """Change the pixels; chance depends on the picture's and the attack's names only."""
        changed = self.transform(Image.fromarray(rgb), generator(picture, self.name))
        return np.array(changed.convert("RGB"))

    def shows(self, shape: tuple[int, ...], picture: str) -> NDArray[np.bool_]:
        """Which pixels of the result come from the picture: those that differ with its colour."""
        white = self(np.full(shape, 255, np.uint8), picture).astype(int)
        black = self(np.zeros(shape, np.uint8), picture).astype(int)
        return np.asarray((white - black).mean(axis=2) > 127)


def chain(*steps: Transform) -> Transform:
    """One after the other."""

    def run(image: Image.Image, rng: np.random.Generator) -> Image.Image:
        for step in steps:
            image = step(image, rng)
        return image

    return run


def plain(step: Callable[[Image.Image], Image.Image]) -> Transform:
    """A step that takes no chance."""
    return lambda image, _: step(image)
