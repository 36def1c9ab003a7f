"""Marked pictures where another payload, or one under another key, might be read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from bench.false_positives.inputs import bundled, cropped, files, load, resized, saved
from bench.false_positives.listed import over_workers, upper
from bench.false_positives.watch import watched
from provenance import watermark
from provenance.watermark import code
from provenance.watermark.detection import significance
from provenance.watermark.detection.decoding import DecodedMark
from provenance.watermark.detection.detector import count_attempts

Rng = np.random.Generator
BICUBIC = Image.Resampling.BICUBIC
KEYS = (bytes([65]) * 32, bytes([66]) * 32)
"""Two private layers."""
SIDE = 512
"""Short side of the marked pictures."""


def _noisy(image: Image.Image, deviation: float, rng: Rng) -> Image.Image:
    rgb = np.asarray(image) + rng.normal(0, deviation, (image.height, image.width, 3))
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))


ATTACKS: dict[str, Callable[[Image.Image, Rng], Image.Image]] = {
    "JPEG 5": lambda image, _: saved(image, "JPEG", 5),
    "JPEG 10": lambda image, _: saved(image, "JPEG", 10),
    "JPEG 20": lambda image, _: saved(image, "JPEG", 20),
    "JPEG 30": lambda image, _: saved(image, "JPEG", 30),
    "WebP 20": lambda image, _: saved(image, "WEBP", 20),
    "crop to 128 px": lambda image, rng: cropped(image, 128, 128, rng),
    "crop to 200 px": lambda image, rng: cropped(image, 200, 200, rng),
    "crop to 256 px, JPEG 60": lambda i, rng: saved(cropped(i, 256, 256, rng), "JPEG", 60),
    "noise 25": lambda image, rng: _noisy(image, 25, rng),
    "noise 50": lambda image, rng: _noisy(image, 50, rng),
    "quarter size": lambda image, _: resized(image, 0.25),
    "half size, JPEG 40": lambda image, _: saved(resized(image, 0.5), "JPEG", 40),
    "turned, JPEG 40": lambda image, _: saved(image.rotate(7, BICUBIC), "JPEG", 40),
}
"""Attacks under which the mark is hardly read, or not."""


@dataclass
class Reads:
    """Of one picture: results by attack, bounds stated for right words, and other marks read."""

    results: list[tuple[str, str]] = field(default_factory=list)
    stated: list[float] = field(default_factory=list)
    crossed: list[bool] = field(default_factory=list)


def sources(corpus: Path) -> list[Path]:
    """The corpus, or scikit-image's pictures without it."""
    return [*files(corpus / "generated"), *files(corpus / "photos")] or list(bundled())


def marked_picture(path: Path) -> Image.Image:
    image = Image.fromarray(load(path))
    return resized(image, min(1.0, SIDE / min(image.size)))


def attack(path: Path) -> Reads:
    """Mark a picture, mistreat it in all ways, and read it."""
    rng, reads = np.random.default_rng([1, *path.name.encode()]), Reads()
    word = rng.bytes(code.WORD_BYTES)
    rgb = watermark.embed(np.asarray(marked_picture(path)), word[:12], lock=word[12:])
    marked = Image.fromarray(rgb)
    for name, change in ATTACKS.items():
        with watched() as looks:
            found = watermark.detect(np.asarray(change(marked, rng)))
        result = "none" if found is None else "right" if found.word == word else "WRONG"
        reads.results.append((name, result))
        reads.stated += _stated(looks.readings, word)
        reads.results += [(name, "check held by chance") for r in looks.readings if r.word != word]
    return reads


def _stated(readings: list[DecodedMark], word: bytes) -> list[float]:
    """The bound stated for the right word where it fits best, claimed or not, if it was read."""
    chances = [reading.chance for reading in readings if reading.word == word]
    attempts = count_attempts()
    return [significance.false_positive_probability(min(chances), attempts)] if chances else []


def measure_marked(corpus: Path, workers: int) -> None:
    """Print right, missing and wrong reads under heavy attacks, and right words refused."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    stated: list[float] = []
    for reads in over_workers(attack, sources(corpus), workers):
        stated += reads.stated
        for name, result in reads.results:
            table[name][result] += 1
    print("\nattack | right | none | wrong | check held by chance")
    columns = ("right", "none", "WRONG", "check held by chance")
    for name, row in table.items():
        print(f"{name} | {' | '.join(str(row[column]) for column in columns)}")
    total = sum((row for row in table.values()), Counter[str]())
    reads_done = sum(total[column] for column in columns[:3])
    bound = upper(total["WRONG"], reads_done)
    print(f"wrong: {total['WRONG']} of {reads_done} reads, at most {bound:.2g} (95 %)")
    refused = (np.array(stated) > significance.CLAIM_PROBABILITY).sum()
    print(f"right words refused as they fit too badly: {refused} of {len(stated)}")


def cross(path: Path) -> list[bool]:
    """Read a picture under keys that it was not marked with: whether each was claimed."""
    rng, rgb = np.random.default_rng([2, *path.name.encode()]), np.asarray(marked_picture(path))
    out = []
    for own, others in ((KEYS[0], (None, KEYS[1])), (None, KEYS)):
        marked = watermark.embed(rgb, rng.bytes(12), own)
        out += [found is not None for found in watermark.detect_each(marked, others)]
    return out


def measure_keys(corpus: Path, workers: int) -> None:
    """Print how often a mark is claimed under a key that is not its own."""
    claimed: list[bool] = []
    for part in over_workers(cross, sources(corpus), workers):
        claimed += part
    bound = upper(sum(claimed), len(claimed))
    print(
        f"\nother keys: {sum(claimed)} claims in {len(claimed)} reads, at most {bound:.2g} (95 %)"
    )
