"""The registry in one SQLite file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from provenance.registry.sql import SqlRegistry
from provenance.registry.sqlite.connection import SqliteDatabase

if TYPE_CHECKING:
    from provenance.signers import LogKey


class SqliteRegistry(SqlRegistry):
    """A ``Registry`` in one SQLite file; ``busy_timeout_s`` is how long a locked one is tried."""

    def __init__(
        self,
        path: Path,
        log_key: LogKey | None = None,
        *,
        create: bool = False,
        read_only: bool = False,
        lazy: bool = False,
        index: Path | None = None,
        busy_timeout_s: float | None = None,
    ) -> None:
        database = SqliteDatabase(
            path, create=create, read_only=read_only, busy_timeout_s=busy_timeout_s
        )
        super().__init__(database, log_key, lazy=lazy, index=index)
