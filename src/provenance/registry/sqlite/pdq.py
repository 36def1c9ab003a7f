"""Records near a PDQ hash: an index in memory that grows with the registry."""

from __future__ import annotations

from array import array

from provenance.canonical import is_hex
from provenance.fingerprint import HammingIndex
from provenance.registry.leaf import PDQ_DIGITS
from provenance.registry.sqlite.connection import Database, refuse_damaged

_PAGE = 500  # rows read under one lock, so that appends get a turn


class SqlitePdqIndex:
    """The PDQ hashes of all records, each with the place of its record in the log."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hashes = HammingIndex()
        self._leaves = array("q")

    def find_near(self, pdq: bytes, max_distance: int, limit: int) -> list[tuple[int, int]]:
        """Find the nearest records: the leaf index and the distance of each, nearest first."""
        self._load()
        hits = self._hashes.within(pdq, max_distance, limit)
        return [(self._leaves[number], distance) for number, distance in hits]

    def _load(self) -> None:
        """Bring the index up to date; records that were read once never change."""
        query = (
            "SELECT leaf_index, pdq FROM records WHERE leaf_index > ? ORDER BY leaf_index LIMIT ?"
        )
        count = _PAGE
        while count == _PAGE:
            with self._database.reading() as db:  # also keeps two threads from adding the same rows
                last = self._leaves[-1] if self._leaves else -1
                rows = db.execute(query, (last, _PAGE)).fetchall()
                count = len(rows)
                if not all(is_hex(pdq, PDQ_DIGITS) for _, pdq in rows):
                    refuse_damaged(self._database.path)
                self._leaves.extend(index for index, _ in rows)
                self._hashes.extend([bytes.fromhex(pdq) for _, pdq in rows])
