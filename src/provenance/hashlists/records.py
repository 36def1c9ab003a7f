"""One record of a hash list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

PDQ = "pdq"
"""The one signal that is matched here; others are kept in their lists and left alone."""


class Status(StrEnum):
    """What the person behind a hash wants, in StopNCII's words."""

    RECEIVED = "Received"
    ACTIVE = "Active"
    WITHDRAWN = "Withdrawn"
    DELETED = "Deleted"
    UNKNOWN = "Unknown"  # a status of a later version: neither matched nor purged

    @property
    def live(self) -> bool:
        """Whether the hash is to be matched."""
        return self in (Status.RECEIVED, Status.ACTIVE)

    @property
    def gone(self) -> bool:
        """Whether nobody may keep the hash any more."""
        return self in (Status.WITHDRAWN, Status.DELETED)


@dataclass(frozen=True)
class HashRecord:
    """One hash; ``signal`` is its kind in lower case, ``cases`` are numbers of cases still open.

    ``modified`` orders records of one hash, the later one counts. ``raw`` is the record as its list
    has it, to be written back with all that is not understood here.
    """

    signal: str
    value: str
    status: Status = Status.ACTIVE
    cases: tuple[str, ...] = ()
    modified: int = 0
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def key(self) -> tuple[str, str]:
        """What identifies the hash."""
        return self.signal, self.value


def latest(records: list[HashRecord]) -> dict[tuple[str, str], HashRecord]:
    """Return the record that counts for each hash; of equally old ones the one further down."""
    found: dict[tuple[str, str], HashRecord] = {}
    for record in records:
        known = found.get(record.key)
        if known is None or record.modified >= known.modified:
            found[record.key] = record
    return found
