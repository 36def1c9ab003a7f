"""One registry file and the one connection to it: opening, transactions, errors, fork.

A rollback journal with ``synchronous=EXTRA``, not WAL (docs/adr/0004): a committed append survives
a power cut, the registry is one file that can be archived and read from a read-only folder, and
SQLite before 3.51.3 can corrupt a WAL database that several processes write. The price is about a
millisecond per append instead of a third of one.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from provenance.errors import RegistryDamagedError, RegistryError, RegistryUnavailableError
from provenance.registry.migrations import load_migrations
from provenance.registry.sql.database import fetch_one, make_origin, refuse_writing

APPLICATION_ID = 0x50524F56
""""PROV", in the file's header: tells a registry from any other database."""

MIGRATIONS = load_migrations("provenance.registry.sqlite")

SCHEMA_VERSION = len(MIGRATIONS)
"""The version that this release writes."""

WRITE_TIMEOUT_S = 10.0
"""A writer holds the lock for about a millisecond; ten seconds outlast any honest queue."""

READ_TIMEOUT_S = 1.0
"""Readers pass whoever does not commit just now; a verifier goes on without a registry."""

# How often a locked file is asked again. SQLite's own waiting backs off to a tenth of a second, and
# then hardly ever meets the gap that a busy writer leaves between two appends.
_POLL_S = 0.001

_LATER_TABLES = {
    "accesses": "n, line",
    "revocations": "leaf_index, stamp_id, revoked, reason, since",
}
"""Tables that a reader asks for and that older schemas lack."""

Connection = sqlite3.Connection
T = TypeVar("T")


class SqliteDatabase:
    """A registry file under one lock, opened when first needed.

    SQLite takes one writer at a time and a read takes microseconds, so one connection serves all
    threads. It is closed before every ``fork``: SQLite's locks do not survive a fork, and a child
    must not even close a connection that it inherits.
    """

    _connection: Connection | None = None

    def __init__(
        self,
        path: Path,
        *,
        create: bool,
        read_only: bool,
        busy_timeout_s: float | None = None,
        origin: str | None = None,
    ) -> None:
        self.path = path.absolute()
        self._origin = origin  # of the log, where it is made; drawn by default
        self.place = str(self.path)
        self._mode = "ro" if read_only else "rwc" if create else "rw"
        if busy_timeout_s is None:
            busy_timeout_s = READ_TIMEOUT_S if read_only else WRITE_TIMEOUT_S
        self._busy_timeout_s = busy_timeout_s
        self._lock = threading.Lock()
        with _registering:
            _databases.add(self)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Begin a transaction that sees one state of the registry."""
        with self._transaction(_begin_reading) as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Begin a transaction that excludes every other writer from its first moment."""
        if self._mode == "ro":
            refuse_writing(self.place)
        with self._transaction(_begin_writing) as db:
            yield db

    def close(self) -> None:
        """Close the file; the next transaction opens it again."""
        with self._lock:
            self._disconnect()

    def __del__(self) -> None:
        """Close what was forgotten rather than closed."""
        self._disconnect()

    def pause(self) -> None:
        """Wait for the present transaction, close, and admit none until ``resume``."""
        self._lock.acquire()
        self._disconnect()

    def resume(self) -> None:
        """Undo ``pause``, also in a child process."""
        self._lock.release()

    @contextmanager
    def _transaction(self, begin: Callable[[Connection], object]) -> Iterator[Connection]:
        with self._lock, _translate_errors(self.path):
            db = self._connect()
            try:
                self._retry_while_busy(lambda: begin(db))
                yield db
                self._retry_while_busy(lambda: db.execute("COMMIT"))
            except BaseException as error:
                with suppress(sqlite3.Error):  # the first error is the one to report
                    db.execute("ROLLBACK")
                if getattr(error, "sqlite_errorname", "") == _MOVED:
                    self._disconnect()  # the next transaction looks where the path leads then
                raise

    def _connect(self) -> Connection:
        if self._connection is None:
            _check_place(self.path, create=self._mode == "rwc")
            self._connection = self._retry_while_busy(
                lambda: _connect(self.path, self._mode, self._origin)
            )
            if self._mode == "rwc":
                self._mode = "rw"  # a file that vanishes later is never made anew
        return self._connection

    def _retry_while_busy(self, action: Callable[[], T]) -> T:
        """Repeat an action while the file is locked, until it is free or time is up."""
        deadline = time.monotonic() + self._busy_timeout_s
        while True:
            try:
                return action()
            except sqlite3.OperationalError as error:
                code = error.sqlite_errorcode & 0xFF  # less its extension
                if code != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
            time.sleep(_POLL_S)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _begin_reading(db: Connection) -> None:
    if not db.in_transaction:  # else this is another try
        db.execute("BEGIN")
    fetch_one(db, "SELECT 1 FROM sqlite_schema")  # takes the lock, which BEGIN alone does not


