"""The keyed streams: SHAKE-256 over length-prefixed parts, and what is made of its bytes."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from provenance.errors import WatermarkKeyError
from provenance.watermark import prng

KEY = bytes(range(32))


def test_stream_is_shake_over_domain_key_and_label() -> None:
    seed = b"\x00\x10provenance dwt.1" + b"\x00\x20" + KEY + b"\x00\x05label"
    assert prng.stream(KEY, "label", 100) == hashlib.shake_256(seed).digest(100)


def test_no_key_is_the_public_key() -> None:
    assert prng.stream(None, "label", 8) == prng.stream(bytes(32), "label", 8)


def test_key_label_and_length_matter_as_they_should() -> None:
    stream = prng.stream(KEY, "label", 64)
    assert prng.stream(KEY, "label", 32) == stream[:32]
    assert prng.stream(KEY, "labe", 64) != stream
    assert prng.stream(KEY[::-1], "label", 64) != stream


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_keys_of_other_lengths_are_refused(length: int) -> None:
    with pytest.raises(WatermarkKeyError, match=f"has 32 bytes; this one has {length}"):
        prng.stream(bytes(length), "label", 1)


def test_words_are_big_endian() -> None:
    stream = prng.stream(KEY, "label", 12)
    words = [int.from_bytes(stream[at : at + 4], "big") for at in (0, 4, 8)]
    assert prng.words(KEY, "label", 3).tolist() == words


@pytest.mark.parametrize("count", [1, 7, 8, 9, 1000])
def test_signs_are_the_bits_most_significant_first(count: int) -> None:
    stream = prng.stream(KEY, "label", 125)
    bits = [byte >> shift & 1 for byte in stream for shift in range(7, -1, -1)]
    signs = prng.signs(KEY, "label", count)
    assert signs.dtype == np.int8
    assert signs.tolist() == [1 - 2 * bit for bit in bits[:count]]


def test_permutation_sorts_the_words() -> None:
    order = prng.permutation(KEY, "label", 1024)
    words = prng.words(KEY, "label", 1024).tolist()
    assert order.tolist() == sorted(range(1024), key=lambda place: (words[place], place))


def test_turns_are_words_over_a_full_turn() -> None:
    turns = prng.turns(KEY, "label", 1000)
    assert (turns * 2.0**32).tolist() == prng.words(KEY, "label", 1000).tolist()
    assert 0 <= turns.min() < 0.01
    assert 0.99 < turns.max() < 1
