"""Public keys of logs and witnesses as one line of text: C2SP's verifier keys (signed-note).

    NAME+KEY_ID+base64(type, 32 bytes)

The name of a log's key is its origin. Name and type are part of the key's identifier, so that a key
speaks for nobody else, and a log's key never for a witness.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from provenance.errors import ConfigError, LogIntegrityError, SignerKeyError
from provenance.registry.checkpoint import (
    ED25519,
    decode_base64,
    derive_key_id,
    encode_base64,
)

if TYPE_CHECKING:
    from provenance.signers import LogPublicKey

COSIGNATURE = b"\x04"
"""C2SP's type of a witness's Ed25519 cosignature (tlog-cosignature)."""

MAX_TEXT = 1000
"""Characters. A name is a short address, and key and identifier have 54."""

_VKEY = re.compile(r"(?P<name>[^\s+]+)\+(?P<key_id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/=]+)")
_NAME = re.compile(r"[^\s+]+")


@dataclass(frozen=True)
class VerifierKey:
    """A public key with the name of whoever signs with it, a log or a witness."""

    name: str
    key: LogPublicKey
    kind: bytes = ED25519

    @property
    def key_id(self) -> bytes:
        """The four bytes that signature lines name it by."""
        return derive_key_id(self.name, self.key, self.kind)

    @property
    def text(self) -> str:
        """The line that others are given."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(self.kind + self.key.raw)}"

    @classmethod
    def of_log(cls, text: str) -> Self:
        """Read the key of a log; see ``of_witness``."""
        return cls._parse(text, ED25519, "log")

    @classmethod
    def of_witness(cls, text: str) -> Self:
        """Read the key of a witness.

        Raises
        ------
        ConfigError
            It is not such a key.
        """
        return cls._parse(text, COSIGNATURE, "witness")

    @classmethod
    def _parse(cls, text: str, kind: bytes, whose: str) -> Self:
        from provenance.signers import LogPublicKey

        match = _VKEY.fullmatch(text.strip()) if len(text) <= MAX_TEXT else None
        try:
            data = decode_base64(match["key"]) if match else b""
            key = LogPublicKey(data[1:])
        except (LogIntegrityError, SignerKeyError):
            match = None
        if match is None:
            raise ConfigError(
                f"A {whose}'s public key is one line of three parts, NAME+ID+KEY, as "
                "'provenance registry key' prints it."
            )
        if data[:1] != kind:
            raise ConfigError(f"The public key of {match['name']} is not that of a {whose}.")
        found = cls(match["name"], key, kind)
        if found.key_id != bytes.fromhex(match["key_id"]):
            raise ConfigError(
                f"The public key of {found.name} is damaged: its identifier is that of another."
            )
        return found


def is_name(name: str) -> bool:
    """Tell whether a key can have this name: no spaces or plus signs, and not too long."""
    return _NAME.fullmatch(name) is not None and len(name) <= MAX_TEXT // 2


def check_name(name: str) -> str:
    """Return a name that a key can have.

    Raises
    ------
    ConfigError
        It is empty or too long, or has spaces or plus signs.
    """
    if not is_name(name):
        raise ConfigError(
            f"{name!r} can't name a witness: write something like an address, example.org/witness."
        )
    return name
