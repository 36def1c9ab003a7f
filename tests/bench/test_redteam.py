"""The bench of attacks: each runs, leaves a picture, and a mark is read without its pilot."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.redteam import denial, removal

PAYLOAD = bytes.fromhex("1d8ea4c2b7135f0899aa01fe")
Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def stamped(photographs: Mapping[str, Pixels]) -> Pixels:
    return removal.stamped(np.ascontiguousarray(photographs["coffee"][40:296, 140:396]), PAYLOAD)


@pytest.mark.parametrize("name", removal.ATTACKS)
def test_what_is_left_is_compared_with_a_picture_of_its_shape(name: str, stamped: Pixels) -> None:
    change, shape = removal.ATTACKS[name]
    left, compared = change(stamped, PAYLOAD + removal.LOCK), shape(stamped, b"")
    assert left.shape == compared.shape
    assert left.dtype == np.uint8
    assert not np.array_equal(left, stamped)


def test_a_mark_is_read_without_its_pilot(stamped: Pixels) -> None:
    left = removal.attack(stamped, PAYLOAD, [PAYLOAD, bytes(12)], "public pilot nulled")
    assert (left.public.blind, left.private.blind, left.gone) == (True, True, False)


@pytest.mark.parametrize("name", denial.ATTACKS)
def test_junk_keeps_the_shape_where_it_says_so(name: str, stamped: Pixels) -> None:
    change, shaped = denial.ATTACKS[name]
    assert (change(stamped).shape == stamped.shape) is (shaped or name == "untouched")
