"""The tile's sides, found by what a marked picture has in common with itself."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance import watermark
from provenance.watermark.detection.looks import HINT
from provenance.watermark.detection.period_search import PERIODS, find_periods
from provenance.watermark.detection.spectrum import spectrum
from provenance.watermark.plane import luma

PAYLOAD = b"twelve bytes"
SHEARED = (1.0, 0.09, 0.0, 0.0, 1.0, 0.0)
CLOSE = 0.01
"""Of a side: the pilot is found from guesses six times as far off."""


@pytest.fixture(scope="module")
def marked(photograph: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(watermark.embed(photograph, PAYLOAD))


@pytest.mark.parametrize(
    ("size", "sides"),
    [((512, 512), (1.0, 1.0)), ((300, 512), (300 / 512, 1.0)), ((512, 330), (1.0, 330 / 512))],
)
def test_stretched_pictures_show_their_tile(
    marked: Image.Image, size: tuple[int, int], sides: tuple[float, float]
) -> None:
    picture = luma(np.asarray(marked.resize(size, Image.Resampling.BICUBIC)))
    found = find_periods(spectrum(picture))
    unit = watermark.layout(512, 512).scale * 256
    # a picture may repeat itself in its own way too: one of the guesses is the tile
    off = [np.abs(each.sides - np.diag(sides) * unit).max() for each in found]
    assert min(off) < CLOSE * unit
    assert found[int(np.argmin(off))].score > HINT


def test_a_sheared_picture_shows_it(marked: Image.Image) -> None:
    sheared = marked.transform(
        marked.size, Image.Transform.AFFINE, SHEARED, Image.Resampling.BICUBIC
    )
    found = find_periods(spectrum(luma(np.asarray(sheared))))[0]
    unit = watermark.layout(512, 512).scale * 256
    expected = np.array([(1, -SHEARED[1]), (0, 1)]) * unit
    np.testing.assert_allclose(found.sides, expected, atol=CLOSE * unit)


def test_what_does_not_repeat_hints_at_nothing(photograph: NDArray[np.uint8]) -> None:
    found = find_periods(spectrum(luma(photograph)))
    assert len(found) <= PERIODS
    assert all(each.score < HINT for each in found)


@pytest.mark.parametrize("size", [(32, 32), (32, 700), (64, 48)])
def test_small_and_blank_pictures_have_no_period(size: tuple[int, int]) -> None:
    blank = np.zeros(size, np.float32)
    noise = np.random.Generator(np.random.PCG64(3)).normal(128, 20, size).astype(np.float32)
    assert find_periods(spectrum(blank)) == []
    assert all(np.isfinite(each.sides).all() for each in find_periods(spectrum(noise)))
