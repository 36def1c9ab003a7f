"""Stamps in public lists: salted and hashed slowly, so that the list does not give them away.

Who meets a picture reads its mark and asks whether the list holds it. Who has only the list would
have to guess: knowing producer, model and day leaves 40 bits, each guess at the price of a scrypt.
"""

from __future__ import annotations

import re
import secrets
from functools import lru_cache

from provenance.stamp_id import StampId

SALT_BYTES = 16
"""One salt for a list: a reader pays one scrypt for each mark, however long the list is."""

SCRYPT_COST, SCRYPT_BLOCK, SCRYPT_LANES = 2**14, 8, 1
"""N, r and p of scrypt (RFC 7914): 16 MiB and some 40 ms for each guess."""

DIGEST_BYTES = 32

MOST_SALTS = 8
"""Salts that are looked up in one list: each costs a scrypt for each mark, so that a list of many
would be a way to keep others busy."""

REMEMBERED = 4096
"""Hashes that are kept: the same mark is met again and again, in its copies."""

_SALTED = re.compile(rf"[0-9a-f]{{{2 * SALT_BYTES}}}:[0-9a-f]{{{2 * DIGEST_BYTES}}}")


def draw_salt() -> bytes:
    """Draw the salt of a new list."""
    return secrets.token_bytes(SALT_BYTES)


@lru_cache(maxsize=REMEMBERED)
def salt_stamp(stamp_id: StampId, salt: bytes) -> str:
    """Hash a stamp for a list, as the salt and the hash in hex."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    scrypt = Scrypt(salt, DIGEST_BYTES, SCRYPT_COST, SCRYPT_BLOCK, SCRYPT_LANES)
    return f"{salt.hex()}:{scrypt.derive(stamp_id.payload).hex()}"


def is_salted(text: str) -> bool:
    """Tell whether a text has the form of a salted stamp."""
    return _SALTED.fullmatch(text) is not None


def read_salt(text: str) -> bytes:
    """Return the salt of a salted stamp."""
    return bytes.fromhex(text[: 2 * SALT_BYTES])
