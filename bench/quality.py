"""How much a mark shows: the measures that are installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

BETTER_LOW = {"butteraugli"}
"""Measures of which less is better; of all others more is."""

LEAST_SIDE = 225
"""Short side, pixels, from which SSIMULACRA2 is measured: below, the package adds up a size less
than the original and gives up to 30 points less (``findings/ssimulacra2-turned.sh``)."""


def quality(picture: Pixels, marked: Pixels) -> dict[str, float]:
    """PSNR, SSIM, and, where installed, SSIMULACRA2 (package) and Butteraugli (program)."""
    from skimage.metrics import peak_signal_noise_ratio, structural_similarity

    found = {
        "psnr": float(peak_signal_noise_ratio(picture, marked, data_range=255)),
        "ssim": float(structural_similarity(picture, marked, channel_axis=2, data_range=255)),
    }
    with TemporaryDirectory() as folder:
        before, after = Path(folder, "before.png"), Path(folder, "after.png")
        Image.fromarray(picture).save(before, compress_level=1)
        Image.fromarray(marked).save(after, compress_level=1)
        found |= _ssimulacra2(before, after) | _butteraugli(before, after)
    return found


def score(picture: Pixels, marked: Pixels) -> float:
    """SSIMULACRA2 alone: 100 is the same, 90 cannot be told apart, 70 is of high quality.

    NaN where it is not measured: the package is missing, or the picture small.
    """
    with TemporaryDirectory() as folder:
        before, after = Path(folder, "before.png"), Path(folder, "after.png")
        Image.fromarray(picture).save(before, compress_level=1)
        Image.fromarray(marked).save(after, compress_level=1)
        return _ssimulacra2(before, after).get("ssimulacra2", float("nan"))


def _ssimulacra2(before: Path, after: Path) -> dict[str, float]:
    try:
        from ssimulacra2 import compute_ssimulacra2
    except ImportError:
        return {}
    with Image.open(before) as picture:
        if min(picture.size) < LEAST_SIDE:
            return {}
    return {"ssimulacra2": float(compute_ssimulacra2(str(before), str(after)))}


def _butteraugli(before: Path, after: Path) -> dict[str, float]:
    program = shutil.which("butteraugli")
    if program is None:
        return {}
    command = [program, str(before), str(after)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {"butteraugli": float(answer.split()[0])}
