"""A mark too faint to be read among all that can be written, told apart from a few."""

from __future__ import annotations

import io
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance import watermark
from provenance.errors import PayloadError, WatermarkKeyError

Pixels = NDArray[np.uint8]
PAYLOAD, LOCK = b"the first 12", b"and"
OTHERS = [np.random.default_rng(n).bytes(12) for n in range(8)]
OTHER_WORDS = [np.random.default_rng(n).bytes(15) for n in range(5000)]


@pytest.fixture(scope="module")
def marked(photograph: Pixels) -> Pixels:
    return watermark.embed(photograph, PAYLOAD, lock=LOCK)


@pytest.fixture(scope="module")
def faint(marked: Pixels) -> Pixels:
    """The best of its JPEG copies in which the mark can't be read."""
    copies = (as_jpeg(marked, quality) for quality in range(24, 0, -2))
    return next(copy for copy in copies if watermark.detect(copy) is None)


def as_jpeg(pixels: Pixels, quality: int) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


def test_what_can_be_read_is_matched_where_it_lies(marked: Pixels) -> None:
    found = watermark.match(marked, [PAYLOAD])
    assert found is not None
    assert (found.payload, found.lock, found.region.coverage) == (PAYLOAD, LOCK, 1.0)
    assert found.geometry.scale == pytest.approx(watermark.layout(512, 512).scale, rel=0.002)


def test_a_mark_too_faint_to_be_read_is_matched(faint: Pixels) -> None:
    found = watermark.match(faint, [*OTHERS, PAYLOAD])
    assert found is not None
    assert (found.payload, found.lock) == (PAYLOAD, LOCK)
    assert found.false_positive_probability <= 1e-9


def test_who_knows_the_lock_needs_less(marked: Pixels) -> None:
    """Down to where the payload alone is not enough, and past it."""
    copies = [as_jpeg(marked, quality) for quality in range(11, 0, -2)]
    alone = [watermark.match(copy, [*OTHERS, PAYLOAD]) for copy in copies]
    words = [watermark.match(copy, [*OTHER_WORDS, PAYLOAD + LOCK]) for copy in copies]
    assert sum(each is not None for each in words) > sum(each is not None for each in alone)
    for found in filter(None, alone + words):
        assert (found.payload, found.lock) == (PAYLOAD, LOCK)


def test_a_word_with_another_lock_is_not_there(marked: Pixels) -> None:
    assert watermark.match(marked, [PAYLOAD + b"not"]) is None


def test_the_probability_counts_the_payloads(faint: Pixels) -> None:
    found = [watermark.match(faint, [PAYLOAD], among=2**bits) for bits in range(40, 104, 8)]
    stated = [each.false_positive_probability if each else 1.0 for each in found]
    assert stated == sorted(stated)
    assert stated[0] < 1e-9
    assert stated[-1] == 1.0
    exact = [each for each in stated if 1e-12 < each < 1]
    ratios = [after / before for before, after in pairwise(exact)]
    assert ratios == pytest.approx([2**8] * len(ratios))


def test_another_mark_is_none_of_them(marked: Pixels, faint: Pixels, photograph: Pixels) -> None:
    assert watermark.match(marked, OTHERS) is None
    assert watermark.match(faint, OTHERS) is None
    assert watermark.match(marked, OTHER_WORDS) is None
    assert watermark.match(photograph, [*OTHERS, PAYLOAD, PAYLOAD + LOCK]) is None


def test_nothing_to_match_is_no_match(marked: Pixels) -> None:
    assert watermark.match(marked, []) is None
    assert watermark.match(marked[:20], [PAYLOAD]) is None


def test_wrong_lengths_are_refused(marked: Pixels) -> None:
    with pytest.raises(PayloadError):
        watermark.match(marked, [b"short"])
    with pytest.raises(PayloadError):
        watermark.match(marked, [PAYLOAD + b"13"])
    with pytest.raises(WatermarkKeyError):
        watermark.match(marked, [PAYLOAD], b"short")


def test_a_search_says_what_it_was_not_sure_of(marked: Pixels) -> None:
    (outcome,) = watermark.search_each(marked, [None])
    assert outcome.found is not None
    assert outcome.unsure == ()
