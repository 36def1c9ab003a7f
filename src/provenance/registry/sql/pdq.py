"""Records near a PDQ hash: an index in memory that grows with the registry."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from provenance.registry.fork_lock import ForkLock
from provenance.registry.leaf import PDQ_DIGITS
from provenance.registry.sql.database import Database, refuse_damaged

if TYPE_CHECKING:
    from provenance.fingerprint import HammingIndex

_PAGE = 10_000
"""Rows read in one transaction, so that appends get a turn: about ten milliseconds."""

_HEX = re.compile(r"[0-9a-f]*")


class SqlPdqIndex:
    """The PDQ hashes of all records, each with the place of its record in the log."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = ForkLock()
        self._hashes: HammingIndex | None = None  # most registries are never searched by likeness
        self._leaves = array("q")

    def find_near(self, pdq: bytes, max_distance: int, limit: int) -> list[tuple[int, int]]:
        """Find the nearest records: the leaf index and the distance of each, nearest first."""
        with self._lock:
            hashes = self._load()
        hits = hashes.within(pdq, max_distance, limit)
        return [(self._leaves[number], distance) for number, distance in hits]

    def _load(self) -> HammingIndex:
        """Bring the index up to date; records that were read once never change."""
        from provenance.fingerprint import HammingIndex

        query = (
            "SELECT leaf_index, pdq FROM records WHERE leaf_index > ? ORDER BY leaf_index LIMIT ?"
        )
        index = self._hashes
        if index is None or index.size != len(self._leaves):  # a fork came between two lines below
            self._hashes = index = HammingIndex()
            self._leaves = array("q")
        count = _PAGE
        while count == _PAGE:
            with self._database.reading() as db:
                last = self._leaves[-1] if self._leaves else -1
                rows = db.execute(query, (last, _PAGE)).fetchall()
            count = len(rows)
            hashes = self._join(rows)
            self._leaves.extend([index for index, _ in rows])
            index.extend([hashes])
        return index

    def _join(self, rows: Sequence[Any]) -> bytes:
        """Return the hashes of many rows, one after the other, if each of them is one."""
        if not all(isinstance(pdq, str) and len(pdq) == PDQ_DIGITS for _, pdq in rows):
            refuse_damaged(self._database.place)
        digits = "".join([pdq for _, pdq in rows])
        if not _HEX.fullmatch(digits):
            refuse_damaged(self._database.place)
        return bytes.fromhex(digits)
