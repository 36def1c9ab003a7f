"""Records in the registry's database, each with its manifest store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from provenance.records import StampRecord
from provenance.registry.leaf import FIELDS, spell_record
from provenance.registry.sql.database import Connection

_INSERT = (
    f"INSERT INTO records (leaf_index, {', '.join(FIELDS)}) "  # noqa: S608 (names of a dataclass)
    f"VALUES (:leaf_index, {', '.join(f':{name}' for name in FIELDS)})"
)

_ASKED = 500
"""Ids of one query: SQLite once took 999 values at most."""


def find_used(db: Connection, stamp_ids: Sequence[str]) -> set[str]:
    """Find those of some stamp ids that have a record."""
    found: set[str] = set()
    for start in range(0, len(stamp_ids), _ASKED):
        asked = stamp_ids[start : start + _ASKED]
        marks = ", ".join("?" * len(asked))
        query = f"SELECT stamp_id FROM records WHERE stamp_id IN ({marks})"  # noqa: S608
        found.update(used for (used,) in db.execute(query, asked))
    return found


def keep_record(db: Connection, index: int, record: StampRecord, store: bytes) -> None:
    """Add a record and its store within the transaction that adds its leaf."""
    keep_row(db, index, spell_record(record), store)


def keep_row(db: Connection, index: int, row: Mapping[str, str | int | None], store: bytes) -> None:
    """Add a record whose columns were spelled already; see ``keep_record``."""
    db.execute(_INSERT, {**row, "leaf_index": index})
    db.execute("INSERT INTO stores VALUES (?, ?)", (index, store))
