"""The registry as one examination asks it: each question once, with a note on each failure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from provenance.errors import (
    LogIntegrityError,
    RegistryDamagedError,
    RegistryError,
    RegistryUnavailableError,
)
from provenance.examine.checkpoints import CheckpointKeeper
from provenance.examine.circuit_breaker import CircuitBreaker
from provenance.examine.notes import Note
from provenance.fingerprint import MATCH_DISTANCE, Pdq
from provenance.language import message
from provenance.records import Revocation, StampRecord
from provenance.registry import Checkpoint, Freshness, Inclusion, Registry
from provenance.stamp_id import StampId

if TYPE_CHECKING:
    from provenance.signers import LogPublicKey

T = TypeVar("T")

_STAMP = message("stamp {stamp}")


class LookupStatus(StrEnum):
    """The kind of answer that the registry gave about a mark's 96 bits."""

    NOT_ASKED = "not asked"
    NONE = "none"
    FOUND = "found"
    REFUSED = "refused"  # it contradicts its own log or the manifest it points to


@dataclass(frozen=True)
class Similar:
    """A record whose whole-picture fingerprint is near this picture's."""

    stamp_id: StampId
    distance: int


@dataclass(frozen=True)
class Answer:
    """The registry's answer on one stamp; ``proved_at`` comes from a checkpoint held before.

    ``others`` counts later records of the same id: only somebody who bypassed the registry can have
    written them. ``revocation`` is set only when the log proves it. ``broken_head`` is the head by
    which a log does that which does not continue the one seen before: who signed it decides whether
    the revocation counts.
    """

    status: LookupStatus = LookupStatus.NOT_ASKED
    row: StampRecord | None = None
    store: bytes | None = None
    proved_at: datetime | None = None
    others: int = 0
    revocation: Revocation | None = None
    broken_head: Checkpoint | None = None


