"""Revocations in the registry's file: entries of the log beside the records that they revoke."""

from __future__ import annotations

from provenance.records import Revocation
from provenance.registry.revocation import REVOCATION_FIELDS, revocation_from, revocation_row
from provenance.registry.sqlite.connection import Connection, one
from provenance.stamp_id import StampId

_COLUMNS = ", ".join(REVOCATION_FIELDS)
# A stamp is revoked once by the schema, which whoever holds the file can change.
_EARLIEST = "FROM revocations WHERE stamp_id = ? ORDER BY leaf_index LIMIT 1"
_INSERT = (
    f"INSERT INTO revocations (leaf_index, {_COLUMNS}) "  # noqa: S608 (names of a dataclass)
    f"VALUES (:leaf_index, {', '.join(f':{name}' for name in REVOCATION_FIELDS)})"
)


def keep_revocation(db: Connection, index: int, revocation: Revocation) -> None:
    """Add a revocation within the transaction that adds its leaf."""
    db.execute(_INSERT, revocation_row(revocation) | {"leaf_index": index})


def find_revocation(db: Connection, stamp_id: StampId) -> Revocation | None:
    """Give the earliest revocation of a stamp, or None."""
    row = one(db, f"SELECT {_COLUMNS} {_EARLIEST}", stamp_id)
    return revocation_from(dict(zip(REVOCATION_FIELDS, row, strict=True))) if row else None


def revocation_index(db: Connection, stamp_id: StampId) -> int | None:
    """Give the place of a stamp's earliest revocation in the log, or None."""
    row = one(db, f"SELECT leaf_index {_EARLIEST}", stamp_id)
    return row[0] if row else None


def revocation_count(db: Connection) -> int:
    """Count the entries of the log that are no records."""
    return int(one(db, "SELECT count(*) FROM revocations")[0])


def leaf_of_record(db: Connection, number: int) -> int:
    """Give the place in the log of the record with this number, counting records only from 0."""
    before = "SELECT leaf_index - row_number() OVER (ORDER BY leaf_index) + 1 AS n FROM revocations"
    query = f"SELECT count(*) FROM ({before}) WHERE n <= ?"  # noqa: S608 (constant)
    return number + int(one(db, query, number)[0])
