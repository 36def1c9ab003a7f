"""What becomes of a stamped file before it is examined."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

CROP = (0.15, 0.1, 0.9, 0.95)
"""What is kept, in shares of the sides: left, top, right, bottom."""
QUALITY = 80
"""Of the JPEG that a crop becomes, as platforms save it."""
STATED = b"example-diffusion"
"""The model, which stands in the signed statement as it is."""


def strip(file: Path, out: Path) -> None:
    """Keep the pixels and nothing else."""
    _pixels(file).save(out)


def crop(file: Path, out: Path) -> None:
    picture = _pixels(file)
    sides = (picture.width, picture.height) * 2
    box = tuple(round(share * side) for share, side in zip(CROP, sides, strict=True))
    left, top, right, bottom = box
    picture.crop((left, top, right, bottom)).save(out, quality=QUALITY)


def lengthen(file: Path, out: Path) -> None:
    """Add bytes that no format has anything to do with."""
    out.write_bytes(file.read_bytes() + b"more")


def break_manifest(file: Path, out: Path) -> None:
    """Change one bit of what was signed."""
    data = bytearray(file.read_bytes())
    data[data.index(STATED) + 1] ^= 1
    out.write_bytes(data)


def put_side_by_side(files: tuple[Path, Path], out: Path) -> None:
    """Make a collage of two pictures, the second as high as the first."""
    left, right = map(_pixels, files)
    width = round(right.width * left.height / right.height)
    right = right.resize((width, left.height), Image.Resampling.LANCZOS)
    both = np.concatenate((np.asarray(left), np.asarray(right)), axis=1)
    Image.fromarray(both).save(out, quality=QUALITY)


def _pixels(file: Path) -> Image.Image:
    with Image.open(file) as opened:
        picture = opened.convert("RGB")
    picture.info.clear()
    return picture