class RecordLookup:
    """Asks a registry during one examination, which goes on without it when it fails.

    Attributes
    ----------
    head
        The head of the registry's log as text, or words that say why it could not be asked; None
        without a registry.
    size
        How many entries the log has, 0 where it could not be asked; each record is one.
    checkpoint
        The head itself.
    copied
        How old the copy is, if a copy was asked.
    log_key
        The key of its log, if the registry was opened or copied with one.
    notes
        Why questions were not answered, so far.
    """

    def __init__(
        self,
        registry: Registry | None,
        keeper: CheckpointKeeper,
        breaker: CircuitBreaker | None = None,
    ) -> None:
        self._registry = registry
        self._keeper = keeper
        self._breaker = breaker or CircuitBreaker()
        self._answers: dict[StampId, Answer] = {}
        self.notes: list[Note] = []
        self.size = 0
        self.checkpoint: Checkpoint | None = None
        self.copied: Freshness | None = None
        self.log_key: LogPublicKey | None = None
        self.head = None if registry is None else self._check_head(registry)

    @property
    def _continues(self) -> bool:
        """Whether nothing was met that belies that the log continues the one seen before.

        In a log that was cut or rewritten another record may stand at the same place, so what an
        earlier checkpoint proves of that place does not hold for it.
        """
        return all(note.code != "registry.log_integrity" for note in self.notes)

    def look_up(self, stamp_id: StampId) -> Answer:
        """Return record and manifest store of a stamp, the record checked against the log.

        A record that its own log contradicts is refused, but its store is still returned: what is
        signed there stands or falls by its signature.
        """
        if stamp_id not in self._answers:
            self._answers[stamp_id] = self._look_up(stamp_id)
        return self._answers[stamp_id]

    def _look_up(self, stamp_id: StampId) -> Answer:
        registry = self._registry
        if registry is None:
            return Answer()
        store = self._ask(lambda: registry.manifest_store(stamp_id))
        if store is None:
            return Answer(LookupStatus.NOT_ASKED if self._registry is None else LookupStatus.NONE)
        answer = self._ask(lambda: self._check_record(registry, stamp_id, store))
        return answer or Answer(store=store)

    def find_near(self, hashes: Iterable[str]) -> tuple[Similar, ...]:
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

    def find_proved(self, stamp_id: StampId) -> StampRecord | None:
        """Return a stamp's record for a report, None unless the log holds it.

        A record that its log contradicts may name somebody innocent. Failures are left out without
        a note: the examination was judged already.
        """
        registry = self._registry
        if (answer := self._answers.get(stamp_id)) is not None:
            return answer.row if answer.status is LookupStatus.FOUND else None
        if registry is None:
            return None
        try:
            store = registry.manifest_store(stamp_id)
            held = None if store is None else _find_held(registry, stamp_id, store)
        except RegistryError:
            return None
        return held[0] if held else None

    def _check_record(self, registry: Registry, stamp_id: StampId, store: bytes) -> Answer:
        try:
            held = _find_held(registry, stamp_id, store)
            if held is None:
                return Answer(LookupStatus.REFUSED, store=store)
            others = registry.count(stamp_id) - 1
        except RegistryUnavailableError:
            raise
        except RegistryError:  # whatever else it says, the log does not hold this record
            return Answer(LookupStatus.REFUSED, store=store)
        row, inclusion = held
        proved_at = None
        if self._continues:
            proved_at = self._keeper.proved_at(inclusion.index, inclusion.checkpoint.origin)
        revocation, head = self._find_revocation(registry, stamp_id)
        broken = None if self._continues else head
        return Answer(LookupStatus.FOUND, row, store, proved_at, others, revocation, broken)

    def _find_revocation(
        self, registry: Registry, stamp_id: StampId
    ) -> tuple[Revocation | None, Checkpoint | None]:
        """Return the revocation of a stamp with the head by which the log proves it.

        Anything less must not take a proof away; a note tells of it.
        """
        try:
            found, inclusion = (
                registry.revocation(stamp_id),
                registry.revocation_inclusion(stamp_id),
            )
            if found is None and inclusion is None:
                return None, None
            if found is not None and inclusion is not None:
                inclusion.verify_revocation(found)
                return found, inclusion.checkpoint
        except RegistryUnavailableError:
            raise
        except RegistryError:  # the log does not hold it
            pass
        self.notes.append(note_revocation("revocation.refused", stamp_id))
        return None, None

    def _check_head(self, registry: Registry) -> str:
        """Compare the log with the checkpoint seen before, and return its present head."""
        try:
            self._breaker.check()
            return self._met(registry, self._keeper.check(registry))
        except RegistryError as error:
            self._note_failure(error)
            if not isinstance(error, LogIntegrityError):
                return _say_unasked(error)
        try:
            return self._met(registry, registry.checkpoint())
        except RegistryError as error:
            return _say_unasked(error)

    def _met(self, registry: Registry, checkpoint: Checkpoint) -> str:
        """Remember the head that was met, and how old a copy is."""
        self.copied = registry.freshness
        self.log_key = registry.log_key
        self.checkpoint, self.size = checkpoint, checkpoint.size
        return checkpoint.text

    def _ask(self, question: Callable[[], T]) -> T | None:
        """Ask a question, and note why if it fails."""
        try:
            return question()
        except RegistryError as error:
            self._note_failure(error)
            return None

    def _note_failure(self, error: RegistryError) -> None:
        """Note a failure; only a registry with no fault but in its log is asked again."""
        code = "registry.unavailable"
        if isinstance(error, LogIntegrityError | RegistryDamagedError):
            code = error.code
        if not isinstance(error, LogIntegrityError):
            self._registry = None
        if isinstance(error, RegistryUnavailableError):
            self._breaker.trip(error)
        self.notes.append(Note("registry", code, str(error)))


def note_revocation(code: str, stamp_id: StampId) -> Note:
    """Note something about the revocation of a stamp."""
    return Note("registry", code, _STAMP.format(stamp=stamp_id))


def _find_held(
    registry: Registry, stamp_id: StampId, store: bytes
) -> tuple[StampRecord, Inclusion] | None:
    """Return a record with the proof that the log holds it; None when one of them is missing.

    Raises
    ------
    LogIntegrityError
        The log holds another record.
    """
    row, inclusion = registry.by_id(stamp_id), registry.inclusion(stamp_id)
    if row is None or inclusion is None:
        return None
    inclusion.verify(row, store)
    return row, inclusion


def _say_unasked(error: RegistryError) -> str:
    return f"could not be asked [{error.code}]"
