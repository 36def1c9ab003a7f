"""One PostgreSQL database and the pool of connections to it: opening, transactions, errors, fork.

Writers take turns by one advisory lock (docs/adr/0017), because each entry of the log builds on the
one before. A manifest is signed before its record gets here, so the lock is held for milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from provenance.errors import (
    ConfigError,
    RegistryDamagedError,
    RegistryError,
    RegistryUnavailableError,
)
from provenance.registry.fork_lock import ForkLock, start_over_after_fork
from provenance.registry.migrations import load_migrations
from provenance.registry.sql.database import make_origin, refuse_writing

SCHEMA = "provenance"
"""The schema of the registry's tables; a database holds one registry."""

MIGRATIONS = load_migrations("provenance.registry.postgres")

_LOCK = 0x50524F56
""""PROV": the advisory lock of whoever writes. It holds within one database."""

CONNECT_TIMEOUT_S = 5
"""A server in the same network answers within milliseconds; one across the world within seconds."""

LOCK_TIMEOUT_S = 10
"""A writer holds the lock for milliseconds; ten seconds outlast any honest queue."""

MAX_CONNECTIONS = 8
"""Connections of one process: more threads than that wait for each other, not for the server."""

_PLACEHOLDER = re.compile(r"\?|(?<![:\w]):(\w+)")


class PostgresConnection:
    """A connection that takes placeholders as ``provenance.registry.sql`` writes them."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def execute(self, query: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
        """Run one statement and give its cursor."""
        return self._connection.execute(_translate(query), values or None)

    def executemany(self, query: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each row, in one exchange with the server."""
        with self._connection.cursor() as cursor:
            cursor.executemany(_translate(query), rows)

    def gather(self) -> AbstractContextManager[object]:
        """Send the statements within this context in one exchange; see ``sql.database.gather``."""
        if not psycopg.Pipeline.is_supported():  # libpq before 14
            return nullcontext()
        return self._connection.pipeline()


class PostgresDatabase:
    """A registry's database, connected to when first needed; threads share its pool."""

    def __init__(self, uri: str, *, create: bool, read_only: bool) -> None:
        try:
            parts = conninfo_to_dict(uri)
        except psycopg.Error:
            raise ConfigError(
                "The registry's postgresql: address is malformed; write "
                "postgresql://USER@HOST:PORT/DATABASE."
            ) from None  # the driver's message quotes the password
        self.place = _describe(parts)
        defaults: dict[str, str | int] = {
            "connect_timeout": CONNECT_TIMEOUT_S,
            "application_name": "provenance",
        }
        given = {name: value for name, value in defaults.items() if name not in parts}
        self._conninfo = make_conninfo(uri, **given)
        self._create = create and not read_only
        self._read_only = read_only
        self._opening = ForkLock()
        self._pool: ConnectionPool[psycopg.Connection[Any]] | None = None
        start_over_after_fork(self)

    @contextmanager
    def reading(self) -> Iterator[PostgresConnection]:
        """Begin a transaction that sees one state of the registry."""
        with self._transaction(psycopg.IsolationLevel.REPEATABLE_READ, read_only=True) as db:
            yield PostgresConnection(db)

    @contextmanager
    def writing(self) -> Iterator[PostgresConnection]:
        """Begin a transaction that excludes every other writer from its first moment."""
        if self._read_only:
            refuse_writing(self.place)
        level = psycopg.IsolationLevel.READ_COMMITTED  # sees what the lock waited for
        with self._transaction(level, read_only=False) as db:
            connection = PostgresConnection(db)
            with connection.gather():  # with the transaction's beginning
                db.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            yield connection

    def close(self) -> None:
        """Close the pool; the next transaction opens it again."""
        with self._opening:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def __del__(self) -> None:
        """Close what was forgotten rather than closed."""
        with suppress(Exception):  # interpreters that end have lost parts of themselves
            self.close()

    def start_over(self) -> None:
        """Leave the parent's connections to the parent: a child must not even close them."""
        _inherited.append(self._pool)
        self._pool = None

    @contextmanager
    def _transaction(
        self, level: psycopg.IsolationLevel, *, read_only: bool
    ) -> Iterator[psycopg.Connection[Any]]:
        with _translate_errors(self.place), self._open_pool().connection() as db:
            db.isolation_level, db.read_only = level, read_only
            yield db  # the pool commits, or rolls back on an error

    def _open_pool(self) -> ConnectionPool[psycopg.Connection[Any]]:
        with self._opening:
            if self._pool is None:
                self._prepare()  # by itself, for a pool hides why it can't connect
                self._pool = ConnectionPool(
                    self._conninfo,
                    min_size=1,
                    max_size=MAX_CONNECTIONS,
                    timeout=LOCK_TIMEOUT_S,
                    reconnect_timeout=LOCK_TIMEOUT_S,  # then whoever asks next has it try anew
                    configure=_configure,
                    check=ConnectionPool.check_connection,
                    open=True,
                )
            return self._pool

    def _prepare(self) -> None:
        """Check that there is a registry of this version, and make or upgrade it where allowed."""
        with psycopg.connect(self._conninfo, autocommit=True) as db:
            _configure(db)
            version = _read_version(db)
            if version is None and not self._create:
                raise RegistryUnavailableError(
                    f"There is no registry at {self.place}; correct the address, or make a new one "
                    "with 'provenance registry make' if there never was one."
                )
            if version is None or (version < len(MIGRATIONS) and not self._read_only):
                version = _migrate(db, self.place)
        self._create = False  # a registry that vanishes later is never made anew
        if not 1 <= version <= len(MIGRATIONS):
            raise RegistryDamagedError(
                f"The registry {self.place} has schema version {version}; this release reads up to "
                f"version {len(MIGRATIONS)}: upgrade provenance."
            )


