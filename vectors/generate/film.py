"""Write vectors/film: which frames of a film a reader looks at, and what their sum is.

Usage: python vectors/generate/film.py

Imports nothing of provenance: written from docs/watermark-format.md, section 8, "Films". Bytes and
frames are made here from SHAKE-256. Every value of a sum lies clear of where its rounding changes.
"""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).resolve().parent.parent / "film"
ORIGIN = "section 8 of the format, in double precision, without provenance"
GENERATOR = "vectors/generate/film.py"
FILMS = (
    ("fewer than are looked at", 20, 0.8, 1280, 720),
    ("one too many", 33, 1.32, 1280, 720),
    ("seconds", 100, 4.0, 1280, 720),
    ("frames of 4K", 100, 4.0, 3840, 2160),
    ("over a minute", 182, 91.0, 640, 360),
    ("an odd number", 122, 61.0, 640, 360),
    ("minutes", 400, 200.0, 640, 360),
)
"""What it is, frames, seconds, width, height."""
STACKS = (("whole squares", 16, 16, 2), ("squares cut at the edges", 19, 11, 3))
CLEAR = 0.002
"""Grey levels by which no value of a sum comes nearer to where its rounding changes."""


def draw(label: str, count: int) -> NDArray[np.uint8]:
    return np.frombuffer(hashlib.shake_256(label.encode()).digest(count), np.uint8)


def spend(name: str, frames: int) -> list[int]:
    """The bytes of each frame: a scene every 25, and some that are equal."""
    chance = draw(f"bytes {name}", frames).astype(int)
    return [int(9000 + 40 * byte if n % 25 == 0 else 10 * byte) for n, byte in enumerate(chance)]


def count_frames(seconds: float, width: int, height: int) -> int:
    wanted = min(96, max(32, round(32 * seconds / 60)))
    return max(1, min(wanted, 2**27 // (width * height)))


def choose(spent: list[int], count: int) -> list[int]:
    frames = range(len(spent))
    if len(spent) <= count:
        return list(frames)
    stretches = count // 2
    ends = [k * len(spent) // stretches for k in range(stretches + 1)]
    order = sorted(frames, key=lambda n: (-spent[n], n))
    chosen = {next(n for n in order if low <= n < high) for low, high in pairwise(ends)}
    chosen |= set([n for n in order if n not in chosen][: count - stretches])
    return sorted(chosen)


def smooth(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means of squares of 8 x 8, interpolated back: row by row, then down."""
    height, width = plane.shape
    means = np.array(
        [
            [plane[y : y + 8, x : x + 8].mean() for x in range(0, width, 8)]
            for y in range(0, height, 8)
        ]
    )
    rows, columns = ((np.arange(side) + 0.5) / 8 - 0.5 for side in (height, width))
    across = np.array([np.interp(columns, range(means.shape[1]), row) for row in means])
    return np.array([np.interp(rows, range(len(across)), column) for column in across.T]).T


def add(frames: NDArray[np.uint8], worths: list[int]) -> NDArray[np.float64]:
    """The sum before it is rounded."""
    total, weights = np.zeros(frames[0].shape), np.zeros(frames[0].shape)
    for frame, worth in zip(frames, worths, strict=True):
        detail = frame - smooth(frame.astype(np.float64))
        weight = worth / max(worths) / (smooth(detail**2) + 3**2)
        total += weight * detail
        weights += weight
    found: NDArray[np.float64] = total / weights + 128
    return found


def stack(name: str, width: int, height: int, count: int) -> dict[str, Any]:
    worths = [1 + 37 * n for n in range(count)]
    for attempt in range(1000):
        noise = draw(f"frames {name} {attempt}", count * width * height)
        frames = (96 + noise // 4).reshape(count, height, width).astype(np.uint8)
        exact = add(frames, worths)
        if np.abs(exact - np.floor(exact) - 0.5).min() > CLEAR:
            break
    return {
        "name": name,
        "width": width,
        "height": height,
        "worths": worths,
        "frames": [frame.tobytes().hex() for frame in frames],
        "expected": np.rint(exact).astype(np.uint8).tobytes().hex(),
    }


def write(name: str, cases: list[dict[str, Any]]) -> None:
    document = {"origin": ORIGIN, "generator": GENERATOR, "cases": cases}
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / name).write_text(json.dumps(document, indent=1) + "\n", "ascii")


def main() -> None:
    choices = []
    for name, frames, seconds, width, height in FILMS:
        spent, count = spend(name, frames), count_frames(seconds, width, height)
        case = {"name": name, "seconds": seconds, "width": width, "height": height}
        chosen = " ".join(map(str, choose(spent, count)))
        choices.append(
            {**case, "bytes": " ".join(map(str, spent)), "count": count, "expected": chosen}
        )
    write("choice.json", choices)
    write("sum.json", [stack(*each) for each in STACKS])


if __name__ == "__main__":
    main()
