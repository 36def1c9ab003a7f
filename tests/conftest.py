"""Fixtures every test folder shares; the only place where a test may be skipped."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

REPOSITORY = Path(__file__).resolve().parent.parent

# Photographs inside scikit-image's wheel; its other pictures are downloaded on first use.
BUNDLED = (
    "astronaut",
    "camera",
    "chelsea",
    "coffee",
    "rocket",
    "hubble_deep_field",
    "motorcycle_left",
)


@pytest.fixture(scope="session")
def photographs() -> Mapping[str, NDArray[np.uint8]]:
    """Real photographs by name, (height, width, 3) uint8, read without any network."""
    import skimage

    folder = Path(skimage.__file__).parent / "data"
    found = {path.stem: path for path in folder.iterdir() if path.stem in BUNDLED}
    pictures = {}
    for name in BUNDLED:
        with Image.open(found[name]) as image:
            pictures[name] = np.asarray(image.convert("RGB"))
    return pictures


@pytest.fixture(scope="session")
def photograph(photographs: Mapping[str, NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """One photograph for tests that need just any: 512 x 512."""
    return photographs["astronaut"]


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Folder of the wider picture corpus, which is no part of the project."""
    path = Path(os.environ.get("PROVENANCE_CORPUS", REPOSITORY.parent / "shared" / "corpus"))
    if not path.is_dir():
        pytest.skip(f"no picture corpus at {path}: set PROVENANCE_CORPUS to its folder")
    return path
