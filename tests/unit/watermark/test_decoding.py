"""Decoding: which weighting a word is judged by."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance import watermark
from provenance.watermark.detection.decoding import CLEAR_FIT, DecodedMark, measure, read
from provenance.watermark.detection.looks import Seen
from provenance.watermark.detection.soft_bits import WEIGHTINGS, Coefficients, soft_bits

Pixels = NDArray[np.uint8]


def read_faint(marked: Pixels) -> tuple[Coefficients, DecodedMark]:
    """Read the best JPEG copy in which the word does not fit clearly."""
    for quality in range(30, 4, -1):
        file = io.BytesIO()
        Image.fromarray(marked).save(file, "JPEG", quality=quality)
        seen = Seen.of(np.asarray(Image.open(file))).plain_look().coefficients
        found = read(seen, None, surely=True)
        assert found is not None
        if found.correlation < CLEAR_FIT:
            return seen, found
    raise AssertionError


def test_a_faint_word_counts_by_the_weighting_that_it_fits_best(photograph: Pixels) -> None:
    seen, found = read_faint(watermark.embed(photograph, b"twelve bytes", lock=b"a 3"))
    assert found.word == b"twelve bytesa 3"
    each = [measure(soft_bits(seen, one, None), found.word, one) for one in WEIGHTINGS]
    assert found.chance == pytest.approx(min(one.chance for one in each))
    assert found.chance < max(one.chance for one in each)
