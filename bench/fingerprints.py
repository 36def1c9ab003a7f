"""Error rates and speed of the fingerprints on real pictures.

Usage: python bench/fingerprints.py [--side 1024] [--wrong 8] [--corpus ../shared/corpus]

Every picture is mistreated and compared with its own fingerprint and with those of other pictures,
with the true geometry, known up to whole tiles.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from provenance import fingerprint, imaging, watermark
from provenance.fingerprint import LatticeMatch
from provenance.geometry import Geometry

Pixels = NDArray[np.uint8]
LONGEST = 1.6  # long side over short side; wider pictures are cut
CAPTION, STICKER, FRAME = 0.2, 0.5, 0.15  # share of height, of both sides, of the short side
Z95 = 1.96  # standard deviations on both sides of a 95 % interval
OPENED = 10  # sealed fingerprints that are opened to take the time


@dataclass(frozen=True)
class Shown:
    """A mistreated picture, and how its mark lies in it."""

    image: Image.Image
    geometry: Geometry

    def mapped(
        self, image: Image.Image, matrix: NDArray[np.float64], shift: tuple[float, float]
    ) -> Shown:
        """Return another image whose points are ``matrix`` times this one's plus ``shift``."""
        g = self.geometry
        inner = matrix @ np.array([[g.xx, g.xy], [g.yx, g.yy]])
        x, y = matrix @ (g.x0, g.y0) + shift
        (xx, xy), (yx, yy) = inner.tolist()
        return Shown(image, Geometry(xx, xy, yx, yy, float(x), float(y), g.tile))

    def cropped(self, area: float, rng: np.random.Generator) -> Shown:
        """Cut out a random part of the same shape."""
        width, height = self.image.size
        w, h = int(width * area**0.5), int(height * area**0.5)
        x, y = int(rng.integers(0, width - w + 1)), int(rng.integers(0, height - h + 1))
        return self.mapped(self.image.crop((x, y, x + w, y + h)), np.eye(2), (-x, -y))

    def resized(self, factor: float) -> Shown:
        width, height = self.image.size
        size = round(width * factor), round(height * factor)
        image = self.image.resize(size, Image.Resampling.BICUBIC)
        return self.mapped(image, np.diag([size[0] / width, size[1] / height]), (0, 0))

    def turned(self, degrees: float) -> Shown:
        """Turn about the middle, on a black ground that shows all corners."""
        image = self.image.rotate(degrees, Image.Resampling.BICUBIC, expand=True)
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        matrix = np.array([[c, s], [-s, c]])
        shift = np.array(image.size) / 2 - matrix @ (np.array(self.image.size) / 2)
        return self.mapped(image, matrix, (shift[0], shift[1]))

    def mirrored(self) -> Shown:
        """Flip left to right."""
        return self.mapped(ImageOps.mirror(self.image), np.diag([-1.0, 1.0]), (self.image.width, 0))

    def framed(self) -> Shown:
        pad = int(FRAME * min(self.image.size))
        image = ImageOps.expand(self.image, pad, (20, 20, 60))
        return self.mapped(image, np.eye(2), (pad, pad))

    def beside(self, other: Image.Image) -> Shown:
        """Put another picture to the right, as a page that shows both does."""
        image = Image.new("RGB", (self.image.width + other.width, self.image.height), "white")
        image.paste(self.image, (0, 0))
        image.paste(other, (self.image.width, 0))
        return self.toned(image)

    def painted(self, box: tuple[float, float, float, float], colour: str) -> Shown:
        """Cover a box, given in shares of width and height."""
        image = self.image.copy()
        width, height = image.size
        corners = (box[0] * width, box[1] * height, box[2] * width, box[3] * height)
        ImageDraw.Draw(image).rectangle(corners, fill=colour)
        return Shown(image, self.geometry)

    def toned(self, image: Image.Image) -> Shown:
        return replace(self, image=image)

    def misjudged(self, rng: np.random.Generator) -> Shown:
        """Err about the geometry: by 0.15 % in scale and shear, by 2 px in place."""
        error = np.eye(2) + rng.normal(0, 0.0015, (2, 2))
        return self.mapped(self.image, error, tuple(rng.normal(0, 2, 2)))

    def saved(self, quality: int) -> Shown:
        """Compress as JPEG and read again."""
        buffer = BytesIO()
        self.image.save(buffer, "JPEG", quality=quality)
        return self.toned(Image.open(buffer).convert("RGB"))


