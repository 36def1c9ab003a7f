"""Bars at a picture's edges: found through compression, and never made up."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from provenance import fingerprint
from provenance.fingerprint import MATCH_DISTANCE, trim_bars


def framed(rgb: Any, left: int, top: int, right: int, bottom: int, colour: int = 0) -> Any:
    height, width = rgb.shape[:2]
    whole = np.full((height + top + bottom, width + left + right, 3), colour, np.uint8)
    whole[top : top + height, left : left + width] = rgb
    file = io.BytesIO()
    Image.fromarray(whole).save(file, "JPEG", quality=70)
    with Image.open(file) as image:
        return np.asarray(image)


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea"])
@pytest.mark.parametrize(
    "bars",
    [(0, 120, 0, 120), (200, 0, 200, 0), (80, 60, 10, 300), (0, 0, 150, 0)],
    ids=["above and below", "beside", "all around", "on one side"],
)
@pytest.mark.parametrize("colour", [0, 255])
def test_a_picture_in_bars_matches_itself(
    name: str, bars: tuple[int, int, int, int], colour: int, photographs: Any
) -> None:
    rgb = photographs[name]
    inner = trim_bars(framed(rgb, *bars, colour))
    assert inner is not None
    assert np.abs(np.subtract(inner.shape, rgb.shape)).max() <= 16  # a block of JPEG
    distance = fingerprint.pdq_distance(fingerprint.pdq(inner).hex, fingerprint.pdq(rgb).hex)
    assert distance <= MATCH_DISTANCE


def test_a_picture_without_bars_is_left_alone(photographs: Any) -> None:
    for name in ("astronaut", "coffee", "chelsea"):
        assert trim_bars(photographs[name]) is None


@pytest.mark.parametrize("shape", [(1, 1), (4, 900), (64, 64), (300, 200)])
def test_an_even_picture_has_no_bars(shape: tuple[int, int]) -> None:
    assert trim_bars(np.full((*shape, 3), 200, np.uint8)) is None


def test_a_detail_on_an_even_ground_is_no_picture_in_bars() -> None:
    dotted = np.full((400, 400, 3), 255, np.uint8)
    dotted[200:210, 200:210] = 0
    assert trim_bars(dotted) is None
