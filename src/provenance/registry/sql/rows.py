"""All that the database holds on each entry of the log, as an audit asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from provenance.errors import RegistryError
from provenance.registry.audit import LogRow
from provenance.registry.leaf import FIELDS, encode_row, read_record
from provenance.registry.revocation import (
    REVOCATION_FIELDS,
    encode_revocation_row,
    read_revocation,
)
from provenance.registry.sql.database import Database

PAGE = 500
"""Rows read under one lock, so that appends get a turn; with their stores, some megabytes."""

FIRST = -(2**63)
"""The smallest row number: an intruder may sit anywhere."""

_RECORD = ", ".join(f"records.{name}" for name in FIELDS)
_REVOCATION = ", ".join(f"revocations.{name}" for name in REVOCATION_FIELDS)
_PLACES = " UNION ".join(
    f"SELECT place FROM (SELECT {place} AS place FROM {table} WHERE {condition} "  # noqa: S608 (no input)
    f"ORDER BY {key} LIMIT :limit) AS of_{table}"
    for table, key, place, condition in (
        ("records", "leaf_index", "leaf_index", "leaf_index >= :start"),
        ("revocations", "leaf_index", "leaf_index", "leaf_index >= :start"),
        (
            "nodes",
            "position",
            "position",
            "level = 0 AND position >= :start AND CAST(position AS BIGINT) = position",
        ),
        ("heads", "size", "size - 1", "size > :start"),
    )
)
"""Where there is anything. Each table gives a page in the order of its own key, so that no database
sorts all that is left for each page."""

_QUERY = f"""
    SELECT i.place, nodes.hash, heads.note, stores.store, {_REVOCATION}, {_RECORD}
    FROM (SELECT place FROM ({_PLACES}) AS places ORDER BY place LIMIT :limit) AS i
    LEFT JOIN records ON records.leaf_index = i.place
    LEFT JOIN stores ON stores.leaf_index = i.place
    LEFT JOIN revocations ON revocations.leaf_index = i.place
    LEFT JOIN nodes ON nodes.level = 0 AND nodes.position = i.place
    LEFT JOIN heads ON heads.size = i.place + 1
    ORDER BY 1
"""  # noqa: S608 (names of dataclasses, no input)


def read_log_rows(database: Database, start: int = FIRST) -> Iterator[list[LogRow]]:
    """Read the entries from an index on in order, a page in each of many short transactions."""
    while True:
        with database.reading() as db:
            cursor = db.execute(_QUERY, {"start": start, "limit": PAGE})
            rows = [_read_row(row) for row in cursor]  # one manifest store in memory at a time
        yield rows
        if len(rows) < PAGE:
            return
        start = rows[-1].index + 1


def _read_row(row: tuple[Any, ...]) -> LogRow:
    index, leaf, head, store, *columns = row
    revocation = dict(zip(REVOCATION_FIELDS, columns, strict=False))
    record = dict(zip(FIELDS, columns[len(revocation) :], strict=True))
    recorded, revoked = record["stamp_id"] is not None, revocation["stamp_id"] is not None
    entry = None
    if recorded and revoked:
        entry = b""  # no entry is both
    elif recorded and store is not None:
        entry = _encode(read_record, record, lambda: encode_row(record, _check_blob(store)))
    elif revoked:
        entry = _encode(read_revocation, revocation, lambda: encode_revocation_row(revocation))
    stamp_id = record["stamp_id"] if recorded else revocation["stamp_id"]
    return LogRow(
        index,
        None if stamp_id is None else str(stamp_id),
        entry,
        leaf if leaf is None or isinstance(leaf, bytes) else b"",
        None if head is None else str(head),
        revokes=revoked and not recorded,
    )


def _encode(
    read: Callable[[dict[str, Any]], object], row: dict[str, Any], encode: Callable[[], bytes]
) -> bytes:
    """Encode columns as the log hashed them; empty where nothing that was recorded has them."""
    try:
        read(row)
        return encode()
    except (RegistryError, ValueError):
        return b""


def _check_blob(store: object) -> bytes:
    if not isinstance(store, bytes):
        raise RegistryError("A manifest store is bytes.")
    return store
