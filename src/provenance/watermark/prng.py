"""Keyed pseudo-randomness of the format: SHAKE-256 and nothing else.

Everything here is integer arithmetic on the stream's bytes, so that every platform and every other
implementation gets the same answer.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from provenance.errors import WatermarkKeyError
from provenance.watermark import format as fmt


def stream(key: bytes | None, label: str, length: int) -> bytes:
    """Derive ``length`` bytes of SHAKE-256 over domain, key and label, each with a length prefix.

    Raises
    ------
    WatermarkKeyError
        The key is not 32 bytes.
    """
    key = fmt.PUBLIC_KEY if key is None else key
    _check_length(key)
    parts = (fmt.DOMAIN, key, label.encode("ascii"))
    seed = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    return hashlib.shake_256(seed).digest(length)


def words(key: bytes | None, label: str, count: int) -> NDArray[np.uint32]:
    """Draw ``count`` big-endian 32-bit words of the stream."""
    return np.frombuffer(stream(key, label, 4 * count), dtype=">u4").astype(np.uint32)


def signs(key: bytes | None, label: str, count: int) -> NDArray[np.int8]:
    """Draw ``count`` signs, a bit of the stream each, most significant first: 0 is +1, 1 is -1."""
    bits = np.unpackbits(np.frombuffer(stream(key, label, (count + 7) // 8), dtype=np.uint8))[
        :count
    ]
    return (1 - 2 * bits.astype(np.int8)).astype(np.int8)


def permutation(key: bytes | None, label: str, count: int) -> NDArray[np.int64]:
    """Draw a permutation of ``range(count)``: the order that sorts the words, ties by place."""
    return np.argsort(words(key, label, count), kind="stable")


def turns(key: bytes | None, label: str, count: int) -> NDArray[np.float64]:
    """Draw ``count`` phases in [0, 1) of a full turn, multiples of 2**-32."""
    return words(key, label, count) / 2.0**32


def layer_key(key: bytes | None) -> bytes | None:
    """The key of a private layer; None for the public one, whose key may be named too.

    Raises
    ------
    WatermarkKeyError
        The key is not 32 bytes.
    """
    if key is None:
        return None
    _check_length(key)
    return None if key == fmt.PUBLIC_KEY else key


def check_private_key(key: bytes) -> None:
    """Refuse a key that can't be the secret key of a private mark.

    Raises
    ------
    WatermarkKeyError
        The key is not 32 bytes, or it is the public one.
    """
    _check_length(key)
    if key == fmt.PUBLIC_KEY:
        raise WatermarkKeyError("The watermark key of zeros is the public one. Draw a secret one.")


def _check_length(key: bytes) -> None:
    if len(key) != fmt.KEY_BYTES:
        raise WatermarkKeyError(
            f"A watermark key has {fmt.KEY_BYTES} bytes; this one has {len(key)}."
        )
