"""The private layer: its chips are found wherever they begin, and its pattern without a pilot."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance import watermark
from provenance.watermark.detection import placing
from provenance.watermark.detection.soft_bits import transform
from provenance.watermark.embedding import pilot_power
from provenance.watermark.plane import layout, luma, sample

Pixels = NDArray[np.uint8]
KEY, STRANGE = bytes(range(32)), b"s" * 32
PAYLOAD, OTHER = b"the first 12", b"another one."


@pytest.fixture(scope="module")
def marked(photograph: Pixels) -> Pixels:
    return watermark.embed(photograph, PAYLOAD, KEY)


@pytest.fixture
def without_pilot(photograph: Pixels, monkeypatch: pytest.MonkeyPatch) -> Image.Image:
    """A picture whose private pilot somebody took out: it never had one."""
    monkeypatch.setattr(pilot_power, "choose_share", lambda *_: 0.0)
    return Image.fromarray(watermark.embed(photograph, PAYLOAD, KEY))


def test_an_untouched_picture_shows_its_nonce_without_an_offset(marked: Pixels) -> None:
    height, width = marked.shape[:2]
    coefficients = transform(sample(luma(marked), layout(width, height)))
    best, *_ = placing.places(coefficients, KEY, moved=False)
    assert (best.row, best.column) == (0, 0)
    assert best.excess > 40
    assert placing.places(coefficients, STRANGE, moved=False) == []


@pytest.mark.parametrize(("top", "left"), [(0, 250), (230, 0), (215, 225)])
def test_chips_are_found_wherever_they_begin(marked: Pixels, top: int, left: int) -> None:
    found = watermark.detect(np.ascontiguousarray(marked[top:, left:]), KEY)
    assert found is not None
    assert (found.payload, found.lock) == (PAYLOAD, b"")
    # numbered by whole tiles from the original's corner, not from that of the part
    tile = 256 * layout(*marked.shape[1::-1]).scale
    assert round((found.geometry.x0 + left) / tile) == 0
    assert round((found.geometry.y0 + top) / tile) == 0


def test_only_its_key_shows_it(marked: Pixels) -> None:
    assert watermark.detect_each(marked, (None, STRANGE)) == [None, None]
    assert watermark.match(marked, [PAYLOAD], STRANGE) is None


def test_a_key_is_one_of_several(marked: Pixels) -> None:
    """After a rotation the older keys are still tried."""
    found = watermark.detect_each(marked, (STRANGE, KEY))
    assert found[0] is None
    assert found[1] is not None
    assert found[1].payload == PAYLOAD


def test_a_record_leads_to_it_without_a_pilot(without_pilot: Image.Image) -> None:
    width, height = without_pilot.size
    part = without_pilot.rotate(0.4, Image.Resampling.BICUBIC).crop((9, 12, width - 7, height - 5))
    small = part.resize((round(0.9 * part.width), round(0.9 * part.height)))
    file = io.BytesIO()
    small.save(file, "JPEG", quality=80)
    pixels = np.asarray(Image.open(file))
    assert watermark.detect(pixels, KEY) is None
    found = watermark.match(pixels, [OTHER, PAYLOAD], KEY)
    assert found is not None
    assert found.payload == PAYLOAD
    assert found.region.coverage > 0.95
    assert abs(found.geometry.scale - 0.9 * layout(width, height).scale) < 0.01
    assert watermark.match(pixels, [OTHER], KEY) is None
    assert watermark.match(pixels, [PAYLOAD], STRANGE) is None


def test_no_record_leads_to_a_mark_in_an_unmarked_picture(photograph: Pixels) -> None:
    assert watermark.match(photograph, [PAYLOAD, OTHER], KEY) is None


def test_a_blank_part_says_nothing_of_where_the_pattern_lies(without_pilot: Image.Image) -> None:
    """As under a black bar: no warning (here an error), and what is left is found."""
    width, height = without_pilot.size
    pixels = np.array(without_pilot.resize((round(0.9 * width), round(0.9 * height))))
    pixels[-150:] = 0
    found = watermark.match(pixels, [PAYLOAD], KEY)
    assert found is not None
    assert found.payload == PAYLOAD
