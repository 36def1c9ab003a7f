"""The last checkpoint of a registry's log that this verifier saw (rule 8 of the verdict)."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from provenance.errors import ConfigError, OutputError, ProvenanceError
from provenance.files import read_bytes, write_atomic
from provenance.registry import Checkpoint, Registry

logger = logging.getLogger(__name__)

MAX_FILE_BYTES = 2**20
"""Largest checkpoint file. A checkpoint has a few hundred bytes, and as many again per witness."""


@dataclass(frozen=True)
class Seen:
    """A checkpoint, and the time since when it is known."""

    checkpoint: Checkpoint
    time: datetime


class CheckpointKeeper:
    """Keeps the last checkpoint seen, in memory and, given a file, beyond the process.

    ``known`` is the checkpoint held when the verifier started. It proves that the records under it
    are at least that old, because it comes from an earlier examination and not from what the
    registry says now.
    """

    def __init__(self, file: Path | None, clock: Callable[[], datetime]) -> None:
        self.file = file
        self._clock = clock
        self._lock = threading.Lock()
        self.known = load_seen(file) if file else None
        self._last = self.known

    def proved_at(self, index: int, origin: str) -> datetime | None:
        """Return the time from which the record with this index is proved to be in that log."""
        known = self.known
        if known is None or known.checkpoint.origin != origin:
            return None
        return known.time if index < known.checkpoint.size else None

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
            last = self._last
        present = registry.check_extends(last.checkpoint) if last else registry.checkpoint()
        if last is not None and present.size <= last.checkpoint.size:
            return present
        with self._lock:
            if self._last is None or present.size > self._last.checkpoint.size:
                self._last = Seen(present, self._clock())
                self._save(self._last)
        return present

    def guard(self, registry: Registry) -> None:
        """Check that the log extends the checkpoint seen before, before something is added to it.

        Where none was kept yet, the present one is. Otherwise the older one stays: a verifier may
        prove the age of more records by it.

        Raises
        ------
        LogIntegrityError
            It is another log, or its past was rewritten.
        RegistryError
            The registry could not be asked.
        """
        with self._lock:
            last = self._last
        if last is None:
            self.check(registry)
        else:
            registry.check_extends(last.checkpoint)

    def _save(self, seen: Seen) -> None:
        if self.file is None:
            return
        kept = {"seen": seen.time.isoformat(), "checkpoint": seen.checkpoint.text}
        try:
            write_atomic(self.file, json.dumps(kept, indent=1).encode(), overwrite=True)
        except OutputError as error:
            logger.warning("The registry's checkpoint could not be kept: %s", error)


def load_seen(file: Path) -> Seen | None:
    """Read the file: None if there is none; a damaged one must not pass for that."""
    if not file.exists():
        return None
    try:
        kept = json.loads(read_bytes(file, MAX_FILE_BYTES))
        time = datetime.fromisoformat(kept["seen"])
        if time.tzinfo is None:
            raise ValueError("The time has no zone.")
        return Seen(Checkpoint.parse(kept["checkpoint"]), time)
    except (ValueError, TypeError, KeyError, AttributeError, ProvenanceError) as error:
        raise ConfigError(
            f"{file} does not hold a checkpoint. Restore it, or remove it to trust the registry's "
            "present state."
        ) from error
