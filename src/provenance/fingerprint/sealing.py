"""The lattice fingerprint as manifests and records hold it: sealed with what the mark says.

Who holds a picture that the mark can be read from opens it; who holds only manifest or record would
have to try every lock, each at the price of one scrypt. See docs/fingerprints.md.
"""

from __future__ import annotations

import base64
import re
import secrets

from provenance.fingerprint.lattice_levels import MAX_BYTES, LatticeFingerprint

UNSEALED = "none"
"""What stands in place of a fingerprint that nobody could open: the picture holds no mark."""

SALT_BYTES = 16
"""Fresh for each seal, so that no two pictures are tried at once."""
SCRYPT_COST, SCRYPT_BLOCK, SCRYPT_LANES = 2**15, 8, 1
"""N, r and p of scrypt (RFC 7914): 32 MiB and less than 0.1 s for each lock that is tried."""
_KEY_BYTES, _NONCE_BYTES, _TAG_BYTES = 32, 12, 16  # AES-256-GCM

_TEXT = re.compile(r"lattice3:([A-Za-z0-9_-]+)")
_LABEL = b"lattice3"  # in front of the payload, as associated data
MAX_TEXT = len("lattice3:") + 4 * -(-(SALT_BYTES + MAX_BYTES + _TAG_BYTES) // 3)  # characters


def seal(
    made: LatticeFingerprint, payload: bytes, lock: bytes, *, salt: bytes | None = None
) -> str:
    """Seal a fingerprint as ``lattice3:`` and base64url of salt, ciphertext and tag.

    Parameters
    ----------
    made
        What is sealed.
    payload, lock
        What the picture's mark says.
    salt
        16 bytes; random when not given.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt = secrets.token_bytes(SALT_BYTES) if salt is None else salt
    key, nonce = derive_key(payload, lock, salt)
    sealed = salt + AESGCM(key).encrypt(nonce, made.pack(), _LABEL + payload)
    return f"lattice3:{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"


def unseal(text: str, payload: bytes, lock: bytes) -> LatticeFingerprint | None:
    """Open what ``seal`` wrote; None where the lock is another one or the text any other."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    sealed = _read(text)
    if sealed is None:
        return None
    key, nonce = derive_key(payload, lock, sealed[:SALT_BYTES])
    try:
        packed = AESGCM(key).decrypt(nonce, sealed[SALT_BYTES:], _LABEL + payload)
    except InvalidTag:
        return None
    return LatticeFingerprint.unpack(packed)


def is_sealed(text: str) -> bool:
    """Tell whether a text has the form of a sealed fingerprint: only such a one costs a scrypt."""
    return _read(text) is not None


def derive_key(payload: bytes, lock: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """Derive key and nonce; as the salt is fresh, no key is used twice."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    length = _KEY_BYTES + _NONCE_BYTES
    drawn = Scrypt(salt, length, SCRYPT_COST, SCRYPT_BLOCK, SCRYPT_LANES).derive(payload + lock)
    return drawn[:_KEY_BYTES], drawn[_KEY_BYTES:]


def _read(text: str) -> bytes | None:
    """Salt, ciphertext and tag; None for any other text, however long or odd."""
    found = _TEXT.fullmatch(text) if len(text) <= MAX_TEXT else None
    if found is None or len(found[1]) % 4 == 1:
        return None
    sealed = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))
    return sealed if len(sealed) > SALT_BYTES + _TAG_BYTES else None
