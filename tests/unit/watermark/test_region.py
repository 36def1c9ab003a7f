"""The marked part of a picture: whole pictures stay whole, pasted parts are found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance import watermark
from provenance.watermark.detection import region

PAYLOAD = b"twelve bytes"


def resized(rgb: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    return np.asarray(Image.fromarray(rgb).resize((width, height), Image.Resampling.LANCZOS))


def box(found: watermark.Detection) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the region."""
    x, y = np.array(found.region.corners).T
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def test_a_marked_picture_is_marked_all_over(photograph: NDArray[np.uint8]) -> None:
    found = watermark.detect(watermark.embed(photograph, PAYLOAD))
    assert found is not None
    assert found.region.coverage == 1
    assert box(found) == (0, 0, 512, 512)


@pytest.mark.parametrize("place", [(0, 0), (200, 150), (338, 338)])
def test_a_marked_part_is_found_in_a_collage(
    photographs: dict[str, NDArray[np.uint8]], place: tuple[int, int]
) -> None:
    # of a third of a picture every collage tried was read, of a quarter every other one
    collage = resized(photographs["motorcycle_left"], 850, 850).copy()
    left, top = place
    collage[top : top + 512, left : left + 512] = watermark.embed(photographs["astronaut"], PAYLOAD)
    found = watermark.detect(collage)
    assert found is not None
    assert found.payload == PAYLOAD
    # blocks are 64 mark units, here 51 pixels, and one more may be half covered
    assert box(found) == pytest.approx((left, top, left + 512, top + 512), abs=77)
    assert found.region.coverage == pytest.approx(0.363, abs=0.1)


def test_a_mark_with_a_foreign_picture_in_it_is_cut_there(
    photographs: dict[str, NDArray[np.uint8]],
) -> None:
    picture = watermark.embed(resized(photographs["coffee"], 1024, 768), PAYLOAD).copy()
    picture[:, 640:] = resized(photographs["chelsea"], 384, 768)
    found = watermark.detect(picture)
    assert found is not None
    assert box(found) == pytest.approx((0, 0, 640, 768), abs=77)
    assert found.region.coverage == pytest.approx(0.625, abs=0.08)


def test_a_turned_mark_has_a_turned_region(photograph: NDArray[np.uint8]) -> None:
    marked = Image.fromarray(watermark.embed(photograph, PAYLOAD))
    found = watermark.detect(np.asarray(marked.rotate(30, Image.Resampling.BICUBIC, expand=True)))
    assert found is not None
    assert found.geometry.angle == pytest.approx(30, abs=0.5)
    assert 0.4 < found.region.coverage <= 1  # the picture fills 0.54 of the canvas
    assert len(found.region.corners) >= 4


def test_the_best_rectangle_is_found() -> None:
    blocks = np.full((9, 12), -4.0)
    blocks[2:7, 3:9] = 4.0
    assert region.choose_rectangle(blocks) == (2, 3, 7, 9)
    blocks[4, 5] = -3.0  # a spot that says nothing does not cut it
    assert region.choose_rectangle(blocks) == (2, 3, 7, 9)


def test_the_whole_stays_unless_a_part_is_clearly_better() -> None:
    blocks = np.full((6, 6), 4.0)
    blocks[0] = -region.DOUBT / 6 + 0.01
    assert region.choose_rectangle(blocks) == (0, 0, 6, 6)
    blocks[0] = -region.DOUBT / 6 - 0.01
    assert region.choose_rectangle(blocks) == (1, 0, 6, 6)


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (5, 1)])
def test_small_planes_have_a_rectangle(shape: tuple[int, int]) -> None:
    assert region.choose_rectangle(np.ones(shape)) == (0, 0, *shape)
    assert region.choose_rectangle(-np.ones(shape)) == (0, 0, *shape)


def test_random_rectangles_agree_with_trying_all() -> None:
    for seed in range(20):
        blocks = np.random.default_rng(seed).normal(-0.5, 5, (5, 6))
        sums = {
            (top, left, bottom, right): blocks[top:bottom, left:right].sum()
            for top in range(5)
            for bottom in range(top + 1, 6)
            for left in range(6)
            for right in range(left + 1, 7)
        }
        best = max(sums, key=sums.__getitem__)
        doubtful = sums[best] - blocks.sum() <= region.DOUBT
        assert region.choose_rectangle(blocks) == ((0, 0, 5, 6) if doubtful else best)


def test_clipping_a_polygon_to_a_picture() -> None:
    def clipped(corners: Any) -> set[tuple[float, float]]:
        found = region.clip(np.array(corners, dtype=float), 10, 10)
        return {(round(x, 6), round(y, 6)) for x, y in found.tolist()}

    inside = [(1, 1), (9, 1), (9, 9), (1, 9)]
    assert clipped(inside) == set(inside)
    around = [(-5, -5), (15, -5), (15, 15), (-5, 15)]
    assert clipped(around) == {(0, 0), (10, 0), (10, 10), (0, 10)}
    diamond = [(5, -5), (15, 5), (5, 15), (-5, 5)]
    assert clipped(diamond) == {(0, 0), (10, 0), (10, 10), (0, 10)}
    assert clipped([(2, -4), (6, -4), (6, 4), (2, 4)]) == {(2, 0), (6, 0), (6, 4), (2, 4)}
    assert clipped([(20, 20), (30, 20), (30, 30)]) == set()