def _begin_writing(db: Connection) -> None:
    db.execute("BEGIN IMMEDIATE")


# --- opening -------------------------------------------------------------------------------------


def _check_place(path: Path, *, create: bool) -> None:
    """Say what is wrong with a path more clearly than SQLite does."""
    if not path.parent.is_dir():
        raise RegistryUnavailableError(f"The registry's folder {path.parent} does not exist.")
    if not create and not path.exists():
        raise RegistryUnavailableError(
            f"There is no registry at {path}; correct the path, mount its disk, or make a new one "
            "with 'provenance registry make' if there never was one."
        )
    if path.is_dir():
        raise RegistryUnavailableError(f"The registry {path} is a folder; name a file.")


def _connect(path: Path, mode: str, origin: str | None) -> Connection:
    db = sqlite3.connect(
        f"{path.as_uri()}?mode={mode}",
        uri=True,
        timeout=0,  # ``SqliteDatabase`` does the waiting
        isolation_level=None,  # transactions are begun by name, not guessed from the statement
        check_same_thread=False,  # one lock guards it
    )
    # Text that is not UTF-8 is for ``leaf`` to refuse, which names the record.
    db.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    try:
        db.execute("PRAGMA synchronous = EXTRA")
        db.execute("PRAGMA cache_spill = OFF")  # so that only COMMIT has to wait for readers
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = ON")  # a forgotten account is overwritten
        db.execute("PRAGMA trusted_schema = OFF")  # the file may come from a stranger
        if mode == "rwc" and _is_blank(db):
            _create(db, origin or make_origin())
        _check_schema(db, path)
        if _read_header(db)[1] < SCHEMA_VERSION:
            _add_empty_tables(db) if mode == "ro" else _upgrade(db)
    except BaseException:
        db.close()
        raise
    return db


def _is_blank(db: Connection) -> bool:
    return _read_header(db) == (0, 0) and fetch_one(db, "SELECT 1 FROM sqlite_schema") is None


def _read_header(db: Connection) -> tuple[int, int]:
    application, version = (
        fetch_one(db, "PRAGMA application_id"),
        fetch_one(db, "PRAGMA user_version"),
    )
    return (application or (0,))[0], (version or (0,))[0]


def _create(db: Connection, origin: str) -> None:
    db.execute("BEGIN IMMEDIATE")
    if _is_blank(db):  # else another process was faster
        _apply_migrations(db, 0)
        db.execute("INSERT INTO log VALUES (1, ?)", (origin,))
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute("COMMIT")


def _upgrade(db: Connection) -> None:
    """Bring a registry of an earlier release up to date; its content stays as it is."""
    db.execute("BEGIN IMMEDIATE")
    _apply_migrations(db, _read_header(db)[1])
    db.execute("COMMIT")


