"""Revocations in the registry's file: entries of the log, like the records that they revoke."""

from __future__ import annotations

from provenance.records import Revocation
from provenance.registry.revocation import REVOCATION_FIELDS, read_revocation, spell_revocation
from provenance.registry.sqlite.connection import Connection, fetch_one
from provenance.stamp_id import StampId

_COLUMNS = ", ".join(REVOCATION_FIELDS)
# The schema lets a stamp be revoked once, but the holder of the file can change the schema.
_EARLIEST = "FROM revocations WHERE stamp_id = ? ORDER BY leaf_index LIMIT 1"
_INSERT = (
    f"INSERT INTO revocations (leaf_index, {_COLUMNS}) "  # noqa: S608 (names of a dataclass)
    f"VALUES (:leaf_index, {', '.join(f':{name}' for name in REVOCATION_FIELDS)})"
)


def keep_revocation(db: Connection, index: int, revocation: Revocation) -> None:
    """Add a revocation within the transaction that adds its leaf."""
    db.execute(_INSERT, spell_revocation(revocation) | {"leaf_index": index})


def find_revocation(db: Connection, stamp_id: StampId) -> Revocation | None:
    """Give the earliest revocation of a stamp, or None."""
    row = fetch_one(db, f"SELECT {_COLUMNS} {_EARLIEST}", stamp_id)
    return read_revocation(dict(zip(REVOCATION_FIELDS, row, strict=True))) if row else None


def find_revocation_index(db: Connection, stamp_id: StampId) -> int | None:
    """Give the place of a stamp's earliest revocation in the log, or None."""
    row = fetch_one(db, f"SELECT leaf_index {_EARLIEST}", stamp_id)
    return row[0] if row else None


def count_revocations(db: Connection) -> int:
    """Count the entries of the log that are revocations."""
    return int(fetch_one(db, "SELECT count(*) FROM revocations")[0])


def locate_record(db: Connection, number: int) -> int:
    """Give the place in the log of the record with this number, counting records only from 0."""
    before = "SELECT leaf_index - row_number() OVER (ORDER BY leaf_index) + 1 AS n FROM revocations"
    query = f"SELECT count(*) FROM ({before}) WHERE n <= ?"  # noqa: S608 (constant)
    return number + int(fetch_one(db, query, number)[0])
