"""One record of a hash list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

PDQ = "pdq"
"""The kind of hash that is matched by distance."""

DIGESTS = {"md5": 32, "video_md5": 32, "sha1": 40, "sha256": 64}
"""Kinds that are matched when they are equal, with their hex digits: digests of whole files. Other
kinds are kept in their lists unchanged."""


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


@dataclass(frozen=True)
class HashRecord:
    """One hash; ``signal`` is its kind in lower case, ``cases`` are numbers of cases still open.

    ``modified`` orders the records of one hash: the latest counts. ``raw`` is the record as its
    list has it, to be written back with everything that is not understood here.
    """

    signal: str
    value: str
    status: HashStatus = HashStatus.ACTIVE
    cases: tuple[str, ...] = ()
    modified: int = 0
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def key(self) -> tuple[str, str]:
        """Kind and value, which identify the hash."""
        return self.signal, self.value


def keep_latest(records: list[HashRecord]) -> dict[tuple[str, str], HashRecord]:
    """Keep for each hash the record that counts: the latest, and among equals the last in order."""
    found: dict[tuple[str, str], HashRecord] = {}
    for record in records:
        known = found.get(record.key)
        if known is None or record.modified >= known.modified:
            found[record.key] = record
    return found
