"""The registry in a PostgreSQL database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from provenance.registry.postgres.connection import PostgresDatabase
from provenance.registry.sql import SqlRegistry

if TYPE_CHECKING:
    from provenance.signers import LogKey


class PostgresRegistry(SqlRegistry):
    """A ``Registry`` in the schema ``provenance`` of one PostgreSQL database.

    Raises
    ------
    ConfigError
        The address is malformed, or the database does not store UTF-8.
    """

    def __init__(
        self,
        uri: str,
        log_key: LogKey | None = None,
        *,
        create: bool = False,
        read_only: bool = False,
        lazy: bool = False,
        index: Path | None = None,
    ) -> None:
        database = PostgresDatabase(uri, create=create, read_only=read_only)
        super().__init__(database, log_key, lazy=lazy, index=index)