@lru_cache(maxsize=256)
def _translate(query: str) -> Any:
    """Turn ``?`` and ``:name`` into psycopg's placeholders."""
    return _PLACEHOLDER.sub(lambda found: f"%({found[1]})s" if found[1] else "%s", query).encode()


def _describe(parts: Mapping[str, Any]) -> str:
    """Name the database without its password."""
    host, port = parts.get("host", ""), parts.get("port")
    return f"postgresql://{host}{f':{port}' if port else ''}/{parts.get('dbname', '')}"


def _configure(db: psycopg.Connection[Any]) -> None:
    """Set what every connection needs."""
    autocommit, db.autocommit = db.autocommit, True
    db.execute(sql.SQL("SET search_path = {}, pg_catalog").format(sql.Identifier(SCHEMA)))
    db.execute(sql.SQL("SET lock_timeout = {}").format(sql.Literal(f"{LOCK_TIMEOUT_S}s")))
    db.execute("SET synchronous_commit = on")  # a released picture's record survives a power cut
    db.autocommit = autocommit


def _read_version(db: psycopg.Connection[Any]) -> int | None:
    """Read the schema version, None where there is no registry."""
    # From the catalog's rows: what names resolve to is cached from before a wait for the lock.
    tables = "SELECT 1 FROM pg_tables WHERE schemaname = %s AND tablename = 'migrations'"
    if db.execute(tables, (SCHEMA,)).fetchone() is None:
        return None
    newest = sql.SQL("SELECT max(version) FROM {}.migrations").format(sql.Identifier(SCHEMA))
    (version,) = db.execute(newest).fetchone() or (None,)
    return 0 if version is None else int(version)


def _migrate(db: psycopg.Connection[Any], place: str) -> int:
    """Make the registry or bring it up to date, in one transaction; return its version."""
    (encoding,) = db.execute("SHOW server_encoding").fetchone() or ("",)
    if encoding != "UTF8":
        raise ConfigError(f"The database {place} stores {encoding}; make one that stores UTF8.")
    with db.transaction():
        db.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        version = _read_version(db)  # another process may have been faster
        if version is None:
            db.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA)))
            db.execute(
                "CREATE TABLE migrations (version integer PRIMARY KEY, name text NOT NULL,"
                " applied timestamptz NOT NULL DEFAULT now())"
            )
        for migration in MIGRATIONS[version or 0 :]:
            db.execute(migration.script.encode())
            db.execute(
                "INSERT INTO migrations (version, name) VALUES (%s, %s)",
                (migration.version, migration.name),
            )
        if version is None:
            db.execute("INSERT INTO log VALUES (1, %s)", (make_origin(),))
        return max(version or 0, len(MIGRATIONS))


# --- errors --------------------------------------------------------------------------------------

_UNAVAILABLE = {
    "25006": "is read-only; open it for writing, as a role that may insert",
    "42501": "may not be used like this by this role; grant it the rights that the docs list",
    "55P03": "is locked by another process; try again when it has finished",
    "53100": "can't grow: the disk is full",
    "53300": "has no connection left; raise max_connections or run fewer processes",
    "28": "refuses this role; check its name, password and pg_hba.conf",
    "3D000": "does not exist; correct the address or create the database",
    "57": "is shutting down or was stopped; try again when it runs",
    "53": "lacks memory, disk or connections; see the server's log",
    "58": "can't be read or written: the server reports a system error",
    "08": "lost its connection; try again",
}
_DAMAGED = {
    "23": "has contradicting entries; run an audit and restore it from a backup",
    "42": "lacks tables of a registry; restore it from a backup",
    "XX": "is damaged; restore it from a backup",
}


@contextmanager
def _translate_errors(place: str) -> Iterator[None]:
    """Turn the driver's errors into ours."""
    try:
        yield
    except (PoolTimeout, PoolClosed) as error:
        raise RegistryUnavailableError(
            f"The registry {place} can't be reached: no connection is free or the server is down."
        ) from error
    except psycopg.Error as error:
        raise translate_error(error, place) from error


def translate_error(error: psycopg.Error, place: str) -> RegistryError:
    """Turn a driver's error into one of ours, by its SQLSTATE or the class of that."""
    state = error.sqlstate or ""
    for code, meaning in _UNAVAILABLE.items():
        if state.startswith(code):
            return RegistryUnavailableError(f"The registry {place} {meaning}.")
    for code, meaning in _DAMAGED.items():
        if state.startswith(code):
            return RegistryDamagedError(f"The registry {place} {meaning}.")
    if isinstance(error, psycopg.OperationalError):  # no SQLSTATE: the server was not reached
        return RegistryUnavailableError(
            f"The registry {place} can't be reached; check its address and that the server runs."
        )
    return RegistryError(f"The registry {place} failed: {error}.")


# --- fork ----------------------------------------------------------------------------------------

_inherited: list[object] = []  # kept, so that no child's collector closes them
