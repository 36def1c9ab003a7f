"""What only the SQLite back end has: a file to be locked, full, foreign, cut short, tampered."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import (
    ConfigError,
    LogIntegrityError,
    ProvenanceError,
    RegistryDamagedError,
    RegistryError,
    RegistryUnavailableError,
)
from provenance.records import StampRecord
from provenance.registry import open_registry
from provenance.registry.checkpoint import Checkpoint
from provenance.registry.leaf import encode_leaf
from provenance.registry.log import Frontier, hash_leaf
from provenance.registry.sql.rows import read_log_rows
from provenance.registry.sqlite import SqliteRegistry
from provenance.registry.sqlite.connection import READ_TIMEOUT_S, translate_error
from provenance.signers import LogKey
from tests.steps import count_steps
from tests.unit.registry.records import ACCESS, record

NOBODY = 65_534
KILLS, MOST_KILLS = 25, 500
TABLES = ("log", "records", "stores", "nodes", "heads", "models", "accesses", "revocations")
KEY = LogKey.generate()
MODES = [(True, False), (False, False), (True, True)]  # create, read_only

# Python 3.12 and later warn when a process with threads forks, as pytest's may be.
FORKS = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")


def fill(registry: SqliteRegistry, count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        registry.append(record(number), b"store")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "stamps.db"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("original") / "stamps.db"
    with SqliteRegistry(path, KEY, create=True) as registry:
        fill(registry, 7)
        registry.append(record(7), b"store", b"sealed")
        registry.model_number(1, "a", "1", create=True)
        registry.accounts.read(record(7).stamp_id, ACCESS)
    return path


@pytest.fixture
def filled(original: Path, path: Path) -> Path:
    """A registry of eight records under `KEY`, to do anything with."""
    return Path(shutil.copy(original, path))


@pytest.fixture
def intruder(filled: Path) -> Iterator[sqlite3.Connection]:
    """Someone with write access to the file, who knows how to drop triggers."""
    with closing(sqlite3.connect(filled, isolation_level=None)) as db:
        names = db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        assert len(names) == 3 * len(TABLES)
        for (name,) in names:
            db.execute(f"DROP TRIGGER {name}")
        yield db


@pytest.fixture
def revoked(filled: Path) -> Path:
    """The same with a revocation as entry 8 of the log."""
    with SqliteRegistry(filled, KEY) as registry:
        registry.revoke(record(3).stamp_id, "made by mistake")
    return filled


def unlocked(path: Path) -> SqliteRegistry:
    return SqliteRegistry(path, KEY, busy_timeout_s=0.05)


# --- locked, read-only, full, missing ------------------------------------------------------------


def test_a_registry_that_was_moved_meanwhile_is_said_so(filled: Path, path: Path) -> None:
    with SqliteRegistry(filled, KEY) as registry:
        path.rename(path.with_name("elsewhere.db"))
        with pytest.raises(RegistryUnavailableError, match="was moved or replaced"):
            fill(registry, 1, start=8)
        with pytest.raises(RegistryUnavailableError, match="There is no registry"):
            fill(registry, 1, start=8)
        path.with_name("elsewhere.db").rename(path)
        fill(registry, 1, start=8)
        assert registry.audit().ok


def test_a_reader_waits_a_short_time_for_a_locked_registry(filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as other:
        other.execute("BEGIN EXCLUSIVE")
        start = time.monotonic()
        with pytest.raises(RegistryUnavailableError, match="is locked"):
            SqliteRegistry(filled, read_only=True)
        assert time.monotonic() - start >= READ_TIMEOUT_S


@pytest.mark.parametrize("lock", ["EXCLUSIVE", "IMMEDIATE"])
def test_a_locked_registry_is_unavailable_until_it_is_free(filled: Path, lock: str) -> None:
    with unlocked(filled) as registry, closing(sqlite3.connect(filled)) as other:
        other.execute(f"BEGIN {lock}")
        with pytest.raises(RegistryUnavailableError, match="is locked by another process"):
            fill(registry, 1, start=8)
        if lock == "EXCLUSIVE":
            with pytest.raises(RegistryUnavailableError, match="is locked"):
                registry.by_id(record(1).stamp_id)
            with pytest.raises(RegistryUnavailableError, match="is locked"):
                unlocked(filled)
        other.rollback()
        fill(registry, 1, start=8)
        assert registry.size == 9
        assert registry.audit().ok


def test_a_reader_can_not_make_a_commit_half_done(filled: Path) -> None:
    """A commit needs every reader gone; if one stays, nothing of the append remains."""
    with unlocked(filled) as registry, closing(sqlite3.connect(filled)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM records").fetchone()
        with pytest.raises(RegistryUnavailableError, match="is locked"):
            fill(registry, 1, start=8)
        reader.rollback()
        assert not registry.contains(record(8).stamp_id)
        fill(registry, 1, start=8)
        assert registry.audit().ok


def in_a_child(work: Callable[[], None]) -> str:
    """Run ``work`` in a forked process; gives what went wrong."""
    reader, writer = os.pipe()
    if pid := os.fork():
        os.close(writer)
        with os.fdopen(reader, encoding="utf-8") as pipe:
            trouble = pipe.read()
        os.waitpid(pid, 0)
        return trouble
    try:
        work()
    except BaseException:  # noqa: BLE001 (the parent reports it)
        os.write(writer, traceback.format_exc().encode())
    finally:
        os._exit(0)


def become_nobody() -> None:
    if os.geteuid() == 0:  # permissions do not bind root
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


@FORKS
def test_a_read_only_file_in_a_read_only_folder_can_be_verified(filled: Path) -> None:
    folder = Path(tempfile.mkdtemp())  # tmp_path lies below a folder that is closed to others
    path = folder / "stamps.db"
    shutil.copy(filled, path)

    def verify() -> None:
        become_nobody()
        for create, read_only in MODES:
            with SqliteRegistry(path, create=create, read_only=read_only) as registry:
                assert registry.by_id(record(3).stamp_id) == record(3)
                assert registry.near(record(3).pdq, 0) == [(record(3), 0)]
                assert registry.audit().ok
                with pytest.raises(RegistryUnavailableError, match="is read-only"):
                    registry.model_number(9, "a", "1", create=True)
        with pytest.raises(RegistryUnavailableError, match="check the permissions"):
            SqliteRegistry(folder / "new.db", create=True)

    def refuse_to_append() -> None:
        become_nobody()
        with SqliteRegistry(path, KEY) as registry:
            with pytest.raises(RegistryUnavailableError):
                fill(registry, 1, start=8)
            assert registry.audit().ok

    try:
        path.chmod(0o444)
        folder.chmod(0o555)
        assert in_a_child(verify) == ""
        path.chmod(0o666)  # does not help to write: the journal needs the folder
        assert in_a_child(refuse_to_append) == ""
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_full_disk(filled: Path) -> None:
    """SQLite itself reports it: this connection may not grow the file."""
    with closing(sqlite3.connect(filled)) as db:
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(sqlite3.Error) as caught:
            db.execute("INSERT INTO models VALUES (9, 1, ?, '')", ("x" * 100_000,))
    error = translate_error(caught.value, filled)
    assert isinstance(error, RegistryUnavailableError)
    assert str(error) == f"The registry {filled} can't grow: the disk is full."


@FORKS
def test_a_disk_that_refuses_to_write_loses_nothing(filled: Path) -> None:
    def append_until_it_fails() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        limit = filled.stat().st_size + 20_000
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        with SqliteRegistry(filled, KEY) as registry, pytest.raises(RegistryUnavailableError):
            fill(registry, 10_000, start=8)

    assert in_a_child(append_until_it_fails) == ""
    with SqliteRegistry(filled, KEY) as registry:
        assert registry.size > 8
        assert registry.audit().ok
        fill(registry, 1, start=registry.size)


@pytest.mark.parametrize(("create", "read_only"), MODES)
def test_a_missing_folder(tmp_path: Path, create: bool, read_only: bool) -> None:
    with pytest.raises(RegistryUnavailableError, match=r"folder .*missing does not exist"):
        SqliteRegistry(tmp_path / "missing" / "stamps.db", create=create, read_only=read_only)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_registry(tmp_path: Path) -> None:
    with pytest.raises(RegistryUnavailableError, match="is a folder"):
        SqliteRegistry(tmp_path)


def test_a_registry_that_vanishes_is_not_made_anew(filled: Path) -> None:
    with SqliteRegistry(filled) as registry:
        registry.close()
        filled.unlink()
        with pytest.raises(RegistryUnavailableError, match="There is no registry"):
            fill(registry, 1)
    assert not filled.exists()


def test_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = "späße %41?mode=ro#x.db"  # nothing in a path is special
    open_registry(f"sqlite:///{odd}", create=True, base=tmp_path).close()
    assert (tmp_path / odd).is_file()
    open_registry(f"sqlite:///{tmp_path}/absolute.db", create=True, base=Path("/elsewhere")).close()
    assert (tmp_path / "absolute.db").is_file()
    monkeypatch.chdir(tmp_path)
    with SqliteRegistry(Path("relative.db"), create=True) as registry:
        monkeypatch.chdir("/")
        registry.close()
        assert registry.size == 0
    with pytest.raises(ConfigError, match="does not name a file"):
        open_registry("sqlite:///:memory:")


# --- not a registry ------------------------------------------------------------------------------


def foreign(name: str, path: Path) -> None:
    if name == "another application's database":
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE records (stamp_id TEXT)")
            db.commit()
    elif name == "a marked database without tables":
        with closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA application_id = 1")
            db.commit()
    else:
        path.write_bytes(
            {
                "short text": b"hello\n",
                "long text": b"Not a database at all.\n" * 1000,
                "a picture": b"\x89PNG\r\n\x1a\n" + bytes(5000),
                "a header only": b"SQLite format 3\0",
            }[name]
        )


@pytest.mark.parametrize(("create", "read_only"), MODES)
@pytest.mark.parametrize(
    "name",
    [
        "short text",
        "long text",
        "a picture",
        "a header only",
        "another application's database",
        "a marked database without tables",
    ],
)
def test_what_is_no_registry_is_said_so_and_not_touched(
    path: Path, name: str, create: bool, read_only: bool
) -> None:
    foreign(name, path)
    before = path.read_bytes()
    with pytest.raises(RegistryDamagedError, match="not a registry; correct the path"):
        SqliteRegistry(path, create=create, read_only=read_only)
    assert path.read_bytes() == before


def test_an_empty_file_is_a_registry_only_when_one_may_be_made(path: Path) -> None:
    path.touch()
    with pytest.raises(RegistryDamagedError, match="not a registry"):
        SqliteRegistry(path, create=False)
    assert path.read_bytes() == b""
    SqliteRegistry(path, create=True).close()
    assert SqliteRegistry(path, create=False).size == 0


def test_a_newer_schema_asks_for_an_upgrade(filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(RegistryDamagedError, match=r"schema version 99.*upgrade provenance"):
        SqliteRegistry(filled)


def test_missing_tables_are_damage(filled: Path, intruder: sqlite3.Connection) -> None:
    intruder.execute("DROP TABLE models")
    with pytest.raises(RegistryDamagedError, match="lacks tables"):
        SqliteRegistry(filled).models(1)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_random_damage_raises_only_our_errors(
    original: Path, tmp_path_factory: pytest.TempPathFactory, draw: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "stamps.db"
    data = bytearray(original.read_bytes())
    for _ in range(draw.draw(st.integers(1, 20))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    path.write_bytes(data[: draw.draw(st.none() | st.integers(0, len(data)))])
    use_all_of(path)


ODD_VALUES = (
    "-1",
    "5",
    "9e15",
    "1000000000000",
    "'x'",
    "x'ff'",
    "CAST(x'ff' AS TEXT)",
    "0.5",
    "''",
)


@pytest.mark.parametrize("table", [*TABLES, "accounts"])
def test_any_value_in_any_column_raises_only_our_errors(
    revoked: Path, intruder: sqlite3.Connection, table: str
) -> None:
    intruder.execute("PRAGMA ignore_check_constraints = 1")
    tampered = revoked.read_bytes()
    columns = intruder.execute(f"SELECT name FROM pragma_table_info('{table}')").fetchall()
    for (column,) in columns:
        for value in ODD_VALUES:
            with suppress(sqlite3.IntegrityError):  # of the wrong kind for a row number, or used
                where = f"WHERE rowid = (SELECT max(rowid) FROM {table})"
                if table in ("nodes", "models", "accounts"):
                    where = f"WHERE {column} = (SELECT max({column}) FROM {table})"
                intruder.execute(f"UPDATE {table} SET {column} = {value} {where}")
                use_all_of(revoked)
                assert table in ("models", "log", "accounts", "accesses") or faults(revoked), (
                    column,
                    value,
                )
            intruder.close()
            revoked.write_bytes(tampered)
            intruder = sqlite3.connect(revoked, isolation_level=None)
            intruder.execute("PRAGMA ignore_check_constraints = 1")
    intruder.close()


def use_all_of(path: Path) -> None:
    """Call every method; only our own errors may come out."""
    with suppress(ProvenanceError), SqliteRegistry(path, KEY, create=False) as registry:
        for use in (
            registry.audit,
            registry.records,
            registry.checkpoint,
            lambda: registry.near("0" * 64, 256),
            lambda: registry.by_id(record(7).stamp_id),
            lambda: registry.manifest_store(record(7).stamp_id),
            lambda: registry.inclusion(record(7).stamp_id),
            lambda: registry.check_extends(Checkpoint(registry.origin, 1, bytes(32))),
            lambda: registry.revocation(record(3).stamp_id),
            lambda: registry.revocation_inclusion(record(3).stamp_id),
            lambda: registry.revoke(record(2).stamp_id, "a test"),
            lambda: registry.models(1),
            lambda: registry.model_number(1, "a", "1", create=False),
            lambda: registry.model_number(1, "b", "1", create=True),
            lambda: registry.accounts.read(record(7).stamp_id, ACCESS),
            registry.accounts.accesses,
            lambda: registry.accounts.forget(datetime(2026, 1, 31, tzinfo=UTC)),
            lambda: fill(registry, 1, start=8),
        ):
            with suppress(ProvenanceError):
                use()


# --- append-only, and what happens to those who get round it -------------------------------------


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM {table}",
        "UPDATE {table} SET {column} = {column}",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
        "REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
    ],
)
def test_the_database_itself_is_append_only(revoked: Path, table: str, statement: str) -> None:
    with closing(sqlite3.connect(revoked)) as db:
        column = db.execute(f"SELECT name FROM pragma_table_info('{table}')").fetchone()[0]
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute(statement.format(table=table, column=column))


def test_records_can_not_be_inserted_out_of_order(filled: Path) -> None:
    columns = "stamp_id, " + ", ".join("0" for _ in range(14))
    with closing(sqlite3.connect(filled)) as db:
        for index in (-1, 3, 9):
            with pytest.raises(sqlite3.IntegrityError):
                db.execute(f"INSERT INTO records SELECT {index}, {columns} FROM records LIMIT 1")


def faults(path: Path) -> list[tuple[str, int]]:
    with SqliteRegistry(path, KEY) as registry:
        report = registry.audit()
    if report.faults:
        with pytest.raises(LogIntegrityError, match=r"[Rr]ecords? "):
            report.require()
    else:
        report.require()
    return [(fault.kind, fault.index) for fault in report.faults]


def test_an_untouched_registry_has_no_faults(filled: Path) -> None:
    assert faults(filled) == []


TAMPERED = {
    "UPDATE records SET producer = 1 WHERE leaf_index = 3": [("altered", 3)],
    "UPDATE records SET created = 'junk' WHERE leaf_index IN (2, 5)": [
        ("altered", 2),
        ("altered", 5),
    ],
    "UPDATE stores SET store = x'00' WHERE leaf_index = 0": [("altered", 0)],
    "UPDATE stores SET store = 5 WHERE leaf_index = 0": [("altered", 0)],
    "DELETE FROM records WHERE leaf_index = 4": [("removed", 4)],
    "DELETE FROM stores WHERE leaf_index = 7": [("removed", 7)],
    "UPDATE nodes SET hash = zeroblob(32) WHERE level = 0 AND position = 6": [
        ("altered", 6),
        ("rewritten", 6),
    ],
    "UPDATE nodes SET hash = zeroblob(32) WHERE level = 1 AND position = 2": [("rewritten", 5)],
    "DELETE FROM nodes WHERE level = 2 AND position = 1": [("rewritten", 7)],
    "DELETE FROM nodes WHERE level = 0 AND position = 2": [("inserted", 2)],
    "UPDATE heads SET note = 'x' WHERE size = 3": [("rewritten", 2)],
    "DELETE FROM heads WHERE size = 1": [("rewritten", 0)],
    "DELETE FROM heads WHERE size = 8": [("rewritten", 7)],
    "INSERT INTO records SELECT 8, 'ffffffffffffffffffffffff', manifest_urn, producer, "
    "producer_name, model, model_version, model_number, created, recorded, sha256, format, pdq, "
    "pdq_quality, lattice, parent FROM records WHERE leaf_index = 0; "
    "INSERT INTO stores VALUES (8, x'00')": [("inserted", 8)],
    "PRAGMA ignore_check_constraints = 1; INSERT INTO heads VALUES (-4, '')": [("inserted", -5)],
    "INSERT INTO heads VALUES (100, '')": [("removed", 8), ("removed", 99)],
    "DELETE FROM records WHERE leaf_index = 2; DELETE FROM stores WHERE leaf_index = 2; "
    "DELETE FROM nodes WHERE level = 0 AND position = 2; DELETE FROM heads WHERE size = 3": [
        ("removed", 2),
    ],
}


@pytest.mark.parametrize(("statement", "expected"), TAMPERED.items())
def test_an_audit_names_what_was_changed(
    filled: Path,
    intruder: sqlite3.Connection,
    statement: str,
    expected: list[tuple[str, int]],
) -> None:
    intruder.executescript(statement)
    assert faults(filled) == expected


REVOCATION_TAMPERED = {
    "DELETE FROM revocations": [("removed", 8)],
    "UPDATE revocations SET reason = 'another'": [("altered", 8)],
    "UPDATE revocations SET since = revoked": [("altered", 8)],
    "UPDATE revocations SET stamp_id = '000000000000000000000005'": [("altered", 8)],
    "UPDATE revocations SET leaf_index = 3": [("altered", 3), ("removed", 8)],
    "DELETE FROM revocations; DELETE FROM nodes WHERE level = 0 AND position = 8; "
    "DELETE FROM heads WHERE size = 9": [],  # cut off the end: for a kept checkpoint to show
    "INSERT INTO revocations SELECT 9, '000000000000000000000005', revoked, reason, since "
    "FROM revocations": [("inserted", 9)],
}


@pytest.mark.parametrize(("statement", "expected"), REVOCATION_TAMPERED.items())
def test_an_audit_names_what_was_changed_about_a_revocation(
    revoked: Path,
    intruder: sqlite3.Connection,
    statement: str,
    expected: list[tuple[str, int]],
) -> None:
    assert faults(revoked) == []
    with SqliteRegistry(revoked) as registry:
        seen = registry.checkpoint()
    intruder.executescript(statement)
    assert faults(revoked) == expected
    if not expected:
        with SqliteRegistry(revoked) as registry, pytest.raises(LogIntegrityError, match="shrank"):
            registry.check_extends(seen)


def test_an_audit_tells_a_revocation_from_a_record(
    revoked: Path, intruder: sqlite3.Connection
) -> None:
    intruder.execute("UPDATE revocations SET reason = 'another'")
    with SqliteRegistry(revoked) as registry:
        (fault,) = registry.audit().faults
    stamp = f"revocation of stamp {record(3).stamp_id}"
    assert fault.message == f"Record 8 ({stamp}) was altered after it was recorded."


def swap_signature(db: sqlite3.Connection, size: int, key: LogKey) -> None:
    """Replace the signature under one head by a wrong one that names the same key."""
    (note,) = db.execute("SELECT note FROM heads WHERE size = ?", (size,)).fetchone()
    head = Checkpoint.parse(note)
    forged = replace(head.signatures[0], signature=key.sign(b"another"))
    db.execute(
        "UPDATE heads SET note = ? WHERE size = ?",
        (replace(head, signatures=(forged,)).text, size),
    )


def test_an_audit_names_the_first_forged_signature_of_those_that_vouch_for_the_log(
    filled: Path, intruder: sqlite3.Connection
) -> None:
    """One valid signature vouches for all before it; without one, each counts."""
    swap_signature(intruder, 3, KEY)
    assert faults(filled) == []
    swap_signature(intruder, 8, KEY)
    assert faults(filled) == [("rewritten", 2)]


def test_an_audit_behind_a_point_still_sees_what_came_later(
    filled: Path, intruder: sqlite3.Connection
) -> None:
    with SqliteRegistry(filled, KEY) as registry:
        point = registry.checkpoint()
        fill(registry, 3, start=8)
    intruder.execute("UPDATE records SET model = 'another' WHERE leaf_index IN (2, 9)")
    with SqliteRegistry(filled, KEY) as registry:
        assert [fault.index for fault in registry.audit().faults] == [2, 9]
        assert [fault.index for fault in registry.audit(since=point).faults] == [9]


def test_an_audit_counts_more_faults_than_it_names(
    filled: Path, intruder: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provenance.registry.audit.MAX_FAULTS", 2)
    intruder.execute("UPDATE records SET model = 'another'")
    with SqliteRegistry(filled, KEY) as registry:
        report = registry.audit()
    assert (report.found, len(report.faults)) == (8, 2)
    with pytest.raises(LogIntegrityError, match=r"Record 0 .* altered.*\(and 7 more\)"):
        report.require()


def rewrite(db: sqlite3.Connection, origin: str, forged: StampRecord) -> None:
    """Replace record 3 and recompute everything after it, all but the signatures."""
    frontier = Frontier()
    db.execute("DELETE FROM nodes")
    db.execute("DELETE FROM heads")
    db.execute("UPDATE records SET sha256 = ? WHERE leaf_index = 3", (forged.sha256,))
    for index in range(8):
        leaf = encode_leaf(forged if index == 3 else record(index), b"store")
        frontier, nodes = frontier.append(hash_leaf(leaf))
        db.executemany(
            "INSERT INTO nodes VALUES (?, ?, ?)",
            [(node.level, node.position, node.hash) for node in nodes],
        )
        note = Checkpoint(origin, frontier.size, frontier.root).text
        db.execute("INSERT INTO heads VALUES (?, ?)", (frontier.size, note))


def test_a_wholly_rewritten_log_lacks_signatures_and_extends_no_checkpoint(
    filled: Path, intruder: sqlite3.Connection
) -> None:
    with SqliteRegistry(filled) as registry:
        seen = registry.checkpoint()
    rewrite(intruder, seen.origin, replace(record(3), sha256="f" * 64))
    with SqliteRegistry(filled) as registry:
        assert registry.audit().ok  # nothing inside the file can show it ...
        assert not registry.audit(KEY.public).ok  # ... but the missing signatures
        with pytest.raises(LogIntegrityError, match="past was rewritten"):
            registry.check_extends(seen)  # ... and whoever kept a checkpoint


def test_a_log_cut_short_extends_no_checkpoint(filled: Path, tmp_path: Path) -> None:
    backup = Path(shutil.copy(filled, tmp_path / "backup.db"))
    with SqliteRegistry(filled, KEY) as registry:
        fill(registry, 1, start=8)
        seen = registry.checkpoint()
    with SqliteRegistry(backup, KEY) as registry:
        assert registry.audit().ok
        with pytest.raises(LogIntegrityError, match="shrank from 9 to 8"):
            registry.check_extends(seen)
        fill(registry, 1, start=9)
        with pytest.raises(LogIntegrityError, match="past was rewritten"):
            registry.check_extends(seen)


def test_nothing_is_built_on_a_tree_that_was_changed(
    filled: Path, intruder: sqlite3.Connection
) -> None:
    intruder.execute("UPDATE nodes SET hash = zeroblob(32) WHERE level = 3")
    with SqliteRegistry(filled, KEY) as registry:
        with pytest.raises(LogIntegrityError, match="does not lead to its last tree head"):
            fill(registry, 1, start=8)
        with pytest.raises(LogIntegrityError, match="does not lead"):
            registry.checkpoint()


def test_a_lost_node_is_named(filled: Path, intruder: sqlite3.Connection) -> None:
    intruder.execute("DELETE FROM nodes WHERE level = 3")
    message = "lacks its hash 0 of level 3"
    with SqliteRegistry(filled, KEY) as registry, pytest.raises(LogIntegrityError, match=message):
        fill(registry, 1, start=8)


def test_a_damaged_record_is_named_and_the_others_stay_readable(
    filled: Path, intruder: sqlite3.Connection
) -> None:
    intruder.execute("UPDATE records SET created = 'yesterday' WHERE leaf_index = 3")
    with SqliteRegistry(filled) as registry:
        with pytest.raises(RegistryDamagedError, match=record(3).stamp_id):
            registry.by_id(record(3).stamp_id)
        assert registry.by_id(record(4).stamp_id) == record(4)


def test_a_damaged_fingerprint_is_damage(filled: Path, intruder: sqlite3.Connection) -> None:
    intruder.execute(f"UPDATE records SET pdq = '{'x' * 64}' WHERE leaf_index = 3")
    with SqliteRegistry(filled) as registry, pytest.raises(RegistryDamagedError):
        registry.near("0" * 64, 0)


# --- killed, and large ---------------------------------------------------------------------------


@FORKS
def test_a_killed_writer_leaves_what_it_was_told_is_written(path: Path) -> None:
    """Killed at moments spread over the append, which is all that the process does.

    Where a kill falls is up to the machine: if need be, it goes on until one hits a transaction.
    """
    interrupted = 0
    SqliteRegistry(path, create=True).close()
    for attempt in range(MOST_KILLS):
        if attempt >= KILLS and interrupted:
            break
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                with SqliteRegistry(path) as registry:
                    for number in range(registry.size, 10**6):
                        registry.append(record(number), b"store" * 5000)
                        os.write(writer, number.to_bytes(4, "big"))
            finally:
                os._exit(1)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            said = pipe.read(4)
            time.sleep(0.0007 * (attempt % KILLS))
            os.kill(pid, signal.SIGKILL)
            said += pipe.read()
        os.waitpid(pid, 0)
        interrupted += path.with_name(path.name + "-journal").exists()
        last = int.from_bytes(said[-4:], "big")
        with SqliteRegistry(path) as registry:
            assert last + 1 <= registry.size <= last + 2  # the last may be written yet unsaid
            assert registry.contains(record(last).stamp_id)
            assert registry.audit().ok
    assert interrupted > 0, "no kill fell into a transaction: the test has lost its point"


def test_an_append_costs_no_more_as_the_log_grows(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect

    def connect_counted(*place: Any, **options: Any) -> sqlite3.Connection:
        db: sqlite3.Connection = connect(*place, **options)
        db.set_progress_handler(lambda: 0, 10)  # a call for every ten steps of SQLite's own
        return db

    monkeypatch.setattr(sqlite3, "connect", connect_counted)
    costs = []
    with SqliteRegistry(path, create=True) as registry:
        for start in range(0, 512, 64):
            fill(registry, 48, start)
            with count_steps() as steps:
                fill(registry, 16, start + 48)
            costs.append(steps.count)
    assert max(costs[4:]) < 1.5 * min(costs[:4]), costs


def test_a_page_of_an_audit_costs_the_same_however_much_is_left(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provenance.registry.sql.rows.PAGE", 5)
    costs = []
    with SqliteRegistry(path, create=True) as registry:
        for end in (20, 200):
            fill(registry, end - registry.size, registry.size)
            costs.append(count_instructions(registry))
    assert costs[1] < 1.1 * costs[0], costs


def count_instructions(registry: SqliteRegistry) -> int:
    """Count what SQLite's machine does for the first page of an audit."""
    count = 0

    def step() -> None:
        nonlocal count
        count += 1

    with registry._database.reading() as db:
        cast("sqlite3.Connection", db).set_progress_handler(step, 1)
    next(read_log_rows(registry._database))
    return count


def test_any_other_error_of_sqlite_becomes_ours(path: Path) -> None:
    error = translate_error(sqlite3.ProgrammingError("odd"), path)
    assert type(error) is RegistryError
    assert str(error) == f"The registry {path} failed: odd."
