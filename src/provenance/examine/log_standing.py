"""How fresh the answers of a registry are, and who stands for its log besides the log's own key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from provenance.canonical import to_utc_seconds
from provenance.errors import LogIntegrityError
from provenance.examine.notes import Note
from provenance.examine.record_lookup import RecordLookup
from provenance.language import message
from provenance.registry import Cosignature, VerifierKey, find_cosignatures

MAX_AGE = timedelta(hours=24)
"""A copy of a registry that is older may lack a revocation that everybody else knows by now."""


@dataclass(frozen=True)
class LogPolicy:
    """The witnesses whose cosignatures count, and how old a copy may be before it is warned of."""

    witnesses: tuple[VerifierKey, ...] = ()
    max_age: timedelta = MAX_AGE


@dataclass(frozen=True)
class LogStanding:
    """What was known of a registry when it was asked.

    Attributes
    ----------
    source, synced
        Where a copy comes from, and when it was last compared with that; None where the registry
        itself was asked.
    stale
        Whether the copy is older than the policy allows.
    cosigned
        The witnesses that cosigned the checkpoint.
    witnesses
        How many count.
    """

    source: str | None = None
    synced: datetime | None = None
    stale: bool = False
    cosigned: tuple[Cosignature, ...] = ()
    witnesses: int = 0


_COPIED = message("as of {time}, from {source}")
_COSIGNED = message("{count} of {of}: {names}")
_NOT_COSIGNED = message("{count} of {of}: none")


def judge_log(
    records: RecordLookup, policy: LogPolicy, time: datetime
) -> tuple[LogStanding | None, tuple[Note, ...]]:
    """Say how a registry that was asked stood at a time, with notes; None if it was not asked."""
    if records.checkpoint is None:
        return None, ()
    cosigned: tuple[Cosignature, ...] = ()
    forged: tuple[Note, ...] = ()
    try:
        cosigned = find_cosignatures(records.checkpoint, policy.witnesses)
    except LogIntegrityError as error:
        forged = (Note("registry", "witness.forged", str(error)),)
    copied = records.copied
    standing = LogStanding(
        source=copied.name if copied else None,
        synced=copied.synced if copied else None,
        stale=copied is not None and time - copied.synced > policy.max_age,
        cosigned=cosigned,
        witnesses=len(policy.witnesses),
    )
    return standing, (*_note(standing, policy), *forged)


def _note(standing: LogStanding, policy: LogPolicy) -> Iterator[Note]:
    if standing.source is not None and standing.synced is not None:
        code = "registry.stale" if standing.stale else "registry.mirror"
        as_of = to_utc_seconds(standing.synced)
        yield Note("registry", code, _COPIED.format(time=as_of, source=standing.source))
    if policy.witnesses:
        names = ", ".join(each.witness for each in standing.cosigned)
        form = _COSIGNED if names else _NOT_COSIGNED
        count = form.format(count=len(standing.cosigned), of=standing.witnesses, names=names)
        yield Note("registry", "witness.count", count)
