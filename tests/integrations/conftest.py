"""One producer and one small picture for all hooks."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance.verify import Verifier
from tests.integration.studio import A, Studio, open_studio, trust

Pixels = NDArray[np.uint8]

SIDE = 256


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    folder = tmp_path / "studio"
    folder.mkdir()
    return open_studio(folder, A)


@pytest.fixture
def verifier(studio: Studio) -> Verifier:
    return Verifier(registry=studio.registry, trust=trust(studio))


@pytest.fixture(scope="session")
def pixels(photograph: Pixels) -> Pixels:
    return np.ascontiguousarray(photograph[100 : 100 + SIDE, 120 : 120 + SIDE])


@pytest.fixture(scope="session")
def png(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


@pytest.fixture(scope="session")
def jpeg(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    return file.getvalue()
