"""What an examination found out and how it was done: all that a report is written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provenance.certificates import SignerCertificate
from provenance.directory import DirectoryProducer
from provenance.records import StampRecord
from provenance.verify import Verdict


@dataclass(frozen=True)
class Input:
    """The examined file by its digests; ``name`` is None unless the report may name it.

    MD5 stands beside SHA-256 because hash lists of known imagery are often kept in it; nothing here
    relies on it. ``format``, size in pixels and PDQ are None when the pixels could not be decoded;
    ``manifest_sha256`` is of a manifest store that came beside the file.
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
    """Personal data that was read for a stated purpose; ``pseudonym`` is None if there is none."""

    stamp_id: str
    purpose: str
    pseudonym: str | None
    access: int  # number of the entry in the registry's log of accesses


@dataclass(frozen=True)
class Consulted:
    """What else the verdict rests on, by digest: whoever has the same can repeat it.

    ``registry`` is its log's head as text, or a sentence saying why it could not be asked.
    """

    config: str | None = None
    anchors: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()
    registry: str | None = None
    private_keys: int = 0


@dataclass(frozen=True)
class Examination:
    """One picture, examined.

    Attributes
    ----------
    command
        What was run; paths are replaced unless names are wanted.
    records
        Records that marks in the picture led to.
    candidates
        Records of pictures that look alike, with their distance in bits.
    producers
        Directory entries by number, of producers whom the verdict names or the marks point to.
    custody
        Entries of the custody log so far.
    time_stamped
        Whether the case folder's signature gets a time stamp.
    """

    case: str
    verdict: Verdict
    input: Input
    examined_at: datetime
    clock: str
    command: str
    consulted: Consulted
    software: Mapping[str, str]
    examiner: SignerCertificate | None = None
    records: tuple[StampRecord, ...] = ()
    candidates: tuple[tuple[StampRecord, int], ...] = ()
    producers: Mapping[int, DirectoryProducer] | None = None
    account: Account | None = None
    custody: tuple[Mapping[str, Any], ...] = ()
    time_stamped: bool = False
