"""The twelve pictures that are stamped: generated ones and photographs, in several formats."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

SHARES = {"generated": 7, "photos": 5}
"""Pictures of each part of the corpus."""
LONG_SIDE = 1024
"""Pixels; larger pictures are made smaller, so that a comparison takes minutes."""
FORMATS = ("jpg", "png", "webp", "jpg", "avif", "tiff")
SUFFIXES = {".jpg", ".png", ".webp"}


def chosen(corpus: Path) -> list[Path]:
    """Evenly spread over each part by name."""
    found = []
    for part, count in SHARES.items():
        files = sorted(p for p in (corpus / part).iterdir() if p.suffix in SUFFIXES)
        found += [files[number * len(files) // count] for number in range(count)]
    return found


def write(corpus: Path, folder: Path) -> list[Path]:
    """Write each picture as ``NN/original.SUFFIX`` without metadata, and return the files."""
    written = []
    for number, path in enumerate(chosen(corpus)):
        file = folder / f"{number:02}" / f"original.{FORMATS[number % len(FORMATS)]}"
        file.parent.mkdir(parents=True)
        with Image.open(path) as opened:
            picture = opened.convert("RGB")
        picture.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
        picture.info.clear()
        picture.save(file, quality=92)
        written.append(file)
    return written
