"""One record of a hash list: the hashes of one picture, and what its person wishes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from provenance.canonical import is_hex
from provenance.errors import HashListError
from provenance.fingerprint import is_pdq
from provenance.hashlists.salting import is_salted
from provenance.stamp_id import is_stamp_id

PDQ = "pdq"
"""The kind of hash that is matched by distance."""

STAMP = "provenance_stamp"
"""The stamp id of a picture: its mark leads here, whatever became of the picture."""

SALTED_STAMP = "provenance_stamp_salted"
"""The same for public lists: who does not hold the picture can't tell the stamp; see ``salting``.
"""

STAMPS = (STAMP, SALTED_STAMP)

DIGESTS = {"md5": 32, "video_md5": 32, "sha1": 40, "sha256": 64}
"""Kinds that are matched when they are equal, with their hex digits: digests of whole files. Other
kinds are kept in their lists unchanged."""

Hash = tuple[str, str]
"""Kind, in lower case, and value."""

_FORMS = {
    PDQ: "64 hex digits",
    STAMP: "24 hex digits",
    SALTED_STAMP: "a salt of 32 hex digits, a colon and 64 hex digits",
    **{kind: f"{digits} hex digits" for kind, digits in DIGESTS.items()},
}


def hash_file(data: bytes) -> dict[str, str]:
    """Return the digests of a file, by kind as lists name it."""
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    sha256 = hashlib.sha256(data).hexdigest()
    return {"sha256": sha256, "sha1": sha1, "md5": md5, "video_md5": md5}


class HashStatus(StrEnum):
    """The wish of the person behind a hash, in StopNCII's words."""

    RECEIVED = "Received"
    ACTIVE = "Active"
    WITHDRAWN = "Withdrawn"
    DELETED = "Deleted"
    UNKNOWN = "Unknown"  # a status of a later version: neither matched nor purged

    @property
    def live(self) -> bool:
        """Whether the hash is to be matched."""
        return self in (HashStatus.RECEIVED, HashStatus.ACTIVE)

    @property
    def gone(self) -> bool:
        """Whether nobody may keep the hash any more."""
        return self in (HashStatus.WITHDRAWN, HashStatus.DELETED)


class ListUse(StrEnum):
    """What a list asks of whoever meets a picture on it."""

    KNOWN = "known"  # it was reported: stop it
    NO_TRAIN = "no-train"  # do not train a model with it


class Form(StrEnum):
    """How a list is written."""

    LINES = "lines"  # ThreatExchange's lines
    CSV = "csv"  # the table of ThreatExchange's command
    STOPNCII = "stopncii"  # StopNCII's records in JSON
    GRAPH = "graph"  # answers of ThreatExchange's Graph API
    VICS = "vics"  # Project VIC's data model 2.0


@dataclass(frozen=True)
class HashRecord:
    """The hashes of one picture; ``signal`` and ``value`` are the one that names the record.

    ``cases`` are numbers of cases still open, and ``also`` further hashes of the same picture.
    ``modified`` orders the records of one hash: the latest counts. ``raw`` is the record as its
    list has it, in the form ``form``, to be written back with everything that is not understood.
    """

    signal: str
    value: str
    status: HashStatus = HashStatus.ACTIVE
    cases: tuple[str, ...] = ()
    modified: int = 0
    also: tuple[Hash, ...] = ()
    use: ListUse = ListUse.KNOWN
    form: Form | None = field(default=None, compare=False)
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def key(self) -> Hash:
        """Kind and value, which identify the record."""
        return self.signal, self.value

    @property
    def hashes(self) -> tuple[Hash, ...]:
        """All hashes of the picture."""
        return (self.key, *self.also)

    def take_raw(self, form: Form) -> dict[str, Any]:
        """Return what the record came with in this form; nothing of another one."""
        return dict(self.raw) if self.form is form else {}


def is_matched(kind: str) -> bool:
    """Tell whether hashes of this kind are matched, and not only kept."""
    return kind in _FORMS


def check_hash(kind: str, value: str, where: str) -> Hash:
    """Return a hash as it is matched; kinds that are not matched stay as they are.

    Raises
    ------
    HashListError
        It is not of its kind.
    """
    if kind not in _FORMS:
        return kind, value
    value = value.strip().lower()
    if kind == PDQ:
        fits = is_pdq(value)
    elif kind == STAMP:
        fits = is_stamp_id(value)
    elif kind == SALTED_STAMP:
        fits = is_salted(value)
    else:
        fits = is_hex(value, DIGESTS[kind])
    if not fits:
        raise HashListError(f"{where} is not a hash: {kind!r} needs {_FORMS[kind]}.")
    return kind, value


def keep_latest(records: Iterable[HashRecord]) -> dict[Hash, HashRecord]:
    """Keep for each hash the record that counts: the latest, and among equals the last in order."""
    found: dict[Hash, HashRecord] = {}
    for record in records:
        known = found.get(record.key)
        if known is None or record.modified >= known.modified:
            found[record.key] = record
    return found


def split_gone(records: Iterable[HashRecord]) -> tuple[list[HashRecord], list[HashRecord]]:
    """Split records into those that may be kept, and those that nobody may keep any more.

    Who takes back one hash of a picture takes back the picture: its other hashes go too, unless
    they were given again later.
    """
    gone: dict[Hash, int] = {}
    for record in records:
        if record.status.gone:
            for each in record.hashes:
                gone[each] = max(record.modified, gone.get(each, 0))
    kept: list[HashRecord] = []
    purged: list[HashRecord] = []
    for record in records:
        taken_back = any(gone.get(each, -1) >= record.modified for each in record.hashes)
        (purged if record.status.gone or taken_back else kept).append(record)
    return kept, purged