def handlings(
    whole: Shown, other: Image.Image, rng: np.random.Generator
) -> Iterator[tuple[str, Shown]]:
    """Everything that honest copies go through, also being shown beside an ``other`` picture."""
    image = whole.image
    for area in (1.0, 0.59, 0.25, 0.09):
        yield f"crop to {area:.0%}, 0.7, JPEG 60", whole.cropped(area, rng).resized(0.7).saved(60)
    yield "turned up to 45 degrees", whole.turned(rng.uniform(-45, 45)).saved(60)
    yield "quarter turn, mirrored", whole.turned(90).mirrored().saved(60)
    yield "half as bright", whole.toned(ImageEnhance.Brightness(image).enhance(0.5)).saved(60)
    yield "brighter by 1.6", whole.toned(ImageEnhance.Brightness(image).enhance(1.6)).saved(60)
    yield "contrast 1.8", whole.toned(ImageEnhance.Contrast(image).enhance(1.8)).saved(60)
    yield "histogram equalised", whole.toned(ImageOps.equalize(image)).saved(60)
    yield "grey", whole.toned(image.convert("L").convert("RGB")).saved(60)
    yield "caption over 20 %", whole.painted((0, 1 - CAPTION, 1, 1), "black").saved(60)
    edge = (1 - STICKER) / 2
    sticker = whole.painted((edge, edge, 1 - edge, 1 - edge), "gold")
    yield "sticker over 25 %", sticker.saved(60)
    yield "frame around", whole.framed().saved(60)
    yield "beside another picture", whole.beside(other).saved(60)
    yield "blur 4 px", whole.toned(image.filter(ImageFilter.GaussianBlur(4))).saved(60)
    yield "JPEG 15", whole.saved(15)
    yield "resized to 0.3, JPEG 60", whole.resized(0.3).saved(60)
    yield "59 %, geometry misjudged", whole.cropped(0.59, rng).misjudged(rng).saved(60)
    mixed = whole.cropped(0.59, rng).resized(0.6).saved(40).resized(1.3).saved(50)
    yield "59 %, 0.6, JPEG 40, 1.3, JPEG 50", mixed


def shifted(geometry: Geometry, rng: np.random.Generator) -> Geometry:
    """Forget in which tile the picture's corner lies, as a detector does."""
    a, b = (int(n) * geometry.tile for n in rng.integers(-6, 7, 2))
    g = geometry
    return replace(g, x0=g.x0 + g.xx * a + g.xy * b, y0=g.y0 + g.yx * a + g.yy * b)


def load(path: Path, side: int) -> Image.Image:
    """Read a picture and bring its short side to ``side`` pixels, enlarging by 1.6 at most."""
    image = Image.fromarray(imaging.decode(path.read_bytes()).rgb)
    factor = min(1.6, side / min(image.size))
    image = image.resize([round(n * factor) for n in image.size], Image.Resampling.LANCZOS)
    longest = int(LONGEST * min(image.size))
    return ImageOps.fit(image, (min(image.width, longest), min(image.height, longest)))


def interval(hits: int, trials: int) -> str:
    """Return a share with its 95 % Wilson interval."""
    p, n, z = hits / trials, trials, Z95
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return f"{p:.3%} ({low:.3%} to {high:.3%} of {n:,})"


@dataclass
class Outcomes:
    """Comparisons with the right and with wrong fingerprints."""

    right: list[LatticeMatch] = field(default_factory=list)
    wrong: list[LatticeMatch] = field(default_factory=list)

    def row(self, name: str) -> str:
        """Format one line of the table."""
        errors = [match.bit_error_rate for match in self.right]
        shares = [
            f"{sum(match.result == result for match in side) / len(side):.1%}"
            for side in (self.right, self.wrong)
            for result in ("near", "inconclusive", "far")
        ]
        bits = np.median([match.bits for match in self.right])
        cells = (f"{bits:.0f}", f"{np.median(errors):.3f}", f"{max(errors):.2f}", *shares)
        return f"| {name} | {' | '.join(cells)} |"


def measure_lattice(images: list[Image.Image], wrong_each: int) -> None:
    """Print the lattice fingerprint's table."""
    rng = np.random.default_rng(1)
    layouts = [watermark.layout(*image.size) for image in images]
    references = [
        fingerprint.lattice(np.asarray(image), g) for image, g in zip(images, layouts, strict=True)
    ]
    table: dict[str, Outcomes] = defaultdict(Outcomes)
    for own, image in enumerate(images):
        neighbour = (own - 1) % len(images)
        others = [index for index in range(len(images)) if index not in (own, neighbour)]
        for name, shown in handlings(Shown(image, layouts[own]), images[neighbour], rng):
            rgb, placed = np.asarray(shown.image), shifted(shown.geometry, rng)
            table[name].right.append(fingerprint.compare(references[own], rgb, placed))
            for other in rng.choice(others, min(wrong_each, len(others)), replace=False):
                table[name].wrong.append(fingerprint.compare(references[other], rgb, placed))
    sealed = (fingerprint.seal(each, bytes(12), bytes(3)) for each in references)
    report(table, [len(text) for text in sealed])