def _add_empty_tables(db: Connection) -> None:
    """Give an older registry that may not be written the tables it lacks, empty and in memory."""
    db.execute("PRAGMA temp_store = MEMORY")
    for table, columns in _LATER_TABLES.items():
        if fetch_one(db, "SELECT 1 FROM sqlite_schema WHERE name = ?", table) is None:
            db.execute(f"CREATE TEMP TABLE {table} ({columns})")


def _apply_migrations(db: Connection, version: int) -> None:
    for migration in MIGRATIONS[version:]:
        for statement in _split_statements(migration.script):
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _split_statements(script: str) -> Iterator[str]:
    """Split a script, whose triggers hold semicolons; executescript would commit first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _check_schema(db: Connection, path: Path) -> None:
    application, version = _read_header(db)
    if application != APPLICATION_ID:
        raise RegistryDamagedError(f"{path} is a database, but not a registry; correct the path.")
    if not 1 <= version <= SCHEMA_VERSION:
        raise RegistryDamagedError(
            f"The registry {path} has schema version {version}; this release reads up to version "
            f"{SCHEMA_VERSION}: upgrade provenance."
        )


# --- errors --------------------------------------------------------------------------------------

_MOVED = "SQLITE_READONLY_DBMOVED"

_UNAVAILABLE = {
    _MOVED: "was moved or replaced while it was in use; put it back, or correct the path",
    "SQLITE_BUSY": "is locked by another process; try again when it has finished",
    "SQLITE_LOCKED": "is locked by another process; try again when it has finished",
    "SQLITE_READONLY_ROLLBACK": "was left by a writer that crashed; open it once for writing",
    "SQLITE_READONLY": "is read-only; make the file and its folder writable",
    "SQLITE_FULL": "can't grow: the disk is full",
    "SQLITE_CANTOPEN": "can't be opened; check the permissions of the file and its folder",
    "SQLITE_PERM": "may not be accessed; check its permissions",
    "SQLITE_AUTH": "may not be accessed; check its permissions",
    "SQLITE_IOERR": "can't be read or written: the disk reports an error",
    "SQLITE_NOLFS": "is too large for this disk",
}
_DAMAGED = {
    "SQLITE_NOTADB": "is not a registry; correct the path",
    "SQLITE_CORRUPT": "is damaged; restore it from a backup",
    "SQLITE_ERROR": "lacks tables of a registry; restore it from a backup",
    "SQLITE_SCHEMA": "lacks tables of a registry; restore it from a backup",
    "SQLITE_CONSTRAINT": "has contradicting entries; run an audit and restore it from a backup",
}


@contextmanager
def _translate_errors(path: Path) -> Iterator[None]:
    """Let only our errors out."""
    try:
        yield
    except sqlite3.Error as error:
        raise translate_error(error, path) from error
    except UnicodeDecodeError as error:  # from SQLite's message that quotes a damaged schema
        raise RegistryDamagedError(
            f"The registry {path} is damaged; restore it from a backup."
        ) from error


def translate_error(error: sqlite3.Error, path: Path) -> RegistryError:
    """Turn SQLite's error into one of ours; its extended codes begin with the basic one."""
    name = getattr(error, "sqlite_errorname", "")
    for prefix, meaning in _UNAVAILABLE.items():
        if name.startswith(prefix):
            return RegistryUnavailableError(f"The registry {path} {meaning}.")
    for prefix, meaning in _DAMAGED.items():
        if name.startswith(prefix):
            return RegistryDamagedError(f"The registry {path} {meaning}.")
    return RegistryError(f"The registry {path} failed: {error}.")


# --- fork ----------------------------------------------------------------------------------------

_databases: weakref.WeakSet[SqliteDatabase] = weakref.WeakSet()
_registering = threading.Lock()  # held during a fork, so that no database appears meanwhile
_paused: list[SqliteDatabase] = []


def _before_fork() -> None:
    _registering.acquire()
    _paused.extend(_databases)
    for database in _paused:
        database.pause()


def _after_fork() -> None:
    for database in _paused:
        database.resume()
    _paused.clear()
    _registering.release()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork
    )
