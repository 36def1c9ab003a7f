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
SECRET = carrier.Secret(KEY, 5)


@pytest.mark.parametrize("secret", [None, SECRET])
def test_a_block_holds_every_code_bit_once(secret: carrier.Secret | None) -> None:
    bands, tiles = carrier.bands(secret), carrier.tiles(secret)
    assert [(band.level, band.orientation) for band in bands] == [
        (level, orientation) for level in (1, 2) for orientation in range(3)
    ]
    for band in bands:
        side = 128 >> band.level
        assert band.bit.shape == (side, side)
        assert band.chip.shape == (tiles * side, tiles * side)
        blocks = band.bit.reshape(side // 32, 32, side // 32, 32).swapaxes(1, 2).reshape(-1, 1024)
        assert (np.sort(blocks, axis=1) == np.arange(1024)).all()
        assert len(np.unique(blocks, axis=0)) == len(blocks)  # each block in an order of its own
        assert set(np.unique(band.chip).tolist()) == {-1, 1}
        deviation = tiles * side  # of the sum of fair signs
        assert abs(int(band.chip.sum())) < 5 * deviation


def test_keys_and_bands_are_unrelated() -> None:
    secrets = None, SECRET, carrier.Secret(KEY, 6), carrier.Secret(KEY[:-1] + b"K", 5)
    chips = [band.chip[:32, :32].ravel() for secret in secrets for band in carrier.bands(secret)]
    products = np.corrcoef(np.array(chips, dtype=float)) - np.eye(len(chips))
    assert np.abs(products).max() < 5 / 32  # five standard deviations over 1024 signs


def test_private_chips_differ_from_tile_to_tile() -> None:
    for band in carrier.bands(SECRET):
        side = len(band.bit)
        tiles = band.chip.reshape(8, side, 8, side).swapaxes(1, 2).reshape(64, -1)
        products = np.corrcoef(tiles.astype(float)) - np.eye(64)
        assert np.abs(products).max() < 5.5 / side


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(WatermarkKeyError):
        carrier.bands(carrier.Secret(b"short", 0))


@pytest.mark.parametrize("secret", [None, SECRET])
def test_the_transform_of_a_tile_is_its_chips(secret: carrier.Secret | None) -> None:
    tile = carrier.tile(SIGNS, secret)
    side = carrier.tiles(secret) * carrier.SAMPLES
    assert tile.dtype == np.float32
    assert tile.shape == (side, side)
    rest, details = tile, {}
    for level in (1, 2):
        rest, details[level] = pywt.dwt2(rest, fmt.WAVELET, mode="periodization")
    assert np.abs(rest).max() < 1e-5  # nothing below the deepest level, so no visible flicker
    for band in carrier.bands(secret):
        expected = fmt.LEVEL_GAINS[band.level] * band.signs(SIGNS)
        assert np.abs(details[band.level][band.orientation] - expected).max() < 1e-5


def test_a_tile_repeats_without_seam() -> None:
    tile = carrier.tile(SIGNS, None)
    doubled, _ = pywt.dwt2(np.tile(tile, (2, 2)), fmt.WAVELET, mode="periodization")
    single, _ = pywt.dwt2(tile, fmt.WAVELET, mode="periodization")
    assert np.abs(doubled - np.tile(single, (2, 2))).max() < 1e-5


def test_the_opposite_word_is_the_negative_tile() -> None:
    opposite = (-SIGNS).astype(np.int8)
    assert np.abs(carrier.tile(opposite, SECRET) + carrier.tile(SIGNS, SECRET)).max() < 1e-5
