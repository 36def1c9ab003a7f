"""Registries of every released schema, as their release made them, brought up to this one's."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import astuple
from pathlib import Path

import pytest

from provenance.canonical import to_utc_text
from provenance.registry import open_registry
from provenance.registry.checkpoint import Checkpoint
from provenance.registry.leaf import encode_leaf, spell_record
from provenance.registry.log import Frontier, hash_leaf
from provenance.registry.migrations import load_migrations
from provenance.registry.sqlite.connection import APPLICATION_ID
from tests.unit.registry.records import ACCESS, record

BACK_ENDS = ("provenance.registry.sqlite", "provenance.registry.postgres")

# What was released never changes: registries of that schema exist.
FROZEN = {
    "sqlite 1": "70b53d4c147e367d773845a5dc5eb483f3f18d40714b8cd3eb2155e231ca10a7",
    "sqlite 2": "df17b8bffcfb106d34251d8393e1e0124831d77430ca6ac9d91c575be5c6134c",
    "sqlite 3": "a08ee3e87e9158fad8ccabfed3c7fbf250c978e3013d179d34f131a4e3283f1e",
    "sqlite 4": "650342ac77f0c8733b918913403c08a07b7c11b916e5832cff15ada3014274bf",
    "postgres 1": "5b6359bcbf3f346317fd97c85efbd83579ea321e5f6ef11cf6268fd8a5892862",
    "postgres 2": "3b5db78abb5633fbc6d24a0c26bc406b2204213302aa3409d45f661e78be288f",
}


def test_released_migrations_never_change() -> None:
    found = {
        f"{package.rpartition('.')[2]} {migration.version}": hashlib.sha256(
            migration.script.encode()
        ).hexdigest()
        for package in BACK_ENDS
        for migration in load_migrations(package)
    }
    assert found == FROZEN


def make_registry(path: Path, version: int, count: int) -> None:
    """Make a registry with a schema of that time, and records as that release wrote them."""
    frontier, origin = Frontier(), "unlisted.provenance/log/old"
    with closing(sqlite3.connect(path)) as db, db:
        for migration in load_migrations(BACK_ENDS[0])[:version]:
            db.executescript(migration.script)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {version}")
        db.execute("INSERT INTO log VALUES (1, ?)", (origin,))
        for index in range(count):
            row = spell_record(record(index))
            marks = ", ".join("?" * (len(row) + 1))
            db.execute(f"INSERT INTO records VALUES ({marks})", (index, *row.values()))
            db.execute("INSERT INTO stores VALUES (?, ?)", (index, b"store"))
            leaf = hash_leaf(encode_leaf(record(index), b"store"))
            frontier, nodes = frontier.append(leaf)
            db.executemany("INSERT INTO nodes VALUES (?, ?, ?)", map(astuple, nodes))
            head = Checkpoint(origin, frontier.size, frontier.root)
            db.execute("INSERT INTO heads VALUES (?, ?)", (head.size, head.text))


@pytest.mark.parametrize("version", range(1, len(load_migrations(BACK_ENDS[0])) + 1))
def test_every_released_schema_is_read_and_brought_up_to_date(version: int, tmp_path: Path) -> None:
    make_registry(tmp_path / "stamps.db", version, 5)
    before = (tmp_path / "stamps.db").read_bytes()
    with open_registry("sqlite:///stamps.db", read_only=True, base=tmp_path) as registry:
        head = registry.checkpoint()
        assert registry.records() == [record(index) for index in range(5)]
        assert registry.accounts.accesses() == []
        assert registry.revocation(record(3).stamp_id) is None
        assert registry.audit().ok
    assert (tmp_path / "stamps.db").read_bytes() == before
    with open_registry("sqlite:///stamps.db", base=tmp_path) as registry:
        registry.append(record(5), b"store", b"sealed")
        assert registry.accounts.read(record(5).stamp_id, ACCESS).sealed == b"sealed"
        said = registry.revoke(record(3).stamp_id, "made by mistake")
        assert to_utc_text(said.revoked)
        assert registry.check_extends(head).size == 7
        assert registry.audit().ok
