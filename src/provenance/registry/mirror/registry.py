"""A mirror as a registry that can only be read; see ``synchronise`` for how it comes about."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.errors import LogIntegrityError, RegistryUnavailableError
from provenance.once import once
from provenance.registry.audit import Audit, HeadRule, LogFault
from provenance.registry.base import Freshness
from provenance.registry.checkpoint import Checkpoint
from provenance.registry.mirror.state import DATABASE_FILE, STATE_FILE, MirrorState, require_state
from provenance.registry.sql import Connection, SqlRegistry, SqlTree
from provenance.registry.sqlite import SqliteDatabase

if TYPE_CHECKING:
    from provenance.signers import LogPublicKey


class MirrorRegistry(SqlRegistry):
    """A ``Registry`` in a folder that a mirror was synchronised into: records, manifests, the log.

    It has no accounts, and nothing is ever added to it.

    Raises
    ------
    RegistryUnavailableError
        There is no mirror, or it was never completed.
    RegistryDamagedError
        Its state is damaged.
    """

    def __init__(self, folder: Path, *, lazy: bool = False, index: Path | None = None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._loaded: tuple[tuple[int, int], MirrorState] | None = None
        if not lazy:
            self._state()
        super().__init__(_CopiedDatabase(folder), lazy=lazy, index=index)

    @property
    def freshness(self) -> Freshness:
        """Where the copy comes from, and when it was last compared with that."""
        state = self._state()
        return Freshness(state.source, state.synced)

    @property
    def log_key(self) -> LogPublicKey:
        """The key by which the log was checked when it was copied."""
        return self._state().key.key

    def audit(self, key: LogPublicKey | None = None, since: Checkpoint | None = None) -> Audit:
        """Recompute the log up to the checkpoint that its key signed; see ``Registry.audit``."""
        state = self._state()
        found = self._recompute(HeadRule(self.origin), since)
        try:
            state.checkpoint.verify(key or self.log_key)
            self.check_extends(state.checkpoint)
        except LogIntegrityError as error:
            fault = LogFault("rewritten", state.checkpoint.size - 1, None, str(error))
            return replace(found, faults=(*found.faults, fault), found=found.found + 1)
        return found

    @once
    def _tree(self) -> SqlTree:
        return _MirrorTree(self._database.place, self.origin, self._state)

    def _state(self) -> MirrorState:
        """Read the state, again only when another process saved a new one."""
        try:
            status = (self._folder / STATE_FILE).stat()
            version = (status.st_mtime_ns, status.st_ino)
        except OSError:
            version = (0, 0)
        with self._lock:
            if self._loaded is None or self._loaded[0] != version:
                self._loaded = (version, require_state(self._folder))
            return self._loaded[1]


class _CopiedDatabase:
    """The database of a mirror; only ``synchronise`` adds to it."""

    def __init__(self, folder: Path) -> None:
        self.place = str(folder)
        self._database = SqliteDatabase(folder / DATABASE_FILE, create=False, read_only=True)

    def reading(self) -> AbstractContextManager[Connection]:
        """Begin a transaction that sees one state of the mirror."""
        return self._database.reading()

    def writing(self) -> AbstractContextManager[Connection]:
        """Refuse: whoever wants to write belongs at the original."""
        raise RegistryUnavailableError(
            f"The registry {self.place} is a mirror of another: nothing can be added to it."
        )

    def close(self) -> None:
        """Close the database."""
        self._database.close()


class _MirrorTree(SqlTree):
    """The tree of a mirror, whose last head is the one that the log's key signed."""

    def __init__(self, place: str, origin: str, state: Callable[[], MirrorState]) -> None:
        super().__init__(place, origin, None)
        self._state = state

    def head(self, db: Connection) -> Checkpoint:
        """Give the signed checkpoint; the bare head while a synchronisation goes on."""
        stored, signed = super().head(db), self._state().checkpoint
        return signed if signed.body == stored.body else stored
