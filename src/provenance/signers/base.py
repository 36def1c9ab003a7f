"""What a signer is, and how to get one from a URI."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast, runtime_checkable

from provenance.errors import ConfigError

# Where each kind of signer is implemented. Its module is imported on first use, so that a key in a
# file needs no cloud library.
_SCHEMES = {
    "file": "provenance.signers.pem_file:open_file",
    "pkcs11": "provenance.signers.pkcs11:open_key",
    "awskms": "provenance.signers.awskms:open_key",
    "gcpkms": "provenance.signers.gcpkms:open_key",
}


@runtime_checkable
class Signer(Protocol):
    """Signs bytes with a key that only it holds."""

    @property
    def algorithm(self) -> str:
        """COSE algorithm in lower case, one of ``certificates.algorithms.NAMES``."""
        ...

    @property
    def certificate_chain(self) -> bytes:
        """PEM certificates, the signer's own first, each issued by the next."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Sign ``data`` as COSE wants it; for ECDSA that is r and s side by side, not DER.

        Raises
        ------
        SignerUnavailableError
            The keeper of the key did not sign.
        SigningError
            Signing failed otherwise.
        """
        ...


@runtime_checkable
class LocalSigner(Signer, Protocol):
    """A signer whose key is in this process's memory anyway.

    A library that gets the key itself saves 9 KB of padding in every manifest.
    """

    def private_key_pem(self) -> bytes:
        """Return the private key, PKCS #8 without a password."""
        ...


def open_signer(uri: str, chain: Path | None = None, *, folder: Path | None = None) -> Signer:
    """Open the signer that ``uri`` names: ``file:``, ``pkcs11:``, ``awskms:`` or ``gcpkms:``.

    ``chain`` is a PEM file with the certificates, when they are not kept with the key. Relative
    paths start at ``folder`` (default: the current one). For any other keeper of keys make a
    ``CallbackSigner``.

    Raises
    ------
    ConfigError
        The URI is of an unknown kind, or malformed.
    SignerKeyError
        The key or a certificate can't be used.
    SignerUnavailableError
        The keeper of the key does not answer.
    """
    scheme, colon, rest = uri.partition(":")
    if not colon or scheme not in _SCHEMES:
        known = ", ".join(f"{name}:" for name in _SCHEMES)
        # Not the whole URI: what is misspelt might be a password.
        raise ConfigError(f"A signer of the kind {scheme[:16]!r} is not known; use one of {known}.")
    module, _, function = _SCHEMES[scheme].partition(":")
    opener = cast(
        Callable[[str, Path | None, Path], Signer], getattr(import_module(module), function)
    )
    return opener(rest, chain, folder or Path())
