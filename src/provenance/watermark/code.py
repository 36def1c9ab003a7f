"""Words to code bits and back: CRC-16 appended or, under a key, sealed; then the polar code.

A word is what one mark says: the 12 bytes of its payload, then, in a public one, the 3 of its lock.
"""

from __future__ import annotations

import binascii
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from provenance.errors import PayloadError
from provenance.stamp_id import PAYLOAD_BYTES
from provenance.watermark import format as fmt
from provenance.watermark import polar, sealed_word
from provenance.watermark.carrier import Secret

WORD_BYTES = PAYLOAD_BYTES + fmt.LOCK_BYTES
"""Payload and lock of a public mark."""
SHORT_LIST_SIZE, LIST_SIZE, LONG_LIST_SIZE = 1, 128, 512
"""Paths of the list decoder: of clear marks, usually, and where the pilot says that there is one.
32 read 1 % fewer of the hardest cases than 128, 512 take three times as long."""
LOCK_LIST_SIZE = 128
"""Paths where the payload is known, and only lock and check are decoded: 32 read 0.58 of words
near the limit where 128 read 0.72."""
_AT_ONCE = 16
"""Rows that are decoded at once: more take as long each, and 1 MB of memory each."""


def join(payload: bytes, lock: bytes) -> bytes:
    """Join payload and lock to a word.

    Raises
    ------
    PayloadError
        The payload has not 12 bytes, or the lock not 3.
    """
    for what, part, length in (("payload", payload, PAYLOAD_BYTES), ("lock", lock, fmt.LOCK_BYTES)):
        if len(part) != length:
            raise PayloadError(f"A {what} has {length} bytes; this one has {len(part)}.")
    return payload + lock


def check_bytes(word: bytes) -> bytes:
    """Compute the two check bytes of a word."""
    return binascii.crc_hqx(word, fmt.CHECK_START).to_bytes(fmt.CHECK_BYTES, "big")


def encode(word: bytes, key: bytes | None = None) -> NDArray[np.int8]:
    """Encode a word as 1024 code bits, given as signs: bit 0 is +1, bit 1 is -1.

    Under a ``key`` it is a payload alone, and sealed.
    """
    signs: NDArray[np.int8] = encode_all((word,), key)[0]
    return signs


def encode_all(words: Sequence[bytes], key: bytes | None = None) -> NDArray[np.int8]:
    """The code bits of several words: int8, shape (words, 1024)."""
    if key is not None:
        return _encode_bytes([sealed_word.seal(word, key) for word in words])
    return _encode_bytes([word + check_bytes(word) for word in words])


def secret_of(payload: bytes, key: bytes | None) -> Secret | None:
    """What the chips of a payload's mark are drawn from; None for a public one."""
    if key is None:
        return None
    return Secret(key, sealed_word.nonce_of(sealed_word.seal(payload, key)))


def decode(
    soft: NDArray[np.float32], list_size: int = LIST_SIZE, secret: Secret | None = None
) -> bytes | None:
    """Decode soft bits to the most likely word that passes its check, or None.

    Parameters
    ----------
    soft : float32 array, shape (1024,)
        Soft bits: positive means bit 0; only their proportions matter.
    list_size : int
        Paths of the decoder.
    secret : Secret or None
        What the chips were drawn from, or None for the public ones.
    """
    found = polar.decode(soft, list_size)
    return _first_valid(found) if secret is None else _first_unsealed(found, secret)


def complete(soft: NDArray[np.float32], payload: bytes) -> bytes | None:
    """Decode the most likely word with a payload that is known, or None."""
    return complete_all(soft[None], payload)[0]


def complete_all(soft: NDArray[np.float32], payload: bytes) -> list[bytes | None]:
    """Decode each row of soft bits, shape (rows, 1024), to a word with a payload that is known.

    The code is linear: once the payload's own code bits are taken off, its bits are 0.
    """
    rest = bytes(polar.INFORMATION_BITS // 8 - len(payload))
    bare = soft * _encode_bytes([payload + rest])[0]
    known = np.unpackbits(np.frombuffer(payload, dtype=np.uint8))
    words: list[bytes | None] = []
    for first in range(0, len(bare), _AT_ONCE):
        found = polar.decode_all(bare[first : first + _AT_ONCE], LOCK_LIST_SIZE, len(known))
        found[..., : len(known)] = known
        words.extend(_first_valid(candidates) for candidates in found)
    return words


def _encode_bytes(information: Sequence[bytes]) -> NDArray[np.int8]:
    bits = np.unpackbits(np.frombuffer(b"".join(information), dtype=np.uint8))
    coded = polar.encode(bits.reshape(len(information), -1))
    return (1 - 2 * coded.astype(np.int8)).astype(np.int8)


def _first_valid(candidates: NDArray[np.uint8]) -> bytes | None:
    for bits in np.packbits(candidates, axis=1):
        both: bytes = bits.tobytes()
        word, found = both[:WORD_BYTES], both[WORD_BYTES:]
        if check_bytes(word) == found:
            return word
    return None


def _first_unsealed(candidates: NDArray[np.uint8], secret: Secret) -> bytes | None:
    """The first payload that was sealed under the key, and belongs to chips of this nonce."""
    for bits in np.packbits(candidates, axis=1):
        sealed: bytes = bits.tobytes()
        if sealed_word.nonce_of(sealed) == secret.nonce:
            payload = sealed_word.unseal(sealed, secret.key)
            if payload is not None:
                return payload
    return None
