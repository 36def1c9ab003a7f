"""Case and exhibits: what was found and how it was done; a report is written from them alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provenance.certificates import SignerCertificate
from provenance.directory import DirectoryProducer, Listing
from provenance.records import StampRecord
from provenance.verify import Verdict


@dataclass(frozen=True)
class Input:
    """The examined file by its digests; ``name`` is None unless the report may name it.

    MD5 is given besides SHA-256 because many hash lists of known imagery use it; nothing here
    relies on it. ``format``, size in pixels and PDQ are None when the pixels could not be decoded.
    ``manifest_sha256`` is the digest of the sidecar's manifest store.
    """

    bytes: int
    sha256: str
    md5: str
    name: str | None = None
    format: str | None = None
    width: int | None = None
    height: int | None = None
    pdq: str | None = None
    pdq_quality: int | None = None
    manifest_sha256: str | None = None


@dataclass(frozen=True)
class Account:
    """Personal data read for a stated purpose; ``pseudonym`` is None if none is recorded.

    ``access`` is the number of the entry in the registry's log of accesses; None where the producer
    told the account in a response, and logged it there.
    """

    stamp_id: str
    purpose: str
    pseudonym: str | None
    access: int | None = None


@dataclass(frozen=True)
class Consulted:
    """What else the verdict rests on, by digest: anyone with the same can repeat it.

    ``registry`` is the head of its log as text, or says why it could not be asked. ``responses``
    are the digests of what producers signed.
    """

    config: str | None = None
    anchors: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()
    registry: str | None = None
    private_keys: int = 0
    responses: tuple[str, ...] = ()


@dataclass(frozen=True)
class People:
    """Who made the report, as they name themselves; the certificate says who signed it."""

    examiner: str | None = None
    role: str | None = None
    reviewer: str | None = None


NOBODY_NAMED = People()


@dataclass(frozen=True)
class Exhibit:
    """One examined picture: everything that the report says of it.

    Attributes
    ----------
    number
        How the case calls it.
    acquired
        Where it comes from, in the examiner's words.
    records
        Records to which the marks in the picture led.
    candidates
        Records of pictures that look alike, with their distance in bits.
    producers
        Directory entries by number, of producers that the verdict names or the marks point to.
    listings
        What lists the numbers of marks, by number; it proves nothing.
    """

    number: str
    verdict: Verdict
    input: Input
    examined_at: datetime
    acquired: str | None = None
    records: tuple[StampRecord, ...] = ()
    candidates: tuple[tuple[StampRecord, int], ...] = ()
    producers: Mapping[int, DirectoryProducer] | None = None
    listings: Mapping[int, Listing] | None = None
    account: Account | None = None


@dataclass(frozen=True)
class Case:
    """Everything that the report of a case says.

    Attributes
    ----------
    clock
        What the times of the report come from; ``clock_check`` says how it was compared.
    command
        The command that was run; paths are replaced unless names are wanted.
    certificate
        Of the examiner's key, which signs the folder.
    custody
        Entries of the custody log so far.
    time_stamped
        Whether the case folder's signature gets a time stamp.
    """

    name: str
    exhibits: tuple[Exhibit, ...]
    examined_at: datetime
    clock: str
    command: str
    consulted: Consulted
    software: Mapping[str, str]
    clock_check: str | None = None
    people: People = NOBODY_NAMED
    certificate: SignerCertificate | None = None
    custody: tuple[Mapping[str, Any], ...] = ()
    time_stamped: bool = False
