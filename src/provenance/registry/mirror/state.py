"""What a mirror knows of itself: its source, the log's key, the last checkpoint, and its age."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from provenance.canonical import to_utc_seconds
from provenance.errors import (
    ConfigError,
    LogIntegrityError,
    RegistryDamagedError,
    RegistryUnavailableError,
)
from provenance.files import read_named, write_atomic
from provenance.registry.checkpoint import MAX_NOTE_BYTES, Checkpoint
from provenance.registry.vkey import VerifierKey

SCHEMA = "provenance.mirror/1"
"""Name and version of the state file."""

STATE_FILE = "mirror.json"
"""Its name in the mirror's folder."""

DATABASE_FILE = "mirror.db"
"""The records, stores and log, in the form of a registry in SQLite."""


@dataclass(frozen=True)
class MirrorState:
    """The state after the last complete synchronisation; ``synced`` is its time."""

    source: str
    key: VerifierKey
    checkpoint: Checkpoint
    synced: datetime

    def save(self, folder: Path) -> None:
        """Write the state file.

        Raises
        ------
        OutputError
            It can't be written.
        """
        state = {
            "schema": SCHEMA,
            "source": self.source,
            "log_key": self.key.text,
            "synced": to_utc_seconds(self.synced),
            "checkpoint": self.checkpoint.text,
        }
        data = json.dumps(state, indent=1, ensure_ascii=False).encode()
        write_atomic(folder / STATE_FILE, data, overwrite=True)


def load_state(folder: Path) -> MirrorState | None:
    """Read the state file and check the log's signature; None where there is no mirror yet.

    Raises
    ------
    RegistryDamagedError
        The file is damaged, or its checkpoint is not signed by its key.
    """
    file = folder / STATE_FILE
    if not file.exists():
        return None
    try:
        state = json.loads(read_named(file, "mirror", 2 * MAX_NOTE_BYTES, RegistryUnavailableError))
        if state["schema"] != SCHEMA or not isinstance(state["source"], str):
            raise ValueError("another schema")
        synced = datetime.fromisoformat(state["synced"])
        if synced.tzinfo is None:
            raise ValueError("no time zone")
        key = VerifierKey.of_log(state["log_key"])
        checkpoint = Checkpoint.parse(state["checkpoint"])
        if checkpoint.origin != key.name:
            raise ValueError("another log")
        checkpoint.verify(key.key)
        return MirrorState(state["source"], key, checkpoint, synced)
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        ConfigError,
        LogIntegrityError,
        RecursionError,
    ) as error:
        raise RegistryDamagedError(
            f"{file} is damaged: remove the mirror's folder and mirror the log again."
        ) from error


def require_state(folder: Path) -> MirrorState:
    """Read the state of a mirror that must exist.

    Raises
    ------
    RegistryUnavailableError
        There is no mirror, or it was never completed.
    RegistryDamagedError
        It is damaged.
    """
    state = load_state(folder)
    if state is None:
        raise RegistryUnavailableError(
            f"There is no mirror at {folder}; make one with 'provenance registry mirror'."
        )
    return state
