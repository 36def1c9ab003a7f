"""Pseudonyms of accounts: personal data, kept so that the registry alone gives nobody away.

An account's name becomes a keyed hash, and that is sealed under a second key before it reaches the
registry. Both keys come from one secret that is kept elsewhere. Whoever has the registry's file
sees random bytes; whoever has the secret as well can tell that two stamps are one account's; only
who also has a list of accounts can tell whose.
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
PSEUDONYM_BYTES = 16  # 128 bits: no two accounts of any producer share one by chance

MAX_ACCOUNT = 1024  # characters; the longest identifiers in use are e-mail addresses, 254

_FORM = b"\x01"  # AES-256-GCM, nonce of 12 bytes before the text
_NONCE_BYTES = 12

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

    def pseudonym(self, account: str) -> str:
        """Return what stands for an account: 32 lower-case hex digits, the same each time.

        Raises
        ------
        ConfigError
            The account's name is empty, too long or no text.
        """
        if not 0 < len(account) <= MAX_ACCOUNT or not account.strip():
            raise ConfigError(f"An account's name has 1 to {MAX_ACCOUNT} characters.")
        try:
            name = account.encode()
        except UnicodeEncodeError as exc:
            raise ConfigError("An account's name has to be Unicode text.") from exc
        return self._derived(_HASHING, name)[:PSEUDONYM_BYTES].hex()

    def seal(self, account: str, stamp_id: str) -> bytes:
        """Return the account's pseudonym for one stamp's record, unreadable without the key.

        It is bound to the stamp: moved to another record it can't be opened.
        """
        nonce = secrets.token_bytes(_NONCE_BYTES)
        pseudonym = bytes.fromhex(self.pseudonym(account))
        return _FORM + nonce + self._cipher().encrypt(nonce, pseudonym, stamp_id.encode())

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
            return self._cipher().decrypt(nonce, text, stamp_id.encode()).hex()
        except (InvalidTag, ValueError) as exc:
            raise RegistryDamagedError(
                f"The account of stamp {stamp_id} can't be opened: it was sealed under another "
                "key, or altered."
            ) from exc

    def _cipher(self) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(self._derived(_SEALING, b""))

    def _derived(self, label: bytes, data: bytes) -> bytes:
        """Key a hash for one purpose; no output of one purpose tells anything about another."""
        key = hmac.digest(self.secret, label, hashlib.sha256)
        return hmac.digest(key, data, hashlib.sha256)
