"""Accounts in the registry's file: sealed, deletable, and every access is logged first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from provenance import hashchain
from provenance.canonical import to_utc_text
from provenance.errors import RegistryDamagedError
from provenance.registry.base import Access, AccountAnswer
from provenance.registry.leaf import check_text
from provenance.registry.sqlite.connection import Connection, Database, fetch_one, refuse_damaged


class SqliteAccounts:
    """The ``Accounts`` of a registry, in its own database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, stamp_id: str, access: Access) -> AccountAnswer:
        """Log the access, then give the sealed account; see ``Accounts.read``."""
        entry = {
            "time": to_utc_text(datetime.now(UTC)),
            "stamp_id": check_text("The stamp id", stamp_id),
            "case": check_text("The case", access.case),
            "purpose": check_text("The purpose", access.purpose),
        }
        with self._database.writing() as db:
            n, head = self._find_end(db)
            line = hashchain.link(n, head, entry)
            db.execute("INSERT INTO accesses VALUES (?, ?)", (n, line))
            row = fetch_one(db, "SELECT sealed FROM accounts WHERE stamp_id = ?", stamp_id)
        sealed = row[0] if row else None
        if not isinstance(sealed, bytes | None):
            refuse_damaged(self._database.path)
        return AccountAnswer(sealed, n, hashchain.digest(line))

    def accesses(self) -> list[dict[str, Any]]:
        """List all accesses, oldest first; see ``Accounts.accesses``."""
        with self._database.reading() as db:
            if fetch_one(db, "SELECT 1 FROM sqlite_schema WHERE name = 'accesses'") is None:
                return []  # the registry is older than this table
            lines = [line for (line,) in db.execute("SELECT line FROM accesses ORDER BY n")]
        if not all(isinstance(line, bytes) for line in lines):
            refuse_damaged(self._database.path)
        try:
            return hashchain.verify(lines)[0]
        except hashchain.ChainError as error:
            raise RegistryDamagedError(
                f"The log of accesses in {self._database.path} was altered: {error}."
            ) from error

    def forget(self, before: datetime) -> int:
        """Delete the accounts of older stamps; see ``Accounts.forget``."""
        older = "SELECT stamp_id FROM records WHERE recorded < ?"
        with self._database.writing() as db:
            db.execute("PRAGMA secure_delete = ON")  # overwrites what it deletes
            query = f"DELETE FROM accounts WHERE stamp_id IN ({older})"  # noqa: S608 (constant)
            return db.execute(query, (to_utc_text(before),)).rowcount

    def _find_end(self, db: Connection) -> tuple[int, str]:
        """Return the next entry's number and the digest that it has to name."""
        row = fetch_one(db, "SELECT n, line FROM accesses ORDER BY n DESC LIMIT 1")
        if row is None:
            return 0, hashchain.START
        if not isinstance(row[1], bytes):
            refuse_damaged(self._database.path)
        return row[0] + 1, hashchain.digest(row[1])


def keep_account(db: Connection, stamp_id: str, sealed: bytes | None) -> None:
    """Add the account, if there is one, within the transaction that adds its stamp."""
    if sealed is not None:
        db.execute("INSERT INTO accounts VALUES (?, ?)", (stamp_id, sealed))
