"""The pilot: where its lines may lie, their symmetry, and the tile they add up to."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest

from provenance.errors import WatermarkKeyError
from provenance.watermark import format as fmt
from provenance.watermark import pilot

KEYS = [None, *(hashlib.sha256(bytes([n])).digest() for n in range(20))]


@pytest.mark.parametrize("key", KEYS)
def test_one_orbit_from_each_ring_off_the_axes_and_diagonals(key: bytes | None) -> None:
    orbits = pilot.orbits(key)
    for (a, b), (low, high) in zip(orbits, fmt.LINE_RINGS, strict=True):
        assert low <= math.hypot(a, b) < high
        assert 1 / 8 <= b / a <= 7 / 8


@pytest.mark.parametrize("key", KEYS)
def test_the_lines_are_different_and_share_the_symmetry_of_the_square(key: bytes | None) -> None:
    found = {(int(u), int(v)) for u, v in pilot.lines(key)}
    assert len(found) == 4 * len(fmt.LINE_RINGS) == 32
    either = found | {(-u, -v) for u, v in found}
    assert len(either) == 64
    for quarter_turn_or_flip in ((0, -1, 1, 0), (-1, 0, 0, 1), (0, 1, 1, 0)):
        a, b, c, d = quarter_turn_or_flip
        assert {(a * u + b * v, c * u + d * v) for u, v in either} == either


def test_keys_draw_different_lines() -> None:
    assert len({pilot.orbits(key) for key in KEYS}) == len(KEYS)


def test_phases_are_multiples_of_a_word() -> None:
    phases = pilot.phases(None)
    assert phases.shape == (32,)
    assert ((phases >= 0) & (phases < 1)).all()
    assert (phases * 2**32 == np.rint(phases * 2**32)).all()
    assert len(set(phases.tolist())) == 32


def test_the_tile_is_a_sum_of_cosines() -> None:
    amplitudes = np.linspace(0.5, 2.0, 32)
    at = (np.arange(128) + 0.5) * 2  # sample centres in mark units
    u, v = at[None, :, None], at[:, None, None]
    lines = pilot.lines(None)
    turns = (u * lines[:, 0] + v * lines[:, 1]) / 256 + pilot.phases(None)
    expected = (amplitudes * np.cos(2 * np.pi * turns)).sum(axis=-1)
    tile = pilot.tile(amplitudes, None)
    assert tile.dtype == np.float32
    assert np.abs(tile - expected).max() < 1e-4


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(WatermarkKeyError):
        pilot.lines(b"short")
