"""The last checkpoint of a registry's log that this verifier saw (rule 8 of the verdict)."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from provenance.errors import (
    ConfigError,
    InputError,
    LogIntegrityError,
    OutputError,
    ProvenanceError,
)
from provenance.files import read_bytes, write_atomic
from provenance.registry import Checkpoint, Registry

logger = logging.getLogger(__name__)

MAX_FILE_BYTES = 2**20
"""Largest checkpoint file. A checkpoint has a few hundred bytes, and as many again per witness."""


A_DAY = timedelta(days=1)
"""How far apart earlier sizes are kept: so much later, at most, a record is proved than it was."""

BETWEEN_STAMPS = timedelta(seconds=1)
"""How often the checkpoint is moved on while stamps are made: an older backup that lacks only the
stamps of so short a time is not noticed, and keeping it takes a hundredth of the time."""

_NOT_READ = "What other processes kept of the registry's checkpoint was not used: %s"
_NOT_KEPT = "The registry's checkpoint could not be kept: %s"

MAX_EARLIER = 10_000
"""Earlier sizes that are kept: 27 years of them, in half a megabyte."""


@dataclass(frozen=True)
class Seen:
    """A checkpoint, the time since when it is known, and how large the log was at earlier times.

    ``earlier`` holds sizes with their times, the oldest first. The checkpoint was checked to extend
    each of them.
    """

    checkpoint: Checkpoint
    time: datetime
    earlier: tuple[tuple[int, datetime], ...] = ()

    def proved_at(self, index: int) -> datetime | None:
        """Return the oldest time at which the record with this index was in the log; or None."""
        known = (*self.earlier, (self.checkpoint.size, self.time))
        return next((time for size, time in known if index < size), None)

    def follow(self, checkpoint: Checkpoint, time: datetime) -> Seen:
        """Return a newer checkpoint, with the times that this one proves."""
        earlier = self.earlier
        if not earlier or self.time - earlier[-1][1] >= A_DAY:
            earlier = (*earlier, (self.checkpoint.size, self.time))[:MAX_EARLIER]
        return Seen(checkpoint, time, earlier)


class CheckpointKeeper:
    """Keeps the last checkpoint seen, in memory and, given a file, beyond the process.

    ``known`` is the checkpoint held when the verifier started. It proves that the records under it
    are at least that old, because it comes from an earlier examination and not from what the
    registry says now. A newer checkpoint takes its place, and keeps the times that it proved.

    Processes share the file. What another one kept there counts as seen, so that one that slept
    through it neither accepts an older log nor writes an older checkpoint over it.
    """

    def __init__(self, file: Path | None, clock: Callable[[], datetime]) -> None:
        self.file = file
        self._clock = clock
        self._lock = threading.Lock()
        self._read = _identify(file)
        self.known = load_seen(file) if file else None
        self._last = self.known
        self._followed: datetime | None = None

    def proved_at(self, index: int, origin: str) -> datetime | None:
        """Return the time from which the record with this index is proved to be in that log."""
        known = self.known
        if known is None or known.checkpoint.origin != origin:
            return None
        return known.proved_at(index)

    def check(self, registry: Registry) -> Checkpoint:
        """Check that the log extends the last checkpoint; keep the new one, and return it.

        Raises
        ------
        LogIntegrityError
            The log does not extend it; the old checkpoint is kept.
        RegistryError
            The registry could not be asked.
        """
        with self._lock:
            last = self._find_last()
        present = registry.check_extends(last.checkpoint) if last else registry.checkpoint()
        if last is not None and present.size <= last.checkpoint.size:
            return present
        with self._lock:
            last = self._find_last()
            if last is None or present.size > last.checkpoint.size:
                now = self._clock()
                self._last = last.follow(present, now) if last else Seen(present, now)
                self._save(self._last)
        return present

    def guard(self, registry: Registry) -> None:
        """Check that the log extends the checkpoint seen before, before something is added to it.

        Where none was kept yet, the present one is. Otherwise ``follow`` keeps it, once something
        was added.

        Raises
        ------
        LogIntegrityError
            It is another log, or its past was rewritten.
        RegistryError
            The registry could not be asked.
        """
        with self._lock:
            last = self._find_last()
        if last is None:
            self.check(registry)
            return
        try:
            registry.check_extends(last.checkpoint)
        except LogIntegrityError as error:
            raise LogIntegrityError(
                f"{error} Nothing is added to such a log: look at it with 'provenance registry "
                "audit', and take the missing entries from a mirror or begin a new log."
            ) from error

    def follow(self, registry: Registry) -> None:
        """Keep the present checkpoint after something was added, so that no older log may go on.

        That happens at the first stamp of a process, and then every ``BETWEEN_STAMPS`` at most. It
        never fails: what was added stands, and the next ``guard`` says what is wrong.
        """
        with self._lock:
            now = self._clock()
            if self._followed is not None and now - self._followed < BETWEEN_STAMPS:
                return
            self._followed = now
        try:
            self.check(registry)
        except ProvenanceError as error:
            logger.warning(_NOT_KEPT, error)

    def _find_last(self) -> Seen | None:
        """Return the newest checkpoint seen, by this process or by another that keeps the file."""
        found = _identify(self.file)
        if self.file is None or found == self._read:
            return self._last
        self._read = found
        try:
            kept = load_seen(self.file)
        except (ConfigError, InputError) as error:
            logger.warning(_NOT_READ, error)
            return self._last
        if kept is not None and _is_newer(kept.checkpoint, self._last):
            self._last = kept
        return self._last

    def _save(self, seen: Seen) -> None:
        if self.file is None:
            return
        earlier = [[size, time.isoformat()] for size, time in seen.earlier]
        kept = {
            "seen": seen.time.isoformat(),
            "checkpoint": seen.checkpoint.text,
            "earlier": earlier,
        }
        try:
            write_atomic(self.file, json.dumps(kept, indent=1).encode(), overwrite=True)
            self._read = _identify(self.file)
        except OutputError as error:
            logger.warning(_NOT_KEPT, error)


def _identify(file: Path | None) -> tuple[int, ...] | None:
    """Return what differs once somebody wrote the file anew; None where there is none."""
    try:
        found = file.stat() if file else None
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size) if found else None


def _is_newer(checkpoint: Checkpoint, last: Seen | None) -> bool:
    """Tell whether a checkpoint is of the same log and of a larger size."""
    if last is None:
        return True
    return checkpoint.origin == last.checkpoint.origin and checkpoint.size > last.checkpoint.size


def load_seen(file: Path) -> Seen | None:
    """Read the file: None if there is none; a damaged one must not pass for that."""
    if not file.exists():
        return None
    try:
        kept = json.loads(read_bytes(file, MAX_FILE_BYTES))
        earlier = tuple((int(size), _read_time(time)) for size, time in kept.get("earlier", ()))
        return Seen(Checkpoint.parse(kept["checkpoint"]), _read_time(kept["seen"]), earlier)
    except (ValueError, TypeError, KeyError, AttributeError, ProvenanceError) as error:
        raise ConfigError(
            f"{file} does not hold a checkpoint. Restore it, or remove it to trust the registry's "
            "present state."
        ) from error


def _read_time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("The time has no zone.")
    return time
