"""Write vectors/pictures: marked pictures after stated handling, and what a reader has to find.

Private marks (section 9 of the format) are in a file of their own: not every reader takes keys.

Usage: python vectors/generate/pictures.py

The covers are synthetic, made here, under the project's licence. What is expected follows from the
handling, never from a detector: where the mark lies, and which part of the picture carries it.
Pictures are grey PNG files, so that every decoder gives the same pixels.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

from provenance import watermark

FOLDER = Path(__file__).resolve().parent.parent / "pictures"
Matrix = NDArray[np.float64]
Corners = list[tuple[float, float]]

PUBLIC = bytes(32)
PRIVATE = bytes(range(32))
SIDE = 448
LICENCE = "Apache-2.0"


@dataclass(frozen=True)
class Made:
    """A picture, the map from mark to picture, and the corners of the part that is marked."""

    image: Image.Image
    matrix: Matrix
    corners: Corners

    def moved(self, image: Image.Image, change: Matrix) -> Made:
        """Return the same mark in another picture, after a map from picture to picture."""
        points = [change @ (x, y, 1.0) for x, y in self.corners]
        return Made(image, change @ self.matrix, [(x / w, y / w) for x, y, w in points])


def cover(number: int, width: int = SIDE, height: int = SIDE) -> Image.Image:
    """Make a picture by formula: blurred SHAKE-256 output at four sizes, over a ramp."""
    total = np.zeros((height, width))
    for octave, (cells, weight) in enumerate(((6, 70), (20, 40), (70, 25), (220, 12))):
        stream = hashlib.shake_256(f"cover {number} octave {octave}".encode()).digest(cells * cells)
        grid = Image.fromarray(np.frombuffer(stream, np.uint8).reshape(cells, cells))
        noise = np.asarray(grid.resize((width, height), Image.Resampling.BICUBIC), np.float64)
        total += weight * (noise / 255 - 0.5)
    ramp = np.linspace(-30, 30, width)[None, :]
    return Image.fromarray(np.clip(128 + total + ramp, 8, 247).round().astype(np.uint8))


def marked(number: int, key: bytes = PUBLIC, width: int = SIDE, height: int = SIDE) -> Made:
    """Mark a cover; the mark lies as section 6 of the format says."""
    payload, lock = word(number)
    rgb = np.ascontiguousarray(np.asarray(cover(number, width, height).convert("RGB")))
    private = None if key == PUBLIC else key
    image = Image.fromarray(watermark.embed(rgb, payload, private, lock=lock)).convert("L")
    size = min(width, height) / 1024
    scale = size ** (1 / 3 if size < 1 else 1 / 2)
    corners = [(0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height))]
    return Made(image, np.diag([scale, scale, 1.0]), corners)


def word(number: int) -> tuple[bytes, bytes]:
    """Payload and lock of a numbered picture."""
    drawn = hashlib.shake_256(f"picture {number}".encode()).digest(15)
    return drawn[:12], drawn[12:]


# --- handling


def whole(made: Made) -> Made:
    return made


def recode(quality: int) -> Callable[[Made], Made]:
    def handle(made: Made) -> Made:
        buffer = io.BytesIO()
        made.image.save(buffer, "JPEG", quality=quality)
        return replace(made, image=Image.open(buffer).convert("L"))

    return handle


def blur(made: Made) -> Made:
    return replace(made, image=made.image.filter(ImageFilter.GaussianBlur(1)))


def resize(across: float, down: float) -> Callable[[Made], Made]:
    def handle(made: Made) -> Made:
        width, height = made.image.size
        size = (round(width * across), round(height * down))
        change = np.diag([size[0] / width, size[1] / height, 1.0])
        return made.moved(made.image.resize(size, Image.Resampling.LANCZOS), change)

    return handle


def crop(left: int, top: int, right: int, bottom: int) -> Callable[[Made], Made]:
    def handle(made: Made) -> Made:
        change = np.array([[1.0, 0, -left], [0, 1, -top], [0, 0, 1]])
        moved = made.moved(made.image.crop((left, top, right, bottom)), change)
        width, height = right - left, bottom - top
        return replace(moved, corners=[(0, 0), (width, 0), (width, height), (0, height)])

    return handle


def turn(degrees: float) -> Callable[[Made], Made]:
    """Turn counter-clockwise on a canvas that holds all of it; outside is grey."""

    def handle(made: Made) -> Made:
        image = made.image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=128)
        cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        turned = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
        (w, h), (x, y) = made.image.size, image.size
        middle = np.array([[1, 0, -w / 2], [0, 1, -h / 2], [0, 0, 1]])
        back = np.array([[1, 0, x / 2], [0, 1, y / 2], [0, 0, 1]])
        return made.moved(image, back @ turned @ middle)

    return handle


def mirror(made: Made) -> Made:
    change = np.array([[-1.0, 0, made.image.width], [0, 1, 0], [0, 0, 1]])
    return made.moved(ImageOps.mirror(made.image), change)


def negative(made: Made) -> Made:
    return replace(made, image=ImageOps.invert(made.image))


def tilt(made: Made) -> Made:
    """See the picture a little from the side: a projective map."""
    width, height = made.image.size
    change = np.array([[0.94, 0.012, 2.0], [0.01, 0.95, 3.0], [-6e-5, 3e-5, 1.0]])
    back = np.linalg.inv(change)
    back /= back[2, 2]
    image = made.image.transform(
        (width, height), Image.Transform.PERSPECTIVE, back.ravel()[:8], Image.Resampling.BICUBIC
    )
    return made.moved(image, change)


def paste(made: Made) -> Made:
    """Put the picture into a larger, unmarked one."""
    canvas = cover(99, round(1.6 * made.image.width), round(1.3 * made.image.height))
    left, top = 150, 70
    canvas.paste(made.image, (left, top))
    return made.moved(canvas, np.array([[1.0, 0, left], [0, 1, top], [0, 0, 1]]))


HANDLINGS: list[tuple[str, str, Callable[[Made], Made]]] = [
    ("as-marked", "nothing", whole),
    ("jpeg-50", "JPEG at quality 50", recode(50)),
    ("blur", "Gaussian blur of one pixel", blur),
    ("three-quarters", "resized to 0.75, Lanczos", resize(0.75, 0.75)),
    ("half", "resized to 0.5, Lanczos", resize(0.5, 0.5)),
    ("larger", "resized to 1.3, Lanczos", resize(1.3, 1.3)),
    ("crop", "cropped to 300 x 320 from (61, 45)", crop(61, 45, 361, 365)),
    ("quarter-turn", "turned by 90 degrees counter-clockwise", turn(90)),
    ("turned", "turned by 11 degrees counter-clockwise, grey around", turn(11)),
    ("mirrored", "left and right exchanged", mirror),
    ("negative", "every sample subtracted from 255", negative),
    ("stretched", "resized to 1.2 across and 0.9 down, Lanczos", resize(1.2, 0.9)),
    ("tilted", "a projective map, bicubic, black around", tilt),
    ("pasted", "at (150, 70) of a larger unmarked picture", paste),
]


def entry(name: str, handling: str, image: Image.Image, key: bytes) -> dict[str, object]:
    """Write one picture, and say what it is."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.png"
    image.save(path, optimize=True)
    return {
        "name": name,
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "handling": handling,
        "width": image.width,
        "height": image.height,
        "key": key.hex(),
    }


