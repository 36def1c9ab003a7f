"""The marked part of a screenshot is cut out along its edges, upright."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from PIL import Image

from provenance import watermark
from provenance.examine.marked_part import cut_marked_parts
from provenance.fingerprint import MATCH_DISTANCE, pdq, pdq_distance
from tests.integration.studio import Pixels

PAYLOAD = bytes(range(12))


@pytest.fixture(scope="module")
def marked(photographs: Mapping[str, Pixels]) -> Pixels:
    return watermark.embed(photographs["coffee"], PAYLOAD)


def distances(picture: Pixels, shown: Pixels) -> list[int]:
    found = watermark.detect(shown)
    assert found is not None
    parts = cut_marked_parts(shown, found)
    return [pdq_distance(pdq(part).hex, pdq(picture).hex) for part in parts]


@pytest.mark.parametrize("turned", [0, 1, 2])
def test_a_picture_on_a_screen_has_its_own_hash(marked: Pixels, turned: int) -> None:
    """Its edges lie anywhere, not at a block of the mark; it may lie on its side."""
    height, width, _ = marked.shape
    screen = np.full((2 * height, width + 90, 3), 245, np.uint8)
    screen[40:120:7, 60 : width // 2] = 30  # something like lines of text
    screen[217 : 217 + height, 37 : 37 + width] = marked
    screen[-120:-40:9, 80:-200] = 60
    assert pdq_distance(pdq(screen).hex, pdq(marked).hex) > 2 * MATCH_DISTANCE
    shown = np.ascontiguousarray(np.rot90(screen, turned))
    assert min(distances(marked, shown)) <= 8


def test_a_whole_picture_has_no_part(marked: Pixels) -> None:
    found = watermark.detect(marked)
    assert found is not None
    assert cut_marked_parts(marked, found) == ()


def test_what_was_turned_is_set_upright(marked: Pixels) -> None:
    turned = np.asarray(Image.fromarray(marked).rotate(8, Image.Resampling.BICUBIC, True))
    assert min(distances(marked, turned)) <= 8