def report(table: dict[str, Outcomes], lengths: list[int]) -> None:
    print("| handling | bits | errors | worst | right: near | ? | far | wrong: near | ? | far |")
    print("|---" * 10 + "|")
    total = Outcomes()
    for name, outcomes in table.items():
        print(outcomes.row(name))
        total.right += outcomes.right
        total.wrong += outcomes.wrong
    print(total.row("all"))
    far = sum(match.result == "far" for match in total.right)
    near = sum(match.result == "near" for match in total.wrong)
    print(f"\nright called far: {interval(far, len(total.right))}")
    print(f"wrong called near: {interval(near, len(total.wrong))}")
    for bound in (1e-1, 1e-2, 1e-3, 1e-4):
        seen = sum(match.error_rate <= bound for match in total.wrong)
        print(f"wrong with a stated error rate <= {bound:g}: {interval(seen, len(total.wrong))}")
    print(f"text: {np.median(lengths):.0f} characters in the median, {max(lengths)} at most")


def measure_pdq(images: list[Image.Image]) -> None:
    """Print how far PDQ hashes of copies and of different pictures lie apart."""
    own = [fingerprint.pdq(np.asarray(image)) for image in images]
    rng = np.random.default_rng(1)
    found: dict[str, list[int]] = defaultdict(list)
    for index, (mine, image) in enumerate(zip(own, images, strict=True)):
        whole = Shown(image, watermark.layout(*image.size))
        for name, shown in handlings(whole, images[index - 1], rng):
            if mine.reliable:
                hashed = fingerprint.pdq(np.asarray(shown.image))
                found[name].append(fingerprint.pdq_distance(mine.hex, hashed.hex))
    print("| handling | PDQ distance, median | worst | <= 31 |\n|---|---|---|---|")
    for name, distances in found.items():
        near = sum(d <= fingerprint.MATCH_DISTANCE for d in distances)
        share = near / len(distances)
        print(f"| {name} | {np.median(distances):.0f} | {max(distances)} | {share:.0%} |")
    apart = [fingerprint.pdq_distance(a.hex, b.hex) for i, a in enumerate(own) for b in own[:i]]
    print(
        f"\ndifferent pictures: nearest pair {min(apart)} bits apart, median {np.median(apart):.0f}"
    )


def measure_speed(images: list[Image.Image]) -> None:
    """Print processor time, milliseconds per megapixel."""
    pixels = [np.asarray(image) for image in images]
    megapixels = sum(rgb.shape[0] * rgb.shape[1] for rgb in pixels) / 1e6
    layouts = [watermark.layout(rgb.shape[1], rgb.shape[0]) for rgb in pixels]
    references = [fingerprint.lattice(rgb, g) for rgb, g in zip(pixels, layouts, strict=True)]
    for name, work in (
        ("pdq", lambda i: fingerprint.pdq(pixels[i])),
        ("lattice", lambda i: fingerprint.lattice(pixels[i], layouts[i])),
        ("compare", lambda i: fingerprint.compare(references[i], pixels[i], layouts[i])),
    ):
        start = time.process_time()
        for index in range(len(pixels)):
            work(index)
        spent = time.process_time() - start
        print(f"{name}: {1000 * spent / megapixels:.1f} ms per megapixel")
    text = fingerprint.seal(references[0], bytes(12), bytes(3))
    start = time.process_time()
    for _ in range(OPENED):
        fingerprint.unseal(text, bytes(12), bytes(3))
    print(f"opening a seal: {1000 * (time.process_time() - start) / OPENED:.0f} ms")


def corpus_pictures(corpus: Path) -> list[Path]:
    """The corpus's generated pictures, then its photographs, each by name."""
    return [
        path
        for part in ("generated", "photos")
        for path in sorted((corpus / part).iterdir())
        if path.suffix != ".tsv"
    ]


def spread(paths: list[Path], count: int) -> list[Path]:
    """Choose so many pictures, from all over the list."""
    return paths[:: max(1, len(paths) // count)][:count]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = os.environ.get("PROVENANCE_CORPUS", "../shared/corpus")
    parser.add_argument("--corpus", type=Path, default=Path(default))
    parser.add_argument("--side", type=int, default=1024, help="short side, pixels")
    parser.add_argument("--wrong", type=int, default=8, help="wrong fingerprints per picture")
    options = parser.parse_args()
    images = [load(path, options.side) for path in corpus_pictures(options.corpus)]
    print(f"{len(images)} pictures, short side {options.side}\n\n## Lattice\n")
    measure_lattice(images, options.wrong)
    print("\n## PDQ\n")
    measure_pdq(images)
    print("\n## Speed\n")
    measure_speed(images)


if __name__ == "__main__":
    main()
