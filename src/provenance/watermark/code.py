"""Payload to code bits and back: CRC-32 appended, then the polar code."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from provenance.errors import PayloadError
from provenance.stamp_id import PAYLOAD_BYTES
from provenance.watermark import format as fmt
from provenance.watermark import polar

SHORT_LIST_SIZE, LIST_SIZE, LONG_LIST_SIZE = 1, 128, 512
"""Paths of the list decoder: of clear marks, usually, and where the pilot says that there is one.
32 read 1 % fewer of the hardest cases than 128, 512 take three times as long."""


def check_bytes(payload: bytes) -> bytes:
    """Compute the four check bytes of a payload."""
    return zlib.crc32(payload).to_bytes(fmt.CHECK_BYTES, "big")


def encode(payload: bytes) -> NDArray[np.int8]:
    """Encode a payload as 1024 code bits, given as signs: bit 0 is +1, bit 1 is -1.

    Raises
    ------
    PayloadError
        The payload does not have 12 bytes.
    """
    word: NDArray[np.int8] = encode_all((payload,))[0]
    return word


def encode_all(payloads: Sequence[bytes]) -> NDArray[np.int8]:
    """The code bits of several payloads: int8, shape (payloads, 1024).

    Raises
    ------
    PayloadError
        One has not 12 bytes.
    """
    for payload in payloads:
        if len(payload) != PAYLOAD_BYTES:
            raise PayloadError(f"A payload has {PAYLOAD_BYTES} bytes; this one has {len(payload)}.")
    both = b"".join(payload + check_bytes(payload) for payload in payloads)
    information = np.unpackbits(np.frombuffer(both, dtype=np.uint8)).reshape(len(payloads), -1)
    return (1 - 2 * polar.encode(information).astype(np.int8)).astype(np.int8)


def decode(soft: NDArray[np.float32], list_size: int = LIST_SIZE) -> bytes | None:
    """Decode soft bits to the most likely payload that passes its check, or None.

    Parameters
    ----------
    soft : float32 array, shape (1024,)
        Soft bits: positive means bit 0; only their proportions matter.
    """
    for word in np.packbits(polar.decode(soft, list_size), axis=1):
        both: bytes = word.tobytes()
        payload, found = both[:PAYLOAD_BYTES], both[PAYLOAD_BYTES:]
        if check_bytes(payload) == found:
            return payload
    return None
