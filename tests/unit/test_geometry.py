"""Parts of a picture: how far one lies in another."""

from __future__ import annotations

import math

import pytest

from provenance.geometry import Region


def box(left: float, top: float, right: float, bottom: float) -> Region:
    return Region(((left, top), (right, top), (right, bottom), (left, bottom)), 0.5)


@pytest.mark.parametrize(
    ("other", "share"),
    [
        (box(0, 0, 10, 10), 1),
        (box(5, 0, 15, 10), 0.5),
        (box(10, 0, 20, 10), 0),
        (box(50, 50, 60, 60), 0),
        (box(2, 2, 4, 4), 1),
        (box(-90, -90, 90, 90), 1),
        (box(8, 8, 28, 28), 0.04),
    ],
)
def test_the_share_of_the_smaller_part_in_the_other(other: Region, share: float) -> None:
    square = box(0, 0, 10, 10)
    turned = Region(tuple(reversed(other.corners)), 0.5)
    for each in (other, turned):
        assert square.overlap(each) == pytest.approx(share)
        assert each.overlap(square) == pytest.approx(share)


def test_turned_parts() -> None:
    side = 10 * math.sqrt(2)
    diamond = Region(((10, 10 - side), (10 + side, 10), (10, 10 + side), (10 - side, 10)), 0.5)
    assert box(0, 0, 20, 20).overlap(diamond) == pytest.approx(2 * math.sqrt(2) - 2)


def test_a_part_without_area_overlaps_nothing() -> None:
    assert box(0, 0, 10, 10).overlap(Region(((1, 1), (2, 2)), 0.0)) == 0
