"""What a database has to offer for a registry: two kinds of transaction and a connection in each.

SQL is written once, in what SQLite and PostgreSQL share. Placeholders are ``?`` and ``:name``.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from typing import Any, NoReturn, Protocol, runtime_checkable

from provenance.errors import RegistryDamagedError, RegistryUnavailableError

_ORIGIN_PREFIX = "unlisted.provenance/log/"
"""Begins a log's name, which has to be unique and, by C2SP, look like a URL without a scheme."""


class Cursor(Protocol):
    """The answer to one statement."""

    @property
    def rowcount(self) -> int:
        """The number of rows that were changed."""

    def fetchone(self) -> Any:
        """Fetch the next row, or None."""

    def fetchall(self) -> list[Any]:
        """Fetch all rows that are left."""

    def close(self) -> object:
        """Let go of the answer."""

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """A connection inside a transaction."""

    def execute(self, query: str, values: Sequence[Any] | Mapping[str, Any] = ..., /) -> Cursor:
        """Run one statement."""

    def executemany(self, query: str, rows: Sequence[Sequence[Any]], /) -> object:
        """Run one statement for each row."""


@runtime_checkable
class GatheringConnection(Protocol):
    """A connection to a server, which takes several statements in one exchange."""

    def gather(self) -> AbstractContextManager[object]:
        """Send the statements within this context without waiting for the answer to each."""


class Database(Protocol):
    """A database, opened when first needed; its errors are ours."""

    place: str
    """Names the database in messages, without any password."""

    def reading(self) -> AbstractContextManager[Connection]:
        """Begin a transaction that sees one state of the registry."""

    def writing(self) -> AbstractContextManager[Connection]:
        """Begin a transaction that excludes every other writer from its first moment."""

    def close(self) -> None:
        """Close the database; the next transaction opens it again."""


def make_origin() -> str:
    """Draw the name of a new log."""
    return _ORIGIN_PREFIX + secrets.token_hex(16)


def fetch_one(db: Connection, query: str, *values: object) -> Any:
    """Fetch the first row, or None."""
    with closing(db.execute(query, values)) as cursor:
        return cursor.fetchone()


def gather(db: Connection) -> AbstractContextManager[object]:
    """Send the statements within this context together, where each takes a way to a server.

    None of them may have an answer that is read. Their errors come at the end at the latest.
    """
    return db.gather() if isinstance(db, GatheringConnection) else nullcontext()


def refuse_writing(place: object) -> NoReturn:
    """Refuse to write to a registry that was opened for reading only.

    Raises
    ------
    RegistryUnavailableError
        Always.
    """
    raise RegistryUnavailableError(f"The registry {place} is read-only; open it for writing.")


def refuse_damaged(place: object) -> NoReturn:
    """Refuse a registry whose content no registry can have.

    Raises
    ------
    RegistryDamagedError
        Always.
    """
    raise RegistryDamagedError(
        f"The registry {place} is damaged; run an audit and restore it from a backup."
    )
