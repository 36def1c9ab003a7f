"""Soft bits: a tile reads back wherever the plane begins, and noisy places count less."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from provenance.watermark import carrier, code
from provenance.watermark.detection.soft_bits import WEIGHTINGS, Weighting, soft_bits, transform
from provenance.watermark.plane import Plane

SECRET = carrier.Secret(b"k" * 32, 9)
SIGNS = code.encode(b"twelve bytes, 3")
EVEN = Weighting(3.0, (0.75, 1.0))


def plane(
    rows: int, columns: int, row: int = 0, column: int = 0, secret: carrier.Secret | None = None
) -> Plane:
    """Nothing but the mark, cut out of its endless tiling at (row, column)."""
    tile = carrier.tile(SIGNS, secret)
    side = len(tile)
    at = np.ix_((np.arange(rows) + row) % side, (np.arange(columns) + column) % side)
    return Plane(tile[at], row, column)


def agreement(soft: NDArray[np.float32]) -> float:
    """Share of the code bits whose sign is right."""
    return float((np.sign(soft) == SIGNS).mean())


@pytest.mark.parametrize("secret", [None, SECRET])
@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_a_tile_reads_back(weighting: Weighting, secret: carrier.Secret | None) -> None:
    soft = soft_bits(transform(plane(128, 128, secret=secret)), weighting, secret)
    assert soft.dtype == np.float32
    assert soft.shape == (1024,)
    assert agreement(soft) == 1


def test_under_another_key_it_is_noise() -> None:
    assert abs(agreement(soft_bits(transform(plane(128, 128)), EVEN, SECRET)) - 0.5) < 0.08


@pytest.mark.parametrize("row", [0, 4, 64, -12, 396])
@pytest.mark.parametrize("column", [0, 8, -128, 1020])
def test_any_aligned_start_reads(row: int, column: int) -> None:
    # cut edges are no repetition, so the transform's edge coefficients are wrong
    assert agreement(soft_bits(transform(plane(300, 200, row, column)), EVEN, None)) == 1


def test_private_tiles_differ() -> None:
    cut = plane(128, 128, 128, 256, SECRET)
    assert agreement(soft_bits(transform(cut), EVEN, SECRET)) == 1
    elsewhere = Plane(cut.samples, cut.row + 128, cut.column)
    assert abs(agreement(soft_bits(transform(elsewhere), EVEN, SECRET)) - 0.5) < 0.08
    other = carrier.Secret(SECRET.key, 10)
    assert abs(agreement(soft_bits(transform(cut), EVEN, other)) - 0.5) < 0.08


def test_an_eighth_of_a_tile_holds_every_bit() -> None:
    # 32 x 64 samples: two blocks of the finest level
    assert agreement(soft_bits(transform(plane(32, 64)), EVEN, None)) > 0.8


def test_another_start_is_noise() -> None:
    cut = plane(256, 256)
    moved = Plane(cut.samples, cut.row + 4, cut.column)
    assert abs(agreement(soft_bits(transform(moved), EVEN, None)) - 0.5) < 0.08


def test_copies_add_up() -> None:
    noise = np.random.default_rng(1).normal(0, 3, (512, 512)).astype(np.float32)

    def read(side: int) -> float:
        one = plane(side, side)
        return agreement(
            soft_bits(transform(Plane(one.samples + noise[:side, :side], 0, 0)), EVEN, None)
        )

    assert read(128) < read(256) < read(512)


def test_noisy_places_count_less() -> None:
    samples = plane(256, 256).samples.copy()
    noise = np.random.default_rng(1).normal(0, 60, (128, 256)).astype(np.float32)
    samples[:128] += noise
    soft = soft_bits(transform(Plane(samples, 0, 0)), EVEN, None)
    assert agreement(soft) > 0.99  # the quiet half decides
    flat = Weighting(1e4, EVEN.gains)  # a floor that makes all places count the same
    assert agreement(soft_bits(transform(Plane(samples, 0, 0)), flat, None)) < 0.8


def test_gains_choose_between_levels() -> None:
    coefficients = transform(plane(128, 128))
    parts = [
        soft_bits(coefficients, Weighting(3.0, gains), None) for gains in ((1.0, 0.0), (0.0, 1.0))
    ]
    both = soft_bits(coefficients, Weighting(3.0, (1.0, 1.0)), None)
    weights, *_ = np.linalg.lstsq(np.stack(parts, axis=1), both, rcond=None)
    assert (weights > 0).all()
    assert np.abs(np.stack(parts, axis=1) @ weights - both).max() < 1e-3
    assert all(agreement(part) == 1 for part in parts)


def test_a_blank_plane_says_nothing() -> None:
    blank = Plane(np.full((64, 64), 200, np.float32), 0, 0)
    soft = soft_bits(transform(blank), EVEN, None)
    assert np.abs(soft).max() < 1e-2
