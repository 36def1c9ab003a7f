"""The key that signs a registry's checkpoints: Ed25519, apart from the key that signs manifests.

Whoever follows a log needs only the 32 public bytes; no certificate, no authority, no expiry.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from provenance.errors import SignerKeyError


@dataclass(frozen=True)
class LogKey:
    """A private log key; ``repr`` does not show it."""

    _key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def generate(cls) -> LogKey:
        """Make a new key from the system's randomness."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes) -> LogKey:
        """Read an unencrypted PKCS #8 key; `SignerKeyError` when it is none or not Ed25519."""
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        # Raised outside the handler: the library's message might quote what it failed to read.
        if not isinstance(key, Ed25519PrivateKey):
            raise SignerKeyError("The log key is not an unencrypted Ed25519 private key in PEM.")
        return cls(key)

    def pem(self) -> bytes:
        """Return the private key as PEM, to be kept readable by its owner only."""
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @property
    def public(self) -> LogPublicKey:
        """The key that checks this one's signatures."""
        raw = self._key.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )
        return LogPublicKey(raw)

    def sign(self, data: bytes) -> bytes:
        """Sign `data`: 64 bytes."""
        return self._key.sign(data)


@dataclass(frozen=True)
class LogPublicKey:
    """The 32 bytes with which anyone checks a log's checkpoints."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != 32:
            raise SignerKeyError(f"A log's public key has 32 bytes, not {len(self.raw)}.")

    @property
    def key_id(self) -> str:
        """SHA-256 of the key: 64 lower-case hex digits."""
        return hashlib.sha256(self.raw).hexdigest()

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Tell whether the log's key made `signature` over `data`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
        except (InvalidSignature, ValueError, UnsupportedAlgorithm):
            return False
        return True
