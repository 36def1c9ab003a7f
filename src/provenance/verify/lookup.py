"""The registry as an examination asks it: it answers, or a note says why it did not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from provenance.errors import (
    LogIntegrityError,
    RegistryDamagedError,
    RegistryError,
    RegistryUnavailableError,
)
from provenance.fingerprint import MATCH_DISTANCE, Pdq
from provenance.records import Revocation, StampRecord
from provenance.registry import Registry
from provenance.stamp_id import StampId
from provenance.verify.checkpoints import CheckpointKeeper
from provenance.verify.evidence import Note, Record, Similar

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """What the registry has on one stamp; ``proved_at`` comes from a checkpoint held before.

    ``others`` counts later records of the same id, which only somebody who wrote past the registry
    can have made. ``revocation`` is one that the log proves.
    """

    status: Record = Record.NOT_ASKED
    row: StampRecord | None = None
    store: bytes | None = None
    proved_at: datetime | None = None
    others: int = 0
    revocation: Revocation | None = None


class Lookup:
    """Asks a registry during one examination, which goes on without it when it fails."""

    def __init__(self, registry: Registry | None, keeper: CheckpointKeeper) -> None:
        self._registry = registry
        self._keeper = keeper
        self._answers: dict[str, Answer] = {}
        self.notes: list[Note] = []
        if registry is not None:
            self._ask(lambda: keeper.check(registry))

    def stamp(self, stamp_id: StampId) -> Answer:
        """Return record and manifest store of a stamp, the record checked against the log.

        A record that its own log contradicts is refused, and its store still returned: what is
        signed there stands or falls by its signature.
        """
        if stamp_id not in self._answers:
            self._answers[stamp_id] = self._stamp(stamp_id)
        return self._answers[stamp_id]

    def _stamp(self, stamp_id: StampId) -> Answer:
        registry = self._registry
        if registry is None:
            return Answer()
        store = self._ask(lambda: registry.store(stamp_id))
        if store is None:
            return Answer(Record.NOT_ASKED if self._registry is None else Record.NONE)
        return self._ask(lambda: self._checked(registry, stamp_id, store)) or Answer(store=store)

    def near(self, hashes: Iterable[str]) -> tuple[Similar, ...]:
        """Return the records near any of several hashes, nearest first.

        Records of pictures too plain for their hash to mean anything are left out.
        """
        registry, nearest = self._registry, dict[StampId, int]()
        if registry is None:
            return ()
        for pdq in hashes:
            for row, distance in self._ask(partial(registry.near, pdq, MATCH_DISTANCE)) or ():
                if not Pdq(row.pdq, row.pdq_quality).reliable:
                    continue
                nearest[row.stamp_id] = min(distance, nearest.get(row.stamp_id, distance))
        found = (Similar(stamp_id, distance) for stamp_id, distance in nearest.items())
        return tuple(sorted(found, key=lambda similar: similar.distance))

    def _checked(self, registry: Registry, stamp_id: StampId, store: bytes) -> Answer:
        try:
            row, inclusion = registry.by_id(stamp_id), registry.inclusion(stamp_id)
            if row is None or inclusion is None:
                return Answer(Record.REFUSED, store=store)
            inclusion.verify(row, store)
            others = registry.count(stamp_id) - 1
        except RegistryUnavailableError:
            raise
        except RegistryError:  # whatever else it says, the log does not hold this record
            return Answer(Record.REFUSED, store=store)
        proved_at = self._keeper.proved_at(inclusion.index, inclusion.checkpoint.origin)
        revocation = self._revocation(registry, stamp_id)
        return Answer(Record.FOUND, row, store, proved_at, others, revocation)

    def _revocation(self, registry: Registry, stamp_id: StampId) -> Revocation | None:
        """Return the revocation of a stamp, if a log that continues the one seen before proves it.

        Anything less must not take a proof away, and is noted.
        """
        try:
            found, inclusion = (
                registry.revocation(stamp_id),
                registry.revocation_inclusion(stamp_id),
            )
            if found is None and inclusion is None:
                return None
            if found is not None and inclusion is not None:
                inclusion.verify_revocation(found)
                if all(note.code != "registry.log_integrity" for note in self.notes):
                    return found
        except RegistryUnavailableError:
            raise
        except RegistryError:  # the log does not hold it
            pass
        self.notes.append(Note("registry", "revocation.refused", f"stamp {stamp_id}"))
        return None

    def _ask(self, question: Callable[[], T]) -> T | None:
        """Ask, and on failure note why; a registry that failed otherwise is not asked again."""
        try:
            return question()
        except LogIntegrityError as error:
            self.notes.append(Note("registry", "registry.log_integrity", str(error)))
        except RegistryDamagedError as error:
            self._fail("registry.damaged", error)
        except RegistryError as error:
            self._fail("registry.unavailable", error)
        return None

    def _fail(self, code: str, error: RegistryError) -> None:
        self.notes.append(Note("registry", code, str(error)))
        self._registry = None
