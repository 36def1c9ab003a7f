"""The registry in one SQLite file: the methods of ``Registry``, in SQL."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from provenance.canonical import is_hex
from provenance.errors import DuplicateStampError, RecordNotFoundError, RegistryError
from provenance.records import Revocation, StampRecord
from provenance.registry.audit import Audit, audit
from provenance.registry.base import NEAR_LIMIT, Inclusion, LogEntry, Model
from provenance.registry.checkpoint import Checkpoint
from provenance.registry.leaf import (
    FIELDS,
    PDQ_DIGITS,
    check_text,
    encode_leaf,
    read_record,
    spell_record,
)
from provenance.registry.revocation import encode_revocation
from provenance.registry.sqlite import tree
from provenance.registry.sqlite.accounts import SqliteAccounts, keep_account
from provenance.registry.sqlite.connection import (
    BUSY_TIMEOUT_S,
    Database,
    fetch_one,
    refuse_damaged,
)
from provenance.registry.sqlite.models import SqliteModels
from provenance.registry.sqlite.pdq import SqlitePdqIndex
from provenance.registry.sqlite.revocations import (
    count_revocations,
    find_revocation,
    find_revocation_index,
    keep_revocation,
    locate_record,
)
from provenance.registry.sqlite.rows import read_log_rows
from provenance.stamp_id import StampId

if TYPE_CHECKING:
    from provenance.signers import LogKey, LogPublicKey

_COLUMNS = ", ".join(f"records.{name}" for name in FIELDS)
_SELECT = f"SELECT {_COLUMNS} FROM records"  # noqa: S608 (names of a dataclass, no input)
# An id is unique by the schema, which whoever holds the file can change.
_EARLIEST = "WHERE stamp_id = ? ORDER BY leaf_index LIMIT 1"
_INSERT = (
    f"INSERT INTO records (leaf_index, {', '.join(FIELDS)}) "  # noqa: S608 (as above)
    f"VALUES (:leaf_index, {', '.join(f':{name}' for name in FIELDS)})"
)


class SqliteRegistry:
    """A ``Registry`` in one SQLite file.

    Raises
    ------
    RegistryUnavailableError
        There is no such file and ``create`` is false, or it can't be opened.
    RegistryDamagedError
        The file is not a registry.
    """

    def __init__(
        self,
        path: Path,
        log_key: LogKey | None = None,
        *,
        create: bool = True,
        read_only: bool = False,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
    ) -> None:
        self._database = Database(
            path, create=create, read_only=read_only, busy_timeout_s=busy_timeout_s
        )
        self._key = log_key
        self._models = SqliteModels(self._database)
        self._pdq = SqlitePdqIndex(self._database)
        with self._database.reading() as db:
            row = fetch_one(db, "SELECT origin FROM log") or refuse_damaged(self._database.path)
        try:
            self._origin = check_text("The log's name", row[0])
        except RegistryError:
            refuse_damaged(self._database.path)
        self._tree = tree.SqliteTree(self._database.path, self._origin, log_key)

    @property
    def origin(self) -> str:
        """The log's name, drawn when the registry was made."""
        return self._origin

    @property
    def size(self) -> int:
        """The number of records."""
        with self._database.reading() as db:
            return tree.count_leaves(db) - count_revocations(db)

    @property
    def accounts(self) -> SqliteAccounts:
        """The personal data; see ``Accounts``."""
        return SqliteAccounts(self._database)

    def append(self, record: StampRecord, store: bytes, account: bytes | None = None) -> LogEntry:
        """Add a stamp with its manifest store; see ``Registry.append``."""
        row, leaf = spell_record(record), encode_leaf(record, store)
        with self._database.writing() as db:
            if fetch_one(db, "SELECT 1 FROM records WHERE stamp_id = ?", record.stamp_id):
                raise DuplicateStampError(
                    f"The stamp id {record.stamp_id} is already in the registry; draw another."
                )
            index = tree.count_leaves(db)
            db.execute(_INSERT, row | {"leaf_index": index})
            db.execute("INSERT INTO stores VALUES (?, ?)", (index, store))
            keep_account(db, record.stamp_id, account)
            return self._tree.append(db, leaf)

    def revoke(self, stamp_id: StampId, reason: str, since: datetime | None = None) -> Revocation:
        """Add to the log that a stamp no longer counts; see ``Registry.revoke``."""
        new = Revocation(stamp_id, datetime.now(UTC), reason, since)
        leaf = encode_revocation(new)
        with self._database.writing() as db:
            if fetch_one(db, "SELECT 1 FROM records WHERE stamp_id = ?", stamp_id) is None:
                raise RecordNotFoundError(
                    f"The registry has no stamp {stamp_id}, so there is nothing to revoke."
                )
            if earlier := find_revocation(db, stamp_id):
                return earlier
            keep_revocation(db, tree.count_leaves(db), new)
            self._tree.append(db, leaf)
        return new

    def revocation(self, stamp_id: StampId) -> Revocation | None:
        """Give the earliest revocation of a stamp, or None."""
        with self._database.reading() as db:
            return find_revocation(db, stamp_id)

    def contains(self, stamp_id: StampId) -> bool:
        """Tell whether the stamp id is used."""
        return self.by_id(stamp_id) is not None

    def count(self, stamp_id: StampId) -> int:
        """Count a stamp's records; see ``Registry.count``."""
        with self._database.reading() as db:
            return int(
                fetch_one(db, "SELECT count(*) FROM records WHERE stamp_id = ?", stamp_id)[0]
            )

    def by_id(self, stamp_id: StampId) -> StampRecord | None:
        """Give the earliest record of a stamp, or None."""
        with self._database.reading() as db:
            row = fetch_one(db, f"{_SELECT} {_EARLIEST}", stamp_id)
        return _record(row) if row else None

    def manifest_store(self, stamp_id: StampId) -> bytes | None:
        """Give the manifest store of a stamp's earliest record, or None."""
        query = f"SELECT store FROM stores JOIN records USING (leaf_index) {_EARLIEST}"  # noqa: S608 (fixed text)
        with self._database.reading() as db:
            row = fetch_one(db, query, stamp_id)
        if row and not isinstance(row[0], bytes):
            refuse_damaged(self._database.path)
        return row[0] if row else None

    def near(
        self, pdq_hex: str, max_distance: int, *, limit: int = NEAR_LIMIT
    ) -> list[tuple[StampRecord, int]]:
        """List records with a PDQ hash near this one, nearest first; see ``Registry.near``."""
        if not is_hex(pdq_hex, PDQ_DIGITS):
            raise RegistryError("A PDQ hash to look up must be 64 lower-case hex digits.")
        hits = self._pdq.find_near(bytes.fromhex(pdq_hex), max_distance, limit)
        with self._database.reading() as db:
            rows = [fetch_one(db, f"{_SELECT} WHERE leaf_index = ?", index) for index, _ in hits]
        return [
            (_record(row or refuse_damaged(self._database.path)), distance)
            for row, (_, distance) in zip(rows, hits, strict=True)
        ]

    def records(self, limit: int = 100, offset: int = 0) -> list[StampRecord]:
        """List records in the order they were appended."""
        query = f"{_SELECT} WHERE leaf_index >= ? ORDER BY leaf_index LIMIT ?"
        with self._database.reading() as db:
            rows = db.execute(query, (locate_record(db, offset), limit)).fetchall()
        return [_record(row) for row in rows]

    def model_number(self, producer: int, model: str, version: str, *, create: bool) -> int:
        """Give the number of a producer's model; see ``Registry.model_number``."""
        return self._models.find_number(producer, model, version, create=create)

    def models(self, producer: int) -> list[Model]:
        """List a producer's models by number."""
        return self._models.list_for(producer)

    def checkpoint(self) -> Checkpoint:
        """Give the log's head, signed when the registry has a log key."""
        with self._database.reading() as db:
            return self._tree.head(db)

    def inclusion(self, stamp_id: StampId) -> Inclusion | None:
        """Give a proof that the log holds this stamp, against the present checkpoint."""
        with self._database.reading() as db:
            row = fetch_one(db, f"SELECT leaf_index FROM records {_EARLIEST}", stamp_id)  # noqa: S608
            return self._tree.inclusion(db, row[0]) if row else None

    def revocation_inclusion(self, stamp_id: StampId) -> Inclusion | None:
        """Give a proof that the log holds this revocation; see ``Registry.inclusion``."""
        with self._database.reading() as db:
            index = find_revocation_index(db, stamp_id)
            return None if index is None else self._tree.inclusion(db, index)

    def check_extends(self, seen: Checkpoint) -> Checkpoint:
        """Check that the log extends a checkpoint kept earlier; see ``Registry.check_extends``."""
        with self._database.reading() as db:
            return self._tree.check_extends(db, seen)

    def audit(self, key: LogPublicKey | None = None) -> Audit:
        """Recompute the log and say what was changed; see ``Registry.audit``."""

        def node(level: int, position: int) -> bytes:
            with self._database.reading() as db:
                return tree.make_node_reader(db)(level, position)

        if key is None and self._key:
            key = self._key.public
        return audit(read_log_rows(self._database), node, self._origin, key)

    def close(self) -> None:
        """Close the database; the next use of the registry opens it again."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _record(row: tuple[Any, ...]) -> StampRecord:
    return read_record(dict(zip(FIELDS, row, strict=True)))
