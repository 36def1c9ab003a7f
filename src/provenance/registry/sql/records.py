"""Records in the registry's database, each with its manifest store."""

from __future__ import annotations

from collections.abc import Mapping

from provenance.records import StampRecord
from provenance.registry.leaf import FIELDS, spell_record
from provenance.registry.sql.database import Connection

_INSERT = (
    f"INSERT INTO records (leaf_index, {', '.join(FIELDS)}) "  # noqa: S608 (names of a dataclass)
    f"VALUES (:leaf_index, {', '.join(f':{name}' for name in FIELDS)})"
)


def keep_record(db: Connection, index: int, record: StampRecord, store: bytes) -> None:
    """Add a record and its store within the transaction that adds its leaf."""
    keep_row(db, index, spell_record(record), store)


def keep_row(db: Connection, index: int, row: Mapping[str, str | int | None], store: bytes) -> None:
    """Add a record whose columns were spelled already; see ``keep_record``."""
    db.execute(_INSERT, {**row, "leaf_index": index})
    db.execute("INSERT INTO stores VALUES (?, ?)", (index, store))
