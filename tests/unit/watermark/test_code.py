"""Payload to code bits and back: the CRC in front of the polar code."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from provenance.errors import PayloadError
from provenance.watermark import code, polar

PAYLOAD = bytes(range(1, 13))


def information(payload: bytes) -> list[int]:
    """What the polar code carries for a payload."""
    u = polar.transform(((1 - code.encode(payload)) // 2).astype(np.uint8))
    return [int(bit) for bit in u[polar.information_positions()]]


def test_the_check_follows_the_payload_big_endian() -> None:
    value = int.from_bytes(PAYLOAD, "big") << 32 | zlib.crc32(PAYLOAD)
    assert information(PAYLOAD) == [value >> shift & 1 for shift in range(127, -1, -1)]


def test_code_bits_are_signs() -> None:
    signs = code.encode(PAYLOAD)
    assert signs.dtype == np.int8
    assert signs.shape == (1024,)
    assert set(signs.tolist()) == {1, -1}


@pytest.mark.parametrize("length", [0, 11, 13, 16])
def test_other_lengths_are_refused(length: int) -> None:
    with pytest.raises(PayloadError, match=f"this one has {length}"):
        code.encode(bytes(length))


def test_round_trip_through_noise() -> None:
    noise = np.random.default_rng(1).normal(0, 1.6, 1024)
    assert code.decode((code.encode(PAYLOAD) + noise).astype(np.float32)) == PAYLOAD


def test_a_word_with_a_wrong_check_is_no_payload() -> None:
    bits = np.array(information(PAYLOAD), np.uint8)
    for flipped in (0, 95, 96, 127):
        changed = bits.copy()
        changed[flipped] ^= 1
        assert code.decode((1.0 - 2.0 * polar.encode(changed)).astype(np.float32)) is None


def test_the_list_saves_a_payload_that_is_not_the_likeliest_word() -> None:
    noise = np.random.default_rng(1).normal(0, 2.1, (40, 1024))
    soft = (code.encode(PAYLOAD) + noise).astype(np.float32)
    alone = sum(code.decode(each, 1) == PAYLOAD for each in soft)
    listed = sum(code.decode(each) == PAYLOAD for each in soft)
    assert alone < listed
    assert all(code.decode(each) in (PAYLOAD, None) for each in soft)


def test_noise_is_no_payload() -> None:
    noise = np.random.default_rng(2).normal(size=(20, 1024)).astype(np.float32)
    assert [code.decode(each) for each in noise] == [None] * 20
