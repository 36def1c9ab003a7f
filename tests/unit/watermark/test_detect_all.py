"""Every mark of a picture: beside one another, one over the other, and under junk."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance import watermark
from provenance.errors import WatermarkKeyError
from provenance.watermark.detection.detector import count_all_attempts, count_attempts

Pixels = NDArray[np.uint8]
PAYLOAD, JUNK, THIRD = b"the first 12", b"junk of 12 b", b"another one."
KEY = bytes(range(32))


@pytest.fixture(scope="module")
def marked(photograph: Pixels) -> Pixels:
    return watermark.embed(photograph, PAYLOAD)


def as_jpeg(pixels: Pixels) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    return np.asarray(Image.open(file))


def loud_mark(shape: tuple[int, ...]) -> Pixels:
    """A grey picture with a mark that nobody would call invisible."""
    grey = np.full(shape, 128, np.uint8)
    change = watermark.embed(grey, JUNK).astype(np.int16) - 128
    return np.clip(128 + 12 * change, 0, 255).astype(np.uint8)


def payloads(pixels: Pixels) -> set[bytes]:
    return {found.payload for found in watermark.detect_all(pixels)}


def test_one_mark_is_found_once_where_detect_finds_it(marked: Pixels) -> None:
    (found,) = watermark.detect_all(marked)
    first = watermark.detect(marked)
    assert first is not None
    assert (found.payload, found.geometry, found.region) == (PAYLOAD, first.geometry, first.region)
    assert found.false_positive_probability >= first.false_positive_probability
    assert count_all_attempts() > count_attempts()


def test_no_mark_is_none(photograph: Pixels) -> None:
    assert watermark.detect_all(photograph) == []
    assert watermark.detect_all(photograph[:20]) == []
    with pytest.raises(WatermarkKeyError):
        watermark.detect_all(photograph, b"short")


def test_a_mark_written_over_another_hides_neither(marked: Pixels) -> None:
    assert payloads(as_jpeg(watermark.embed(marked, JUNK))) == {PAYLOAD, JUNK}


def test_a_mark_written_over_a_shifted_picture_hides_neither(marked: Pixels) -> None:
    moved = np.ascontiguousarray(marked[3:, 5:])
    assert payloads(as_jpeg(watermark.embed(moved, JUNK))) == {PAYLOAD, JUNK}


def test_a_border_with_a_loud_mark_does_not_hide_what_it_frames(marked: Pixels) -> None:
    height, width = marked.shape[:2]
    framed = loud_mark((height + 40, width + 40, 3))
    framed[20 : 20 + height, 20 : 20 + width] = marked
    assert PAYLOAD in payloads(as_jpeg(framed))


def test_a_strip_with_a_loud_mark_does_not_hide_what_lies_beside_it(marked: Pixels) -> None:
    height, width = marked.shape[:2]
    beside = loud_mark((height, width + width // 2, 3))
    beside[:, :width] = marked
    assert PAYLOAD in payloads(as_jpeg(beside))


def test_the_same_payload_under_another_lock_hides_neither(marked: Pixels) -> None:
    """Who copies the 96 bits has not got the lock: both are told apart."""
    found = watermark.detect_all(as_jpeg(watermark.embed(marked, PAYLOAD, lock=b"not")))
    assert {each.payload for each in found} == {PAYLOAD}
    assert len({each.lock for each in found}) == 2
    assert b"not" in {each.lock for each in found}


def test_layers_do_not_mix(marked: Pixels) -> None:
    both = watermark.embed(marked, THIRD, KEY)
    assert payloads(both) == {PAYLOAD}
    assert [found.payload for found in watermark.detect_all(both, KEY)] == [THIRD]
