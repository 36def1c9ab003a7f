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

# A checkpoint has a few hundred bytes, and as many again for each witness that signs it.
MAX_FILE_BYTES = 2**20


@dataclass(frozen=True)
class Seen:
    """A checkpoint, and since when it is known."""

    checkpoint: Checkpoint
    time: datetime


class CheckpointKeeper:
    """Keeps the last checkpoint seen, in memory and, given a file, beyond the process.

    What `known` held when the verifier started proves that the records under it are at least that
    old: it comes from an earlier examination, not from the registry's present word.
    """

    def __init__(self, file: Path | None, clock: Callable[[], datetime]) -> None:
        self._file = file
        self._clock = clock
        self._lock = threading.Lock()
        self.known = _load(file) if file else None
        self._last = self.known

    def proved_at(self, index: int, origin: str) -> datetime | None:
        """Return a time at which the record with this index provably was in that log."""
        known = self.known
        if known is None or known.checkpoint.origin != origin:
            return None
        return known.time if index < known.checkpoint.size else None

    def check(self, registry: Registry) -> Checkpoint:
        """Check that the log extends the last checkpoint; keep the new one, and return it.

        Raises
        ------
        LogIntegrityError
            It does not; the old checkpoint is kept.
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

    def _save(self, seen: Seen) -> None:
        if self._file is None:
            return
        kept = {"seen": seen.time.isoformat(), "checkpoint": seen.checkpoint.text}
        try:
            write_atomic(self._file, json.dumps(kept, indent=1).encode(), overwrite=True)
        except OutputError as error:
            logger.warning("The registry's checkpoint could not be kept: %s", error)


def _load(file: Path) -> Seen | None:
    """Read the file; a missing one is no checkpoint, a damaged one must not pass for none."""
    if not file.exists():
        return None
    try:
        kept = json.loads(read_bytes(file, MAX_FILE_BYTES))
        time = datetime.fromisoformat(kept["seen"])
        if time.tzinfo is None:
            raise ValueError("the time has no zone")
        return Seen(Checkpoint.parse(kept["checkpoint"]), time)
    except (ValueError, TypeError, KeyError, AttributeError, ProvenanceError) as exc:
        raise ConfigError(
            f"{file} holds no checkpoint; restore it, or remove it to trust the registry's "
            "present state."
        ) from exc
