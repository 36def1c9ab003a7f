"""The pictures that everything is measured on: those anyone has, and the corpus where it lies."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.painted import PAINTED

Pixels = NDArray[np.uint8]

BUNDLED = (
    "astronaut",
    "brick",
    "camera",
    "coffee",
    "grass",
    "gravel",
    "hubble_deep_field",
    "ihc",
    "moon",
    "motorcycle_left",
    "retina",
    "rocket",
)
"""Photographs inside scikit-image's wheel; its other pictures are small, flat or downloaded."""
MAX_ENLARGED = 1.3
"""A picture is enlarged by no more than this, as blown up ones have no fine detail."""
LONGEST = 1.6
"""Long side over short side; wider pictures are cut in the middle."""
DEFAULT_CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


@dataclass(frozen=True)
class Source:
    """One picture: where it comes from, and its file unless it is painted."""

    name: str
    origin: str
    path: Path | None = None

    @property
    def short_side(self) -> int:
        """Pixels, as stored."""
        if self.path is None:
            return int(min(PAINTED[self.name]().shape[:2]))
        with Image.open(self.path) as image:
            return min(image.size)

    def load(self, side: int) -> Pixels:
        """The picture with this short side: uint8, (height, width, 3)."""
        if self.path is None:
            image = Image.fromarray(PAINTED[self.name]())
        else:
            with Image.open(self.path) as stored:
                image = stored.convert("RGB")
        factor = side / min(image.size)
        width, height = (max(side, round(n * factor)) for n in image.size)
        image = image.resize((width, height), Image.Resampling.LANCZOS)
        width, height = min(width, int(LONGEST * side)), min(height, int(LONGEST * side))
        left, top = (image.width - width) // 2, (image.height - height) // 2
        return np.asarray(image.crop((left, top, left + width, top + height)))


def corpus_folder() -> Path:
    """Where the corpus lies, if it does."""
    return Path(os.environ.get("PROVENANCE_CORPUS", DEFAULT_CORPUS))


@cache
def sources() -> dict[str, Source]:
    """All pictures by name, in a fixed order: bundled, painted, corpus."""
    import skimage

    folder = Path(skimage.__file__).parent / "data"
    stored = {path.stem: path for path in sorted(folder.iterdir())}
    found = [Source(name, "scikit-image", stored[name]) for name in BUNDLED]
    found += [Source(name, "painted") for name in PAINTED]
    corpus = corpus_folder()
    for part in ("generated", "photos"):
        if (corpus / part).is_dir():
            files = sorted(p for p in (corpus / part).iterdir() if p.suffix.lower() in SUFFIXES)
            found += [Source(f"{part}/{path.stem}", "corpus", path) for path in files]
    return {source.name: source for source in found}


def choose(side: int, count: int | None = None, origins: tuple[str, ...] = ()) -> list[str]:
    """Names of the pictures large enough for a short side, ``count`` of them evenly spread."""
    names = [
        source.name
        for source in sources().values()
        if source.short_side * MAX_ENLARGED >= side and (not origins or source.origin in origins)
    ]
    if not count or count >= len(names):
        return names
    return [names[int((i + 0.5) * len(names) / count)] for i in range(count)]
