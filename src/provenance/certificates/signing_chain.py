"""Certificates to sign with: in order, in date, and the first one the key's own."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from provenance.certificates.c2pa_profile import find_date_obstacle
from provenance.certificates.signer_certificate import load_pem_chain, to_pem
from provenance.errors import ConfigError, SignerKeyError
from provenance.files import read_named

MAX_FILE_BYTES = 2**20
"""A key and a chain of three take 6 KB; anything much larger is the wrong file."""


class Chain:
    """A signer's certificates, its own first."""

    def __init__(self, certificates: tuple[x509.Certificate, ...]) -> None:
        self.leaf = certificates[0]
        self.pem = b"".join(to_pem(certificate) for certificate in certificates)

    @property
    def key(self) -> PublicKeyTypes:
        """The public key that the signer's own certificate speaks for."""
        return self.leaf.public_key()


def load_signing_chain(pem: bytes, key: PublicKeyTypes | None = None) -> Chain:
    """Read certificates to sign with; the first has to be that of ``key``, where it is at hand.

    Raises
    ------
    SignerKeyError
        They can't be read, are another key's, are out of order, or are out of date.
    """
    certificates = load_pem_chain(pem)
    try:
        own = certificates[0].public_key()
    except (UnsupportedAlgorithm, ValueError) as error:
        raise SignerKeyError(
            "The signer's certificate holds an unknown kind of key; use another key."
        ) from error
    if key is not None and key != own:
        raise SignerKeyError(
            "The first certificate does not belong to the private key; "
            "put the signer's own certificate first."
        )
    _check_order(certificates)
    if obstacle := find_date_obstacle(certificates[0], datetime.now(UTC)):
        raise SignerKeyError(f"The signer needs another certificate: {obstacle}.")
    return Chain(certificates)


def read_chain(path: Path | None, folder: Path, keeper: str) -> bytes:
    """Read the file of certificates for a key whose keeper holds none.

    Raises
    ------
    ConfigError
        No file is named.
    SignerKeyError
        The file can't be read.
    """
    if path is None:
        raise ConfigError(f"{keeper} keeps no certificates; name their PEM file as signing.chain.")
    return read_file(folder / path)


def read_file(path: Path) -> bytes:
    """Read a file of keys or certificates, which may be a pipe.

    Raises
    ------
    SignerKeyError
        It can't be read, or is too large.
    """
    return read_named(path, "key file", MAX_FILE_BYTES, SignerKeyError)


def _check_order(chain: tuple[x509.Certificate, ...]) -> None:
    for child, parent in pairwise(chain):
        try:
            child.verify_directly_issued_by(parent)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError) as error:
            raise SignerKeyError(
                "The certificate chain is out of order; each has to be issued by the next."
            ) from error
