"""What only the PostgreSQL back end has: a server that goes away, roles, intruders."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg_pool import base

from provenance.errors import (
    ConfigError,
    RegistryDamagedError,
    RegistryError,
    RegistryUnavailableError,
)
from provenance.registry import Registry, open_registry
from provenance.registry.postgres import connection
from tests.postgres import Server, run_server
from tests.unit.registry.records import record

TABLES = ("log", "records", "stores", "revocations", "nodes", "heads", "models", "accesses")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with run_server() as server:
        yield server


@pytest.fixture
def database(server: Server) -> str:
    """A registry of five records, one of them revoked."""
    name = server.make_database()
    with open_registry(server.uri(name), create=True) as registry:
        for number in range(5):
            registry.append(record(number), b"store", b"sealed")
        registry.revoke(record(3).stamp_id, "made by mistake")
        registry.model_number(1, "a", "1", create=True)
    return name


@pytest.fixture
def registry(server: Server, database: str) -> Iterator[Registry]:
    with open_registry(server.uri(database)) as registry:
        yield registry


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement", ["DELETE FROM {}", "UPDATE {} SET {} = {}", "TRUNCATE {} CASCADE"]
)
def test_the_database_itself_is_append_only(
    server: Server, database: str, table: str, statement: str
) -> None:
    """Also for a superuser, whom no grant stops, as long as triggers fire."""
    with psycopg.connect(server.uri(database), autocommit=True) as db:
        db.execute("SET search_path = provenance")
        query = "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        column = (db.execute(query, (table,)).fetchone() or ("",))[0]
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"):
            db.execute(statement.format(table, column, column).encode())


def test_a_role_may_only_do_what_it_was_granted(server: Server, database: str) -> None:
    for role in ("stamper", "verifier"):
        server.execute(f"DROP ROLE IF EXISTS {role}")
        server.execute(f"CREATE ROLE {role} LOGIN")
        server.execute(f"GRANT USAGE ON SCHEMA provenance TO {role}", database)
        server.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA provenance TO {role}", database)
    server.execute("REVOKE ALL ON accounts, accesses FROM verifier", database)
    tables = "log, records, stores, revocations, nodes, heads, models, accounts, accesses"
    server.execute(f"GRANT INSERT ON {tables} TO stamper", database)
    try:
        with open_registry(server.uri(database, "stamper")) as registry:
            registry.append(record(5), b"store", b"sealed")
            assert registry.audit().ok
        with (
            psycopg.connect(server.uri(database, "stamper")) as db,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            db.execute("DELETE FROM provenance.records")
        with open_registry(server.uri(database, "verifier")) as registry:
            assert registry.by_id(record(5).stamp_id) == record(5)
            with pytest.raises(RegistryUnavailableError, match="grant it the rights"):
                registry.append(record(6), b"store")
            with pytest.raises(RegistryUnavailableError, match="grant it the rights"):
                registry.accounts.accesses()
    finally:
        for role in ("stamper", "verifier"):
            server.execute(f"DROP OWNED BY {role}", database)
            server.execute(f"DROP ROLE {role}")


@pytest.mark.parametrize(
    ("statement", "kind", "index"),
    [
        ("UPDATE records SET model = 'other' WHERE leaf_index = 2", "altered", 2),
        ("UPDATE stores SET store = 'x' WHERE leaf_index = 2", "altered", 2),
        ("DELETE FROM revocations", "removed", 5),
        ("DELETE FROM stores WHERE leaf_index = 2", "removed", 2),
        ("UPDATE heads SET note = 'x' WHERE size = 3", "rewritten", 2),
        ("UPDATE nodes SET hash = sha256('x') WHERE (level, position) = (1, 1)", "rewritten", 3),
    ],
)
def test_an_audit_names_what_an_intruder_did(
    server: Server, database: str, registry: Registry, statement: str, kind: str, index: int
) -> None:
    assert registry.audit().ok
    server.execute(statement, database)
    found = [(fault.kind, fault.index) for fault in registry.audit().faults]
    assert found[0] == (kind, index)


def test_a_server_that_restarts_is_used_again(server: Server, registry: Registry) -> None:
    """It stops as if the machine had lost power; what was appended is there afterwards."""
    registry.append(record(5), b"store")
    server.stop()
    try:
        with pytest.raises(RegistryUnavailableError):
            registry.append(record(6), b"store")
    finally:
        server.start()
    registry.close()
    assert registry.contains(record(5).stamp_id)
    registry.append(record(6), b"store")
    assert registry.audit().ok


def test_after_a_long_outage_the_first_who_asks_is_served(
    server: Server, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pool waits ever longer between its attempts; who asks must not wait for the next one."""
    monkeypatch.setattr(connection, "LOCK_TIMEOUT_S", 1)
    monkeypatch.setattr(base.AttemptWithBackoff, "INITIAL_DELAY", 1_000.0)  # as after hours
    registry.close()  # its pool has the old times
    assert registry.contains(record(4).stamp_id)
    server.stop()
    try:
        for _ in range(2):
            with pytest.raises(RegistryUnavailableError):
                registry.contains(record(4).stamp_id)
    finally:
        server.start()
    for tries_left in reversed(range(60)):  # of a second each; the pool would wait for five minutes
        try:
            found = registry.contains(record(4).stamp_id)
        except RegistryUnavailableError:
            assert tries_left
        else:
            break
    assert found


def test_where_nothing_listens_is_said_so_without_the_password() -> None:
    with pytest.raises(RegistryUnavailableError, match="can't be reached") as caught:
        open_registry("postgresql://me:secret@127.0.0.1:1/stamps")
    assert "secret" not in str(caught.value)


def test_a_missing_database_and_a_malformed_address(server: Server) -> None:
    with pytest.raises(RegistryUnavailableError):
        open_registry(server.uri("nowhere"), create=True)
    with pytest.raises(ConfigError, match="malformed") as caught:
        open_registry("postgresql://me:secret@[::1/x")
    assert "secret" not in str(caught.value)


def test_a_newer_schema_asks_for_an_upgrade(server: Server, database: str) -> None:
    server.execute("INSERT INTO migrations VALUES (99, 'later')", database)
    with pytest.raises(RegistryDamagedError, match=r"schema version 99.*upgrade provenance"):
        open_registry(server.uri(database))


def test_a_group_of_appends_fails_together_and_a_used_id_alone(registry: Registry) -> None:
    with pytest.raises(RegistryError, match="draw another"):
        registry.append(record(1), b"store")
    registry.append(record(5), b"store")
    assert registry.audit().ok
