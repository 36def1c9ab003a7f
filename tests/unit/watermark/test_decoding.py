"""Decoding: which weighting a word is judged by."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from provenance import watermark
from provenance.watermark.detection.decoding import (
    CLEAR_FIT,
    MIN_EXCESS,
    DecodedMark,
    measure,
    read,
)
from provenance.watermark.detection.looks import Seen
from provenance.watermark.detection.soft_bits import (
    WEIGHTINGS,
    Coefficients,
    excess,
    soft_bits,
)

Pixels = NDArray[np.uint8]


def save(rgb: Pixels, quality: int) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


def read_faint(marked: Pixels) -> tuple[Coefficients, DecodedMark]:
    """Read the best JPEG copy in which the word does not fit clearly."""
    for quality in range(30, 4, -1):
        seen = Seen.of(save(marked, quality)).plain_look().coefficients
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


def test_a_busy_picture_is_read_though_its_soft_bits_hold_no_more_energy_than_noise() -> None:
    """As of leaves: JPEG takes most of the mark, and what is left of the picture leans on it."""
    leaves = ndimage.gaussian_filter(np.random.default_rng(1).normal(size=(256, 384)), 1.0)
    grey = np.clip(120 + 40 * leaves / leaves.std(), 0, 255).astype(np.uint8)
    copy = save(watermark.embed(np.dstack([grey] * 3), b"twelve bytes", lock=b"abc"), 75)
    seen = Seen.of(copy).plain_look().coefficients
    assert all(excess(soft_bits(seen, one, None)) < MIN_EXCESS for one in WEIGHTINGS)
    found = watermark.detect(copy)
    assert found is not None
    assert found.payload == b"twelve bytes"
