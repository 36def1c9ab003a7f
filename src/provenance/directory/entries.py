"""What a directory says of a producer: number, certificate, models, and until when this holds."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from provenance.stamp_id import LARGEST_PRODUCER

if TYPE_CHECKING:
    from provenance.certificates import SignerCertificate

FIRST_SELF_DRAWN = 0x80000
"""A published directory assigns the numbers below. Anyone draws a number from here up.

So a drawn number alone names nobody: two producers may have drawn the same one.
"""


def draw_number() -> int:
    """Draw a producer number for oneself, from the range that no directory assigns."""
    return FIRST_SELF_DRAWN + secrets.randbelow(LARGEST_PRODUCER + 1 - FIRST_SELF_DRAWN)


def is_self_drawn(number: int) -> bool:
    """Tell whether a number is one that anybody may have drawn."""
    return number >= FIRST_SELF_DRAWN


@dataclass(frozen=True)
class CertificateBinding:
    """The producer signs with one certificate; ``sha256`` is that of its DER form, in hex."""

    sha256: str

    def covers(self, certificate: SignerCertificate) -> bool:
        """Tell whether this is the certificate."""
        return certificate.sha256 == self.sha256


@dataclass(frozen=True)
class IssuerBinding:
    """The producer signs with what this authority issues to this subject, renewals included.

    ``sha256`` is that of the issuing authority's certificate, and ``subject`` is the RFC 4514 text
    of the producer's whole name.
    """

    sha256: str
    subject: str

    def covers(self, certificate: SignerCertificate) -> bool:
        """Tell whether the authority provably issued the certificate, and to this subject."""
        from cryptography import x509

        if certificate.issuers[:1] != (self.sha256,):
            return False
        # Not certificate.subject, which is cut and cleaned for showing.
        return (
            x509.load_der_x509_certificate(certificate.der).subject.rfc4514_string() == self.subject
        )


@dataclass(frozen=True)
class DirectoryModel:
    """What a model number stands for."""

    number: int
    name: str
    version: str


class EntryStatus(StrEnum):
    """Whether a producer's entry is valid at a given time."""

    VALID = "valid"
    NOT_YET_VALID = "not yet valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"  # no directory at hand lists the number


@dataclass(frozen=True)
class DirectoryProducer:
    """One entry of a directory."""

    number: int
    name: str
    contact: str
    binding: CertificateBinding | IssuerBinding
    valid_from: datetime
    valid_to: datetime | None = None
    revoked_at: datetime | None = None
    reason: str | None = None
    models: tuple[DirectoryModel, ...] = ()

    def status_at(self, time: datetime) -> EntryStatus:
        """Say whether the entry is valid; from its moment on a revocation outweighs all else."""
        if self.revoked_at is not None and time >= self.revoked_at:
            return EntryStatus.REVOKED
        if time < self.valid_from:
            return EntryStatus.NOT_YET_VALID
        if self.valid_to is not None and time > self.valid_to:
            return EntryStatus.EXPIRED
        return EntryStatus.VALID
