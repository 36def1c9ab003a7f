"""What a directory says of a producer: number, certificate, models, and until when this holds."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
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


class KeyUse(StrEnum):
    """What a key that an entry binds may sign, besides manifests."""

    LOG = "log"  # checkpoints of the producer's log
    RESPONSE = "response"  # responses to requests


@dataclass(frozen=True)
class BoundKey:
    """A key of the producer's, and when it may sign; ``spki`` is its SubjectPublicKeyInfo, DER.

    The time that counts is the one at which something is said to be signed. A key that must not be
    believed any more is left out of the entry.
    """

    use: KeyUse
    spki: bytes = field(repr=False)
    valid_from: datetime
    valid_to: datetime | None = None

    @property
    def sha256(self) -> str:
        """SHA-256 of the key, as people compare it."""
        return hashlib.sha256(self.spki).hexdigest()

    def is_valid_at(self, time: datetime) -> bool:
        """Tell whether the key may sign at a time."""
        return self.valid_from <= time and (self.valid_to is None or time <= self.valid_to)


@dataclass(frozen=True)
class OwnWord:
    """What the producer itself signed of an entry that an authority lists.

    ``file`` is the producer's own directory file as canonical JSON.
    """

    file: str = field(repr=False)
    issued: datetime
    signer: str
    signer_sha256: str


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
    """One entry of a directory.

    ``authority`` is the PEM certificate of the authority that issues what is bound. A verifier
    trusts that authority for this entry, and for nothing else. ``keys`` sign its log and its
    responses. ``endpoint`` is the address of the service that gives those. ``own`` is what the
    producer itself signed of this, where an authority lists it.
    """

    number: int
    name: str
    contact: str
    binding: CertificateBinding | IssuerBinding
    valid_from: datetime
    valid_to: datetime | None = None
    revoked_at: datetime | None = None
    reason: str | None = None
    models: tuple[DirectoryModel, ...] = ()
    authority: str | None = None
    keys: tuple[BoundKey, ...] = ()
    own: OwnWord | None = field(default=None, compare=False)
    endpoint: str | None = None

    def find_key(self, use: KeyUse, spki: bytes) -> BoundKey | None:
        """Return the key with these bytes, if the entry binds it for this use."""
        return next((key for key in self.keys if (key.use, key.spki) == (use, spki)), None)

    def status_at(self, time: datetime) -> EntryStatus:
        """Say whether the entry is valid; from its moment on a revocation outweighs all else."""
        if self.revoked_at is not None and time >= self.revoked_at:
            return EntryStatus.REVOKED
        if time < self.valid_from:
            return EntryStatus.NOT_YET_VALID
        if self.valid_to is not None and time > self.valid_to:
            return EntryStatus.EXPIRED
        return EntryStatus.VALID
