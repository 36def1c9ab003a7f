"""How finely an AVIF or HEIC has to be coded for a mark to survive: python -m bench.floors.

Every sixth picture of the corpus is marked and coded at falling qualities, by the encoder's usual
presets. ``LEAST_QUALITY`` of ``imaging/avif.py`` and ``imaging/heic.py`` comes from here.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.formats import pictures
from bench.growth import THINNED, encode
from provenance import imaging, watermark

QUALITIES = {"AVIF": (60, 50, 40, 30), "HEIC": (50, 40, 30, 20)}
PAYLOAD = bytes(range(12))


def main() -> None:
    """Print how many marks were read back at each quality."""
    paths = [*pictures("generated"), *pictures("photos")][::THINNED]
    marked = list(mark(paths))
    print("| format, quality | marks read back |\n|---|---|")
    for kind, qualities in QUALITIES.items():
        for quality in qualities:
            read = sum(survives(each, kind, quality) for each in marked)
            print(f"| {kind}, {quality} | {read} of {len(marked)} |", flush=True)


def mark(paths: list[Path]) -> Iterator[NDArray[np.uint8]]:
    """Yield the marked pixels of each picture that holds a mark at all."""
    for path in paths:
        yield watermark.embed(imaging.decode(path.read_bytes()).rgb, PAYLOAD)


def survives(pixels: NDArray[np.uint8], kind: str, quality: int) -> bool:
    """Tell whether the mark is read back after coding."""
    file = io.BytesIO(encode(Image.fromarray(pixels), kind, quality))
    found = watermark.detect(imaging.decode(file.getvalue()).rgb)
    return found is not None and found.payload == PAYLOAD


if __name__ == "__main__":
    main()
