"""Pseudonyms of accounts: personal data, kept so that the registry alone gives nobody away.

An account's name becomes a keyed hash, which is sealed under a second key before it reaches the
registry. Both keys come from one secret that is kept elsewhere. The registry's file alone shows
random bytes. With the secret, one can tell that two stamps are for the same account. Only with a
list of accounts as well can one tell which account it is.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from provenance.errors import ConfigError, RegistryDamagedError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
"""Bytes of the secret: as strong as the ciphers it feeds."""

PSEUDONYM_BYTES = 16
"""128 bits: no two accounts of any producer share a pseudonym by chance."""

MAX_ACCOUNT = 1024
"""Characters of a name; the longest identifiers in use are e-mail addresses, with 254."""

_FORM = b"\x01"  # AES-256-GCM, nonce of 12 bytes before the text
_NONCE_BYTES = 12  # the length that AES-GCM is specified for

# Labels that keep the two keys apart; they are part of the format.
_HASHING, _SEALING = b"provenance.account.pseudonym.1", b"provenance.account.seal.1"


@dataclass(frozen=True)
class AccountKey:
    """The secret behind pseudonyms; ``repr`` does not show it.

    Raises
    ------
    ConfigError
        It is not 32 bytes.
    """

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise ConfigError(f"An account key has {KEY_BYTES} bytes, not {len(self.secret)}.")

    @classmethod
    def generate(cls) -> AccountKey:
        """Make a new key from the system's randomness."""
        return cls(secrets.token_bytes(KEY_BYTES))

    def derive_pseudonym(self, account: str) -> str:
        """Derive what stands for an account: 32 lower-case hex digits, the same each time.

        Raises
        ------
        ConfigError
            The account's name is empty, too long or not text.
        """
        if not 0 < len(account) <= MAX_ACCOUNT or not account.strip():
            raise ConfigError(f"An account's name has 1 to {MAX_ACCOUNT} characters.")
        try:
            name = account.encode()
        except UnicodeEncodeError as error:
            raise ConfigError("An account's name has to be Unicode text.") from error
        return self._derive(_HASHING, name)[:PSEUDONYM_BYTES].hex()

    def seal(self, account: str, stamp_id: str) -> bytes:
        """Return the account's pseudonym for one stamp's record, unreadable without the key.

        It is bound to the stamp: in another record it can't be opened.
        """
        nonce = secrets.token_bytes(_NONCE_BYTES)
        pseudonym = bytes.fromhex(self.derive_pseudonym(account))
        return _FORM + nonce + self._make_cipher().encrypt(nonce, pseudonym, stamp_id.encode())

    def open(self, sealed: bytes, stamp_id: str) -> str:
        """Return the pseudonym that was sealed for this stamp.

        Raises
        ------
        RegistryDamagedError
            It was sealed under another key or for another stamp, or was altered.
        """
        from cryptography.exceptions import InvalidTag

        nonce, text = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            if not sealed.startswith(_FORM):
                raise ValueError("unknown form")
            return self._make_cipher().decrypt(nonce, text, stamp_id.encode()).hex()
        except (InvalidTag, ValueError) as error:
            raise RegistryDamagedError(
                f"The account of stamp {stamp_id} can't be opened: it was sealed under another "
                "key, or altered."
            ) from error

    def _make_cipher(self) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(self._derive(_SEALING, b""))

    def _derive(self, label: bytes, data: bytes) -> bytes:
        """Hash under a key of its own for each purpose; no hash tells about another purpose."""
        key = hmac.digest(self.secret, label, hashlib.sha256)
        return hmac.digest(key, data, hashlib.sha256)
