"""Hiding a proof: marks of others around, beside and over a picture, which every encoder can write.

Nothing of the picture is changed by the first two. What counts is whether the picture's own mark is
still among those found, and how long that takes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.fingerprints import corpus_pictures, load, spread
from bench.quality import quality
from bench.redteam.shading import Pixels, compressed
from provenance import watermark

PAYLOAD, JUNK = b"the first 12", b"junk of 12 b"
LOUD = 12
"""Times that a junk mark is as strong as a usual one."""
BORDER = 0.04
"""Width of a border, in short sides."""


def loud(shape: tuple[int, ...]) -> Pixels:
    """A grey picture with a junk mark that nobody would call invisible."""
    grey = np.full(shape, 128, np.uint8)
    change = watermark.embed(grey, JUNK).astype(np.int16) - 128
    return np.clip(128 + LOUD * change, 0, 255).astype(np.uint8)


def bordered(rgb: Pixels) -> Pixels:
    """A loud junk mark all around."""
    height, width = rgb.shape[:2]
    edge = round(BORDER * min(height, width))
    framed = loud((height + 2 * edge, width + 2 * edge, 3))
    framed[edge : edge + height, edge : edge + width] = rgb
    return framed


def beside(rgb: Pixels) -> Pixels:
    """A loud junk mark on a strip to the right, half as wide as the picture."""
    height, width = rgb.shape[:2]
    page = loud((height, width + width // 2, 3))
    page[:, :width] = rgb
    return page


def over(rgb: Pixels, times: int = 1) -> Pixels:
    """Junk marks over the picture, by the public encoder."""
    for n in range(times):
        rgb = watermark.embed(rgb, JUNK[:-1] + bytes([n]))
    return rgb


def same_payload(rgb: Pixels) -> Pixels:
    """The picture's own payload over it, under another lock."""
    return watermark.embed(rgb, PAYLOAD)


ATTACKS: dict[str, tuple[Callable[[Pixels], Pixels], bool]] = {
    "untouched": (lambda rgb: rgb, False),
    "junk border of 4 %": (bordered, False),
    "junk strip beside it": (beside, False),
    "one junk mark over it": (over, True),
    "two junk marks over it": (lambda rgb: over(rgb, 2), True),
    "its payload over it, another lock": (same_payload, True),
}
"""Attacks, and whether they change the picture's pixels and keep its shape."""


def main(arguments: list[str], corpus: Path) -> None:
    """Attack several pictures and print a line for each attack."""
    parser = argparse.ArgumentParser(prog="bench.redteam denial")
    parser.add_argument("--side", type=int, default=768, help="short side, pixels")
    parser.add_argument("--pictures", type=int, default=6)
    options = parser.parse_args(arguments)
    chosen = spread(corpus_pictures(corpus), options.pictures)
    marked = [
        watermark.embed(np.asarray(load(path, options.side)), PAYLOAD, lock=b"own")
        for path in chosen
    ]
    print(
        f"| of {len(chosen)} pictures, {options.side} px, JPEG 90 | found first | found at all "
        "| SSIMULACRA2 median | seconds to search |\n|---|---|---|---|---|"
    )
    for name, (change, shaped) in ATTACKS.items():
        first = every = 0
        seen, begun, spent = [float("nan")], 0.0, 0.0
        for rgb in marked:
            attacked = change(rgb)
            if shaped:
                seen.append(quality(rgb, attacked).get("ssimulacra2", float("nan")))
            published = compressed(attacked, 90)
            begun = time.process_time()
            words = [found.word for found in watermark.detect_all(published)]
            spent += time.process_time() - begun
            first += words[:1] == [PAYLOAD + b"own"]
            every += PAYLOAD + b"own" in words
        cost = f"{np.nanmedian(seen):.1f}" if shaped else "no pixel changed"
        row = [name, str(first), str(every), cost, f"{spent / len(marked):.2f}"]
        print(f"| {' | '.join(row)} |", flush=True)
