"""Claims in the registry's database; see ``provenance.registry.claims``."""

from __future__ import annotations

from datetime import UTC, datetime

from provenance.canonical import to_utc_text
from provenance.registry.claims import Claim, ClaimKey
from provenance.registry.sql.database import Connection, Database, fetch_one, refuse_damaged
from provenance.stamp_id import StampId

_USED = "SELECT 1 FROM records WHERE stamp_id = ? UNION SELECT 1 FROM claims WHERE stamp_id = ?"


class SqlClaims:
    """The ``Claims`` of a registry, in its own database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, key: ClaimKey, stamp_id: StampId, created: datetime) -> Claim | None:
        """Give what was promised to a key, or promise it this stamp id; see ``Claims.take``."""
        with self._database.writing() as db:
            if kept := self._find(db, key):
                return kept
            if fetch_one(db, _USED, stamp_id, stamp_id):
                return None
            row = key.key, key.request, stamp_id, to_utc_text(created)
            now = to_utc_text(datetime.now(UTC))
            db.execute("INSERT INTO claims VALUES (?, ?, ?, ?, ?)", (*row, now))
        return Claim(stamp_id, created, key.request)

    def forget(self, before: datetime) -> int:
        """Delete the promises from before a time; see ``Claims.forget``."""
        with self._database.writing() as db:
            return db.execute(
                "DELETE FROM claims WHERE claimed < ?", (to_utc_text(before),)
            ).rowcount

    def _find(self, db: Connection, key: ClaimKey) -> Claim | None:
        query = "SELECT stamp_id, created, request FROM claims WHERE key = ?"
        row = fetch_one(db, query, key.key)
        if row is None:
            return None
        try:
            return Claim(StampId(row[0]), datetime.fromisoformat(row[1]), bytes(row[2]))
        except (ValueError, TypeError):
            refuse_damaged(self._database.place)
