"""A signer whose key lies in a PEM file."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from provenance.errors import SignerKeyError
from provenance.signing import algorithms
from provenance.signing.certificates import load_pem_chain, to_pem
from provenance.signing.profile import out_of_date
from provenance.signing.text import printable

# A key and a chain of three take 6 KB; anything much larger is the wrong file.
MAX_FILE_BYTES = 1 << 20

_KEY_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----.+?-----END \1-----", re.DOTALL)


class PemSigner:
    """Signs with a private key held in memory; neither ``repr`` nor any error shows the key."""

    def __init__(self, key: PrivateKeyTypes, chain: tuple[x509.Certificate, ...]) -> None:
        self._key = key
        self._chain = chain
        self.algorithm = algorithms.name_for(chain[0].public_key())
        self.certificate_chain = b"".join(to_pem(certificate) for certificate in chain)

    def sign(self, data: bytes) -> bytes:
        """Sign `data`; for ECDSA r and s side by side."""
        return algorithms.sign(self._key, data)

    def private_key_pem(self) -> bytes:
        """Return the private key, PKCS #8 without a password."""
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def __repr__(self) -> str:
        subject = printable(self._chain[0].subject.rfc4514_string())
        return f"<PemSigner {self.algorithm} {subject}>"


def open_file(path: str, chain: Path | None, folder: Path) -> PemSigner:
    """Open ``file:PATH``; certificates come from `chain`, or else from the key's own file.

    Raises `SignerKeyError` when a file can't be read, key and certificate do not belong together,
    the chain is out of order, or the certificate is not valid now.
    """
    key_file = folder / path.removeprefix("//")
    key_pem = _read(key_file)
    chain_file = key_file if chain is None else folder / chain
    try:
        chain_pem = key_pem if chain is None else _read(chain_file)
        return load(key_pem, chain_pem)
    except SignerKeyError as error:
        where = str(key_file) if chain is None else f"{key_file} with {chain_file}"
        raise SignerKeyError(f"{where}: {error}") from error.__cause__


def load(key_pem: bytes, chain_pem: bytes) -> PemSigner:
    """Make a signer from PEM texts; see `open_file` for what is refused."""
    key = _load_key(key_pem)
    chain = load_pem_chain(chain_pem)
    try:
        if chain[0].public_key() != key.public_key():
            raise SignerKeyError(
                "The first certificate does not belong to the private key; "
                "put the signer's own certificate first."
            )
    except (UnsupportedAlgorithm, ValueError) as error:
        raise SignerKeyError("The signer's certificate holds an unknown kind of key.") from error
    _check_order(chain)
    problem = out_of_date(chain[0], datetime.now(UTC))
    if problem:
        raise SignerKeyError(f"{problem[0].upper()}{problem[1:]}; get a new one.")
    return PemSigner(key, chain)


def _load_key(pem: bytes) -> PrivateKeyTypes:
    """Read the one private key of a PEM text; its bytes never reach a message."""
    blocks = [match.group(0) for match in _KEY_BLOCK.finditer(pem)]
    if len(blocks) != 1:
        raise SignerKeyError(f"Expected one PEM private key, found {len(blocks) or 'none'}.")
    try:
        return serialization.load_pem_private_key(blocks[0], password=None)
    except TypeError:
        problem = "The private key is encrypted; store it unencrypted, readable by the owner only."
    except (ValueError, UnsupportedAlgorithm):
        problem = "The private key can't be read; it should be PKCS #8, SEC 1 or PKCS #1 in PEM."
    # Raised outside the handler: the library's message might quote what it failed to read.
    raise SignerKeyError(problem)


def _check_order(chain: tuple[x509.Certificate, ...]) -> None:
    for child, parent in pairwise(chain):
        try:
            child.verify_directly_issued_by(parent)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError) as error:
            raise SignerKeyError(
                "The certificate chain is out of order; each has to be issued by the next."
            ) from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SignerKeyError(f"The key file {path} can't be read: {reason}.") from error
    if len(data) > MAX_FILE_BYTES:
        raise SignerKeyError(f"The key file {path} is too large to hold a key and certificates.")
    return data
