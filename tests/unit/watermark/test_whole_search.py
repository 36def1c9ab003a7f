"""A whole picture that was resized: its pilot's phases are known at every size."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance import watermark
from provenance.watermark.detection.looks import RESIZED
from provenance.watermark.detection.spectrum import spectrum
from provenance.watermark.detection.whole_search import STEP, find_resized
from provenance.watermark.plane import layout, luma

Pixels = NDArray[np.uint8]
PAYLOAD, KEY = b"twelve bytes", bytes(range(32))
CHANCE = 4.5
"""Agreement that the best of all scales hardly has without a pilot."""


@pytest.fixture(scope="module")
def rocket(photographs: Mapping[str, Pixels]) -> Pixels:
    """A photograph of 320 px."""
    pixels = photographs["rocket"]
    return resized(pixels, 320 / min(pixels.shape[:2]))


@pytest.fixture(scope="module")
def marked(rocket: Pixels) -> Pixels:
    return watermark.embed(rocket, PAYLOAD, lock=b"abc")


def resized(pixels: Pixels, factor: float) -> Pixels:
    height, width = pixels.shape[:2]
    size = round(width * factor), round(height * factor)
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))


@pytest.mark.parametrize("factor", [0.3, 0.4, 0.85, 1.6])
def test_the_scale_is_found(marked: Pixels, factor: float) -> None:
    copy = luma(resized(marked, factor))
    size = copy.shape[1], copy.shape[0]
    found = find_resized(spectrum(copy), size, None)
    scale = layout(marked.shape[1], marked.shape[0]).scale * copy.shape[1] / marked.shape[1]
    assert found.agreement > max(CHANCE, RESIZED)
    assert abs(np.log(found.geometry.scale / scale)) < 2 * STEP
    assert not found.inverted
    assert find_resized(spectrum(255 - copy), size, None).inverted


def test_nothing_is_found_without_a_mark_or_under_another_key(
    photograph: Pixels, marked: Pixels
) -> None:
    for pixels, key in ((photograph, None), (photograph, KEY), (marked, KEY)):
        copy = luma(resized(pixels, 0.4))
        found = find_resized(spectrum(copy), (copy.shape[1], copy.shape[0]), key)
        assert found.agreement < CHANCE


def test_a_thumbnail_of_a_small_picture_is_read(marked: Pixels) -> None:
    """A quarter of 320 px: its pilot does not show at any place and turn."""
    found = watermark.detect(resized(marked, 0.25))
    assert found is not None
    assert found.payload == PAYLOAD
    assert found.region.coverage == 1
