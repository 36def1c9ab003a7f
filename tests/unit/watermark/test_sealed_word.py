"""Private words: only who holds the key makes or opens one."""

from __future__ import annotations

import numpy as np
import pytest

from provenance.errors import PayloadError, WatermarkKeyError
from provenance.watermark import code, sealed_word
from provenance.watermark.carrier import Secret

KEY = bytes(range(32))
PAYLOAD = b"twelve bytes"


def test_what_was_sealed_opens_under_its_key_alone() -> None:
    sealed = sealed_word.seal(PAYLOAD, KEY)
    assert len(sealed) == 17
    assert sealed_word.unseal(sealed, KEY) == PAYLOAD
    assert sealed_word.unseal(sealed, KEY[::-1]) is None
    assert PAYLOAD not in sealed


def test_a_word_with_any_bit_changed_does_not_open() -> None:
    sealed = sealed_word.seal(PAYLOAD, KEY)
    for bit in range(8 * len(sealed)):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        assert sealed_word.unseal(bytes(changed), KEY) is None


def test_payloads_that_hardly_differ_have_unrelated_words() -> None:
    words = [sealed_word.seal(serial.to_bytes(12, "big"), KEY) for serial in range(512)]
    bits = np.unpackbits(np.frombuffer(b"".join(words), np.uint8)).reshape(len(words), -1)
    assert np.abs(bits.mean(axis=0) - 0.5).max() < 5 * 0.5 / 512**0.5
    nonces = np.bincount([sealed_word.nonce_of(word) for word in words], minlength=16)
    assert len(nonces) == 16
    assert nonces.min() > 8  # 32 on average


def test_a_word_decodes_under_the_nonce_of_its_own_tag_only() -> None:
    soft = code.encode(PAYLOAD, KEY).astype(np.float32)
    own = sealed_word.nonce_of(sealed_word.seal(PAYLOAD, KEY))
    assert code.decode(soft, secret=Secret(KEY, own)) == PAYLOAD
    assert code.decode(soft, secret=Secret(KEY, (own + 1) % 16)) is None
    assert code.decode(soft) is None  # to who has no key it is no word


def test_wrong_lengths_are_refused() -> None:
    with pytest.raises(PayloadError):
        sealed_word.seal(PAYLOAD + b"!", KEY)
    with pytest.raises(WatermarkKeyError):
        sealed_word.seal(PAYLOAD, b"short")
