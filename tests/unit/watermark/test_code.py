"""Words to code bits and back: the CRC in front of the polar code."""

from __future__ import annotations

import numpy as np
import pytest

from provenance.errors import PayloadError
from provenance.watermark import code, polar

WORD = bytes(range(1, 16))
PAYLOAD = WORD[:12]


def information(word: bytes) -> list[int]:
    """What the polar code carries for a word."""
    u = polar.transform(((1 - code.encode(word)) // 2).astype(np.uint8))
    return [int(bit) for bit in u[polar.information_positions()]]


def crc(data: bytes) -> int:
    """CRC-16 as the format defines it, bit by bit."""
    register = 0xFFFF
    for byte in data:
        register ^= byte << 8
        for _ in range(8):
            register = register << 1 ^ (0x11021 if register & 0x8000 else 0)
    return register


def test_the_check_is_the_one_that_others_know() -> None:
    assert code.check_bytes(b"123456789") == bytes.fromhex("29b1")  # the catalogue's test value
    assert crc(WORD).to_bytes(2, "big") == code.check_bytes(WORD)


def test_the_check_follows_the_word_big_endian() -> None:
    value = int.from_bytes(WORD, "big") << 16 | crc(WORD)
    assert information(WORD) == [value >> shift & 1 for shift in range(135, -1, -1)]


def test_code_bits_are_signs() -> None:
    signs = code.encode(WORD)
    assert signs.dtype == np.int8
    assert signs.shape == (1024,)
    assert set(signs.tolist()) == {1, -1}


@pytest.mark.parametrize(("payload", "lock"), [(0, 3), (11, 3), (13, 3), (12, 0), (12, 4)])
def test_other_lengths_are_refused(payload: int, lock: int) -> None:
    with pytest.raises(PayloadError, match="this one has"):
        code.join(bytes(payload), bytes(lock))


def test_round_trip_through_noise() -> None:
    noise = np.random.default_rng(1).normal(0, 1.6, 1024)
    assert code.decode((code.encode(WORD) + noise).astype(np.float32)) == WORD


def test_a_word_with_a_wrong_check_is_none() -> None:
    bits = np.array(information(WORD), np.uint8)
    for flipped in (0, 95, 96, 119, 120, 135):
        changed = bits.copy()
        changed[flipped] ^= 1
        assert code.decode((1.0 - 2.0 * polar.encode(changed)).astype(np.float32)) is None


def test_the_list_saves_a_word_that_is_not_the_likeliest() -> None:
    noise = np.random.default_rng(1).normal(0, 2.1, (40, 1024))
    soft = (code.encode(WORD) + noise).astype(np.float32)
    alone = sum(code.decode(each, 1) == WORD for each in soft)
    listed = sum(code.decode(each) == WORD for each in soft)
    assert alone < listed
    assert all(code.decode(each) in (WORD, None) for each in soft)


def test_noise_is_no_word() -> None:
    noise = np.random.default_rng(2).normal(size=(20, 1024)).astype(np.float32)
    assert [code.decode(each) for each in noise] == [None] * 20


def test_the_lock_of_a_known_payload_is_read_from_much_less() -> None:
    noise = np.random.default_rng(3).normal(0, 2.7, (20, 1024))
    soft = (code.encode(WORD) + noise).astype(np.float32)
    assert sum(code.decode(each) == WORD for each in soft) < 5
    assert sum(code.complete(each, PAYLOAD) == WORD for each in soft) >= 18


def test_another_payload_is_not_completed_to_what_was_sent() -> None:
    found = code.complete(code.encode(WORD).astype(np.float32), PAYLOAD[::-1])
    assert found is None or found[:12] == PAYLOAD[::-1]
