"""The carrier: every code bit once in each block, and a tile that its own transform reads back."""

from __future__ import annotations

import numpy as np
import pytest
import pywt

from provenance.errors import WatermarkKeyError
from provenance.watermark import carrier, code
from provenance.watermark import format as fmt

KEY = b"k" * 32
SIGNS = code.encode(b"twelve bytes, 3")


@pytest.mark.parametrize("key", [None, KEY])
def test_a_block_holds_every_code_bit_once(key: bytes | None) -> None:
    bands = carrier.bands(key)
    assert [(band.level, band.orientation) for band in bands] == [
        (level, orientation) for level in (1, 2) for orientation in range(3)
    ]
    for band in bands:
        side = 128 >> band.level
        assert band.bit.shape == band.chip.shape == (side, side)
        blocks = band.bit.reshape(side // 32, 32, side // 32, 32).swapaxes(1, 2).reshape(-1, 1024)
        assert (np.sort(blocks, axis=1) == np.arange(1024)).all()
        assert len(np.unique(blocks, axis=0)) == len(blocks)  # each block in an order of its own
        assert set(np.unique(band.chip).tolist()) == {-1, 1}
        assert abs(int(band.chip.sum())) < 5 * side  # five standard deviations of fair signs


def test_keys_and_bands_are_unrelated() -> None:
    chips = [band.chip[:32, :32].ravel() for key in (None, KEY) for band in carrier.bands(key)]
    products = np.corrcoef(np.array(chips, dtype=float)) - np.eye(len(chips))
    assert np.abs(products).max() < 5 / 32  # five standard deviations over 1024 signs


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(WatermarkKeyError):
        carrier.bands(b"short")


@pytest.mark.parametrize("key", [None, KEY])
def test_the_transform_of_a_tile_is_its_chips(key: bytes | None) -> None:
    tile = carrier.tile(SIGNS, key)
    assert tile.dtype == np.float32
    assert tile.shape == (carrier.SAMPLES, carrier.SAMPLES)
    rest, details = tile, {}
    for level in (1, 2):
        rest, details[level] = pywt.dwt2(rest, fmt.WAVELET, mode="periodization")
    assert np.abs(rest).max() < 1e-5  # nothing below the deepest level, so no visible flicker
    for band in carrier.bands(key):
        expected = fmt.LEVEL_GAINS[band.level] * SIGNS[band.bit] * band.chip
        assert np.abs(details[band.level][band.orientation] - expected).max() < 1e-5


def test_a_tile_repeats_without_seam() -> None:
    tile = carrier.tile(SIGNS, None)
    doubled, _ = pywt.dwt2(np.tile(tile, (2, 2)), fmt.WAVELET, mode="periodization")
    single, _ = pywt.dwt2(tile, fmt.WAVELET, mode="periodization")
    assert np.abs(doubled - np.tile(single, (2, 2))).max() < 1e-5


def test_the_opposite_word_is_the_negative_tile() -> None:
    opposite = (-SIGNS).astype(np.int8)
    assert np.abs(carrier.tile(opposite, KEY) + carrier.tile(SIGNS, KEY)).max() < 1e-5
