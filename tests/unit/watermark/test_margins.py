"""The margin: what a mark has left after the reference handling."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance import watermark
from provenance.watermark import code
from provenance.watermark.embedding.margins import measure_fit, save_as_jpeg, to_decibels
from provenance.watermark.plane import layout, luma

PAYLOAD, LOCK = b"twelve bytes", b"a 3"


@pytest.fixture(scope="module")
def marked(photographs: Mapping[str, NDArray[np.uint8]]) -> NDArray[np.uint8]:
    return watermark.embed(photographs["coffee"], PAYLOAD, lock=LOCK)


def test_photographs_have_some_left(photographs: Mapping[str, NDArray[np.uint8]]) -> None:
    for name, picture in photographs.items():
        left = watermark.margin(watermark.embed(picture, PAYLOAD), PAYLOAD)
        assert left.least > 0, name
        assert left.least == min(left.jpeg_50, left.half_size, left.quarter_area)


def test_nothing_is_left_of_what_is_not_there(marked: NDArray[np.uint8]) -> None:
    assert watermark.margin(marked, b"other twelve").least < -3
    assert watermark.margin(marked, PAYLOAD, key=bytes(range(32))).least < -3


def test_a_positive_margin_means_that_it_reads(marked: NDArray[np.uint8]) -> None:
    left = watermark.margin(marked, PAYLOAD)
    half = Image.fromarray(marked).resize((marked.shape[1] // 2, marked.shape[0] // 2))
    found = watermark.detect(np.asarray(half))
    assert left.half_size > 3
    assert found is not None
    assert found.payload == PAYLOAD


def test_harder_compression_leaves_less(marked: NDArray[np.uint8]) -> None:
    geometry = layout(marked.shape[1], marked.shape[0])
    fits = [
        measure_fit(save_as_jpeg(luma(marked), q), geometry, code.encode(PAYLOAD + LOCK), None)
        for q in (90, 50, 20, 5)
    ]
    assert fits == sorted(fits, reverse=True)


def test_decibels_of_a_correlation() -> None:
    assert to_decibels(15) == pytest.approx(0.3, abs=0.3)  # about where marks are claimed
    assert to_decibels(30.0) > to_decibels(20.0) > to_decibels(0.0)
    assert to_decibels(32.0) < 100  # a perfect fit is no infinity
