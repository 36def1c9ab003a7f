"""The word of a private mark: its payload, encrypted and authenticated under the key.

A synthetic initialisation vector (SIV): the tag is computed over the payload, and the payload is
encrypted under the tag. So a word needs no randomness, and who has no key can neither tell which
payload a word holds nor make one. The tag's first bits say under which nonce the mark's chips were
drawn: pictures under one key do not share them.
"""

from __future__ import annotations

import hmac

from provenance.errors import PayloadError
from provenance.stamp_id import PAYLOAD_BYTES
from provenance.watermark import format as fmt
from provenance.watermark import prng


def seal(payload: bytes, key: bytes) -> bytes:
    """Encrypt 12 bytes of payload to the 17 bytes that the code carries.

    Raises
    ------
    PayloadError, WatermarkKeyError
        Wrong lengths.
    """
    if len(payload) != PAYLOAD_BYTES:
        raise PayloadError(f"A payload has {PAYLOAD_BYTES} bytes; this one has {len(payload)}.")
    tag = prng.stream(key, f"private tag {payload.hex()}", fmt.TAG_BYTES)
    return _masked(payload, tag, key) + tag


def unseal(sealed: bytes, key: bytes) -> bytes | None:
    """Decrypt the 17 bytes, or None if nobody who holds the key made them."""
    masked, tag = sealed[:PAYLOAD_BYTES], sealed[PAYLOAD_BYTES:]
    payload = _masked(masked, tag, key)
    return payload if hmac.compare_digest(seal(payload, key), sealed) else None


def nonce_of(sealed: bytes) -> int:
    """The nonce that a sealed word's chips are drawn with: the first bits of its tag."""
    return sealed[PAYLOAD_BYTES] * fmt.NONCES >> 8


def _masked(payload: bytes, tag: bytes, key: bytes) -> bytes:
    mask = prng.stream(key, f"private mask {tag.hex()}", PAYLOAD_BYTES)
    return bytes(a ^ b for a, b in zip(payload, mask, strict=True))
