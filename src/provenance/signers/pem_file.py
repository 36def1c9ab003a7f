"""``file:PATH``: a signer whose key lies in a PEM file.

``file:PATH?password-source=env:NAME`` (or ``=file:PATH``) opens an encrypted key.
"""

from __future__ import annotations

import re
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from provenance.certificates import Chain, algorithms, load_signing_chain, read_file
from provenance.errors import SignerKeyError
from provenance.signers.uri import place_file, read_secret, split
from provenance.text import clean

_KEY_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----.+?-----END \1-----", re.DOTALL)


class PemSigner:
    """Signs with a private key held in memory; neither ``repr`` nor any error shows the key."""

    def __init__(self, key: PrivateKeyTypes, chain: Chain) -> None:
        self._key = key
        self._leaf = chain.leaf
        self.algorithm = algorithms.name_algorithm(chain.key)
        self.certificate_chain = chain.pem

    def sign(self, data: bytes) -> bytes:
        """Sign ``data``; for ECDSA r and s side by side."""
        return algorithms.sign(self._key, data)

    def private_key_pem(self) -> bytes:
        """Return the private key, PKCS #8 without a password."""
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def __repr__(self) -> str:
        subject = clean(self._leaf.subject.rfc4514_string())
        return f"<PemSigner {self.algorithm} {subject}>"


def open_file(rest: str, chain: Path | None, folder: Path) -> PemSigner:
    """Open ``file:PATH``; certificates come from ``chain``, or else from the key's own file.

    Raises
    ------
    ConfigError
        The URI has an unknown option.
    SignerKeyError
        A file can't be read, key and certificate do not belong together, the chain is out of
        order, or the certificate is not valid now.
    """
    path, options = split(rest, ("password-source",))
    key_file = place_file(path, folder)
    key_pem = read_file(key_file)
    chain_file = key_file if chain is None else folder / chain
    try:
        chain_pem = key_pem if chain is None else read_file(chain_file)
        source = options.get("password-source")
        password = read_secret(source, folder) if source else None
        return load(key_pem, chain_pem, password)
    except SignerKeyError as error:
        where = str(key_file) if chain is None else f"{key_file} with {chain_file}"
        raise SignerKeyError(f"{where}: {error}") from error.__cause__


def load(key_pem: bytes, chain_pem: bytes, password: bytes | None = None) -> PemSigner:
    """Make a signer from PEM texts.

    Raises
    ------
    SignerKeyError
        A text can't be read, key and certificate do not belong together, the chain is out of
        order, or the certificate is not valid now.
    """
    key = _load_key(key_pem, password)
    return PemSigner(key, load_signing_chain(chain_pem, key.public_key()))


def _load_key(pem: bytes, password: bytes | None) -> PrivateKeyTypes:
    """Read the one private key of a PEM text; its bytes never reach a message."""
    blocks = [match.group(0) for match in _KEY_BLOCK.finditer(pem)]
    if len(blocks) != 1:
        raise SignerKeyError(
            f"A PEM text should hold one private key; this one holds {len(blocks) or 'none'}."
        )
    try:
        return serialization.load_pem_private_key(blocks[0], password)
    except TypeError:
        problem = (
            "The private key is encrypted; say where its password is, as in "
            "file:signer.pem?password-source=env:NAME."
            if password is None
            else "A password is given, but the private key is not encrypted."
        )
    except (ValueError, UnsupportedAlgorithm):
        problem = (
            "The private key can't be read; it should be PKCS #8, SEC 1 or PKCS #1 in PEM."
            if password is None
            else "The private key can't be opened; the password is wrong or the key damaged."
        )
    # Raised outside the handler: the library's message might quote what it failed to read.
    raise SignerKeyError(problem)
