from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance.demo import MISTREATMENTS, Mistreatment, paint_landscape
from provenance.demo.mistreatments import UNTOUCHED
from provenance.demo.picture import HEIGHT, WIDTH


@pytest.fixture(scope="module")
def painted() -> NDArray[np.uint8]:
    return paint_landscape()


@pytest.fixture(scope="module")
def png(painted: NDArray[np.uint8]) -> bytes:
    """A small picture with everything that has to go: ICC profile, EXIF, text."""
    image = Image.fromarray(painted).resize((320, 256))
    exif = Image.Exif()
    exif[0x010E] = "a description"
    file = io.BytesIO()
    image.save(file, "PNG", exif=exif, icc_profile=b"not a profile, but bytes", comment="text")
    return file.getvalue()


def test_the_picture_is_always_the_same(painted: NDArray[np.uint8]) -> None:
    assert painted.shape == (HEIGHT, WIDTH, 3)
    assert painted.dtype == np.uint8
    assert np.array_equal(painted, paint_landscape())


def test_the_picture_has_smooth_and_rich_parts_and_does_not_clip(
    painted: NDArray[np.uint8],
) -> None:
    grey = painted.mean(axis=2)
    blocks = grey.reshape(HEIGHT // 64, 64, WIDTH // 64, 64).std(axis=(1, 3))
    assert blocks.min() < 4
    assert blocks.max() > 30
    assert np.mean((grey <= 1) | (grey >= 254)) < 0.01


@pytest.mark.parametrize("mistreatment", MISTREATMENTS, ids=lambda each: each.name)
def test_every_mistreatment_gives_a_picture_without_metadata(
    mistreatment: Mistreatment, png: bytes
) -> None:
    data = mistreatment.apply(png)
    if mistreatment is UNTOUCHED:
        assert data == png
        return
    with Image.open(io.BytesIO(data)) as image:
        assert min(image.size) > 100
        assert not image.getexif()
        assert not {"icc_profile", "exif", "comment"} & set(image.info)
