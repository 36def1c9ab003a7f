"""The key that signs a registry's checkpoints: Ed25519, apart from the key that signs manifests.

To follow a log, the 32 public bytes suffice: there is no certificate, authority or expiry.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from provenance.errors import SignerKeyError

KEY_BYTES = 32
"""What an Ed25519 key has (RFC 8032)."""


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
        """Read an unencrypted PKCS #8 key.

        Raises
        ------
        SignerKeyError
            The text is not such a key, or the key is not Ed25519.
        """
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        # Raised outside the handler: the library's message might quote what it failed to read.
        if not isinstance(key, Ed25519PrivateKey):
            raise SignerKeyError("The log key is not an unencrypted Ed25519 private key in PEM.")
        return cls(key)

    def to_pem(self) -> bytes:
        """Write the private key as PEM, for a file that only its owner may read."""
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
        """Sign ``data``; a signature has 64 bytes."""
        return self._key.sign(data)


@dataclass(frozen=True)
class LogPublicKey:
    """The 32 bytes with which anyone checks a log's checkpoints.

    Raises
    ------
    SignerKeyError
        There are not 32 bytes.
    """

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != KEY_BYTES:
            raise SignerKeyError(f"A log's public key has {KEY_BYTES} bytes, not {len(self.raw)}.")

    @classmethod
    def from_spki(cls, spki: bytes) -> LogPublicKey | None:
        """Take the key out of its SubjectPublicKeyInfo; None if it is of another kind."""
        try:
            key = serialization.load_der_public_key(spki)
        except (ValueError, UnsupportedAlgorithm):
            return None
        if not isinstance(key, Ed25519PublicKey):
            return None
        encoding, form = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        return cls(key.public_bytes(encoding, form))

    @property
    def spki(self) -> bytes:
        """The key as SubjectPublicKeyInfo in DER, as directories list it."""
        return Ed25519PublicKey.from_public_bytes(self.raw).public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def key_id(self) -> str:
        """SHA-256 of the key: 64 lower-case hex digits."""
        return hashlib.sha256(self.raw).hexdigest()

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Tell whether the log's key made ``signature`` over ``data``."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
        except (InvalidSignature, ValueError, UnsupportedAlgorithm):
            return False
        return True
