"""The icon that a visible label may be in place of letters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from provenance.errors import LabelError
from provenance.imaging import Pixels

MAX_BYTES = 4 * 2**20
"""Bytes of an icon's file; the EU's have some tens of kilobytes."""

MAX_SIDE = 4_096
"""Pixels of an icon's longer side: it is made smaller in any case."""


def load_icon(path: Path, height: int) -> Pixels:
    """Read a PNG and scale it to a height: (height, width, 4) uint8.

    Raises
    ------
    LabelError
        It can't be read, is not a PNG, or is too large.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise LabelError(f"The icon {path} is over {MAX_BYTES:,} bytes; take a smaller one.")
        with Image.open(path, formats=("PNG",)) as image:
            if max(image.size) > MAX_SIDE:
                raise LabelError(f"The icon {path} is over {MAX_SIDE} pixels; take a smaller one.")
            width = max(1, round(image.width * height / image.height))
            return np.asarray(image.convert("RGBA").resize((width, height), Image.Resampling.BOX))
    except (OSError, UnidentifiedImageError, SyntaxError, ValueError) as error:
        raise LabelError(f"The icon {path} can't be read; give a PNG file.") from error
