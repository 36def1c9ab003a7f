"""Certificates that a signer may use: in order, in date, and the key's own."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from provenance.certificates.c2pa_profile import out_of_date
from provenance.certificates.signer_certificate import load_pem_chain, to_pem
from provenance.errors import ConfigError, SignerKeyError

# A key and a chain of three take 6 KB; anything much larger is the wrong file.
MAX_FILE_BYTES = 1 << 20


class Chain:
    """A signer's certificates, its own first."""

    def __init__(self, certificates: tuple[x509.Certificate, ...]) -> None:
        self.leaf = certificates[0]
        self.pem = b"".join(to_pem(certificate) for certificate in certificates)

    @property
    def key(self) -> PublicKeyTypes:
        """The public key that the signer's own certificate speaks for."""
        return self.leaf.public_key()


def usable(pem: bytes, key: PublicKeyTypes | None = None) -> Chain:
    """Read certificates to sign with; the first has to be that of `key`, where it is at hand.

    Raises `SignerKeyError` when they are unreadable, another key's, out of order or out of date.
    """
    certificates = load_pem_chain(pem)
    try:
        own = certificates[0].public_key()
    except (UnsupportedAlgorithm, ValueError) as error:
        raise SignerKeyError("The signer's certificate holds an unknown kind of key.") from error
    if key is not None and key != own:
        raise SignerKeyError(
            "The first certificate does not belong to the private key; "
            "put the signer's own certificate first."
        )
    _check_order(certificates)
    problem = out_of_date(certificates[0], datetime.now(UTC))
    if problem:
        raise SignerKeyError(f"{problem[0].upper()}{problem[1:]}; get a new one.")
    return Chain(certificates)


def read_chain(path: Path | None, folder: Path, keeper: str) -> bytes:
    """Read the file of certificates that goes with a key whose keeper holds none."""
    if path is None:
        raise ConfigError(f"{keeper} keeps no certificates; name their PEM file as signing.chain.")
    return read_file(folder / path)


def read_file(path: Path) -> bytes:
    """Read a file of keys or certificates; `SignerKeyError` when that can't be."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SignerKeyError(f"The key file {path} can't be read: {reason}.") from error
    if len(data) > MAX_FILE_BYTES:
        raise SignerKeyError(f"The key file {path} is too large to hold a key and certificates.")
    return data


def _check_order(chain: tuple[x509.Certificate, ...]) -> None:
    for child, parent in pairwise(chain):
        try:
            child.verify_directly_issued_by(parent)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError) as error:
            raise SignerKeyError(
                "The certificate chain is out of order; each has to be issued by the next."
            ) from error