def found(number: int, made: Made, *, inverted: bool) -> dict[str, object]:
    payload, lock = word(number)
    matrix = made.matrix / made.matrix[2, 2]
    return {
        "payload": payload.hex(),
        "lock": lock.hex(),
        "matrix": [[float(f"{value:.10g}") for value in row] for row in matrix],
        "corners": [[round(float(x), 3), round(float(y), 3)] for x, y in made.corners],
        "inverted": inverted,
    }


def cases() -> list[dict[str, object]]:
    out = []
    for number, (name, handling, handle) in enumerate(HANDLINGS, 1):
        made = handle(marked(number))
        expected = found(number, made, inverted=name == "negative")
        out.append({**entry(name, handling, made.image, PUBLIC), "expected": expected})
    private, *_ = private_cases()
    out.append({**private, "name": "private-as-public", "key": PUBLIC.hex(), "expected": None})
    out.append({**entry("unmarked", "never marked", cover(60), PUBLIC), "expected": None})
    return out


def private_cases() -> list[dict[str, object]]:
    """A private mark, which holds no lock, whole and cut where its chips begin elsewhere."""
    made = marked(50, PRIVATE)
    cut = crop(205, 8, SIDE, 424)(made)
    return [
        {
            **entry(name, handling, each.image, PRIVATE),
            "expected": {**found(50, each, inverted=False), "lock": ""},
        }
        for name, handling, each in (
            ("private", "nothing", made),
            ("private-crop", "cut past the first tile", cut),
        )
    ]


def write(name: str, listed: list[dict[str, object]]) -> None:
    document = {
        "origin": "synthetic covers, marked by provenance; expectations follow from the handling",
        "generator": "vectors/generate/pictures.py",
        "licence": LICENCE,
        "cases": listed,
    }
    (FOLDER / name).write_text(json.dumps(document, indent=1) + "\n", "ascii")


def main() -> None:
    write("pictures.json", cases())
    write("private.json", private_cases())


if __name__ == "__main__":
    main()
