"""The registry in one SQLite file: what `provenance.registry.base.Registry` asks, in SQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from provenance.errors import (
    DuplicateStampError,
    LogIntegrityError,
    RegistryError,
    UnknownModelError,
)
from provenance.fingerprint.hamming import HammingIndex
from provenance.registry.audit import Audit, LogRow, audit
from provenance.registry.base import MAX_MODEL_NUMBER, NEAR_LIMIT, Inclusion, LogEntry, Model
from provenance.registry.checkpoint import Checkpoint, check_extends
from provenance.registry.leaf import (
    FIELDS,
    check_text,
    is_hex,
    leaf_bytes,
    record_from,
    row_from,
)
from provenance.registry.log import (
    Frontier,
    NodeReader,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
)
from provenance.registry.sqlite.accounts import SqliteAccounts, keep_account
from provenance.registry.sqlite.connection import (
    BUSY_TIMEOUT_S,
    Connection,
    Database,
    damaged,
    one,
)
from provenance.types import StampRecord

if TYPE_CHECKING:
    from provenance.signing.logkey import LogKey, LogPublicKey

# Rows read per lock when all are read, so that appends get a turn: with stores, some megabytes.
_PAGE = 500

_COLUMNS = ", ".join(f"records.{name}" for name in FIELDS)
_SELECT = f"SELECT {_COLUMNS} FROM records"  # noqa: S608 (names of a dataclass, no input)
# An id is unique by the schema, which whoever holds the file can change.
_EARLIEST = "WHERE stamp_id = ? ORDER BY leaf_index LIMIT 1"
_INSERT = (
    f"INSERT INTO records (leaf_index, {', '.join(FIELDS)}) "  # noqa: S608 (as above)
    f"VALUES (:leaf_index, {', '.join(f':{name}' for name in FIELDS)})"
)
_AUDIT = f"""
    SELECT i.leaf_index, {_COLUMNS}, stores.store, nodes.hash, heads.note FROM (
        SELECT leaf_index FROM records WHERE leaf_index >= :start
        UNION SELECT position FROM nodes
            WHERE level = 0 AND position >= :start AND typeof(position) = 'integer'
        UNION SELECT size - 1 FROM heads WHERE size > :start
        ORDER BY 1 LIMIT :limit
    ) AS i
    LEFT JOIN records USING (leaf_index)
    LEFT JOIN stores USING (leaf_index)
    LEFT JOIN nodes ON nodes.level = 0 AND nodes.position = i.leaf_index
    LEFT JOIN heads ON heads.size = i.leaf_index + 1
    ORDER BY 1
"""  # noqa: S608 (as above)


class SqliteRegistry:
    """A `Registry` in one SQLite file.

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
        self._pdq = HammingIndex()
        with self._database.reading() as db:
            row = one(db, "SELECT origin FROM log") or damaged(self._database.path)
        try:
            self._origin = check_text("The log's name", row[0])
        except RegistryError:
            damaged(self._database.path)

    # --- what a Registry is ----------------------------------------------------------------------

    @property
    def origin(self) -> str:
        """The log's name, drawn when the registry was made."""
        return self._origin

    @property
    def size(self) -> int:
        """How many records there are."""
        with self._database.reading() as db:
            return _size(db)

    @property
    def accounts(self) -> SqliteAccounts:
        """The personal data; see `Accounts`."""
        return SqliteAccounts(self._database)

    def append(self, record: StampRecord, store: bytes, account: bytes | None = None) -> LogEntry:
        """Add a stamp with its manifest store; see `Registry.append`."""
        row, leaf = row_from(record), leaf_hash(leaf_bytes(record, store))
        with self._database.writing() as db:
            if one(db, "SELECT 1 FROM records WHERE stamp_id = ?", record.stamp_id):
                raise DuplicateStampError(
                    f"The stamp id {record.stamp_id} is already in the registry; draw another."
                )
            old = Frontier.read(_size(db), _node_reader(db))
            self._check_head(db, old)
            new, nodes = old.append(leaf)
            db.execute(_INSERT, row | {"leaf_index": old.size})
            db.execute("INSERT INTO stores VALUES (?, ?)", (old.size, store))
            keep_account(db, record.stamp_id, account)
            db.executemany(
                "INSERT INTO nodes VALUES (?, ?, ?)",
                [(node.level, node.position, node.hash) for node in nodes],
            )
            head = self._sign(Checkpoint(self._origin, new.size, new.root))
            db.execute("INSERT INTO heads VALUES (?, ?)", (new.size, head.text))
        return LogEntry(old.size, leaf, new.size, new.root)

    def contains(self, stamp_id: str) -> bool:
        """Whether the stamp id is used."""
        return self.by_id(stamp_id) is not None

    def count(self, stamp_id: str) -> int:
        """Count a stamp's records; see `Registry.count`."""
        if not is_hex(stamp_id, 24):
            return 0
        with self._database.reading() as db:
            return int(one(db, "SELECT count(*) FROM records WHERE stamp_id = ?", stamp_id)[0])

    def by_id(self, stamp_id: str) -> StampRecord | None:
        """Give the earliest record of a stamp, or None."""
        if not is_hex(stamp_id, 24):
            return None
        with self._database.reading() as db:
            row = one(db, f"{_SELECT} {_EARLIEST}", stamp_id)
        return _record(row) if row else None

    def store(self, stamp_id: str) -> bytes | None:
        """Give the manifest store of a stamp's earliest record, or None."""
        query = f"SELECT store FROM stores JOIN records USING (leaf_index) {_EARLIEST}"  # noqa: S608 (fixed text)
        if not is_hex(stamp_id, 24):
            return None
        with self._database.reading() as db:
            row = one(db, query, stamp_id)
        if row and not isinstance(row[0], bytes):
            damaged(self._database.path)
        return row[0] if row else None

    def near(
        self, pdq_hex: str, max_distance: int, *, limit: int = NEAR_LIMIT
    ) -> list[tuple[StampRecord, int]]:
        """List records with a PDQ hash near this one, nearest first; see `Registry.near`."""
        if not is_hex(pdq_hex, 64):
            raise RegistryError("A PDQ hash to look up must be 64 lower-case hex digits.")
        self._load_pdq()
        hits = self._pdq.within(bytes.fromhex(pdq_hex), max_distance, limit)
        with self._database.reading() as db:
            rows = [one(db, f"{_SELECT} WHERE leaf_index = ?", index) for index, _ in hits]
        return [
            (_record(row or damaged(self._database.path)), distance)
            for row, (_, distance) in zip(rows, hits, strict=True)
        ]

    def records(self, limit: int = 100, offset: int = 0) -> list[StampRecord]:
        """List records in the order they were appended."""
        query = f"{_SELECT} WHERE leaf_index >= ? ORDER BY leaf_index LIMIT ?"
        with self._database.reading() as db:
            rows = db.execute(query, (offset, limit)).fetchall()
        return [_record(row) for row in rows]

    def model_number(self, producer: int, model: str, version: str, *, create: bool) -> int:
        """Give the number of a producer's model; see `Registry.model_number`."""
        check_text("The model's name", model)
        check_text("The model's version", version)
        name = (producer, model, version)
        with self._database.reading() as db:
            number = _model_number(db, *name)
        if number:
            return number
        if not create:
            raise UnknownModelError(
                f"The model {model!r}, version {version!r}, has no number in the registry yet; "
                "check its spelling, or allow new models."
            )
        with self._database.writing() as db:
            number = _model_number(db, *name)  # another process may have been faster
            if not number:
                number = _next_model_number(db, producer)
                db.execute("INSERT INTO models VALUES (?, ?, ?, ?)", (producer, number, *name[1:]))
        return number

    def models(self, producer: int) -> list[Model]:
        """List a producer's models by number."""
        query = "SELECT number, model, version FROM models WHERE producer = ? ORDER BY number"
        with self._database.reading() as db:
            models = [Model(*row) for row in db.execute(query, (producer,))]
        if any(map(_is_odd, models)):
            damaged(self._database.path)
        return models

    def checkpoint(self) -> Checkpoint:
        """Give the log's head, signed when the registry has a log key."""
        with self._database.reading() as db:
            return self._head(db)

    def inclusion(self, stamp_id: str) -> Inclusion | None:
        """Give a proof that the log holds this stamp, against the present checkpoint."""
        if not is_hex(stamp_id, 24):
            return None
        with self._database.reading() as db:
            row = one(db, f"SELECT leaf_index FROM records {_EARLIEST}", stamp_id)  # noqa: S608
            if row is None:
                return None
            head = self._head(db)
            return Inclusion(row[0], inclusion_proof(row[0], head.size, _node_reader(db)), head)

    def check_extends(self, seen: Checkpoint) -> Checkpoint:
        """Check that the log extends a checkpoint kept earlier; see `Registry.check_extends`."""
        with self._database.reading() as db:
            present = self._head(db)
            past = min(seen.size, present.size)  # a log that shrank is for the check to refuse
            proof = consistency_proof(past, present.size, _node_reader(db))
        check_extends(seen, present, proof)
        return present

    def audit(self, key: LogPublicKey | None = None) -> Audit:
        """Recompute the log and say what was changed; see `Registry.audit`."""

        def node(level: int, position: int) -> bytes:
            with self._database.reading() as db:
                return _node_reader(db)(level, position)

        if key is None and self._key:
            key = self._key.public
        return audit(self._log_rows(), node, self._origin, key)

    def close(self) -> None:
        """Let go of the database; using the registry again opens it anew."""
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

    # --- the log ---------------------------------------------------------------------------------

    def _head(self, db: Connection) -> Checkpoint:
        """Give the present checkpoint as stored, signed now if it was not and there is a key."""
        old = Frontier.read(_size(db), _node_reader(db))
        stored = self._check_head(db, old, require_key=False)
        return stored if stored.signatures else self._sign(stored)

    def _check_head(
        self, db: Connection, frontier: Frontier, *, require_key: bool = True
    ) -> Checkpoint:
        """Give the checkpoint stored last; it must be what the tree leads to and, if signed, ours.

        Without this check the key would be lent to whoever rewrote the file: the next append would
        sign their history.
        """
        present = Checkpoint(self._origin, frontier.size, frontier.root)
        row = one(db, "SELECT note FROM heads WHERE size = ?", frontier.size)
        if row is None:
            return present
        stored = Checkpoint.parse(str(row[0]))
        if stored.body != present.body:
            raise LogIntegrityError(
                f"The log in {self._database.path} does not lead to its last tree head; run an "
                "audit and restore the registry from a backup."
            )
        if stored.signatures and self._key:
            stored.verify(self._key.public)
        if stored.signatures and require_key and not self._key:
            raise RegistryError(
                f"The log in {self._database.path} is signed: open it with its log key to add."
            )
        return stored

    def _sign(self, head: Checkpoint) -> Checkpoint:
        return head.signed(self._key) if self._key else head

    def _log_rows(self) -> Iterator[LogRow]:
        start = -(2**63)  # SQLite's smallest row number: an intruder may sit anywhere
        while True:
            with self._database.reading() as db:
                cursor = db.execute(_AUDIT, {"start": start, "limit": _PAGE})
                rows = [_log_row(row) for row in cursor]  # one manifest store in memory at a time
            yield from rows
            if len(rows) < _PAGE:
                return
            start = rows[-1].index + 1

    def _load_pdq(self) -> None:
        """Bring the index up to date: what was read once can't have changed since."""
        query = "SELECT pdq FROM records WHERE leaf_index >= ? ORDER BY leaf_index LIMIT ?"
        count = _PAGE
        while count == _PAGE:
            with self._database.reading() as db:  # also keeps two threads from adding the same rows
                rows = db.execute(query, (self._pdq.size, _PAGE)).fetchall()
                count = len(rows)
                if not all(is_hex(pdq, 64) for (pdq,) in rows):
                    damaged(self._database.path)
                self._pdq.extend([bytes.fromhex(pdq) for (pdq,) in rows])


# --- rows ----------------------------------------------------------------------------------------


def _size(db: Connection) -> int:
    return int(one(db, "SELECT coalesce(max(size), 0) FROM heads")[0])


def _record(row: tuple[Any, ...]) -> StampRecord:
    return record_from(dict(zip(FIELDS, row, strict=True)))


def _log_row(row: tuple[Any, ...]) -> LogRow:
    index, *columns, store, leaf, head = row
    record = dict(zip(FIELDS, columns, strict=True))
    stamp_id, recomputed = record["stamp_id"], None
    if stamp_id is not None and store is not None:
        recomputed = _recomputed(record, store)
    return LogRow(
        index,
        None if stamp_id is None else str(stamp_id),
        recomputed,
        leaf if leaf is None or isinstance(leaf, bytes) else b"",
        None if head is None else str(head),
    )


def _recomputed(record: dict[str, Any], store: Any) -> bytes:
    """Hash a record as it stands; empty when no record could have these columns."""
    if not isinstance(store, bytes):
        return b""
    try:
        return leaf_hash(leaf_bytes(record_from(record), store))
    except RegistryError:
        return b""


def _node_reader(db: Connection) -> NodeReader:
    def node(level: int, position: int) -> bytes:
        row = one(db, "SELECT hash FROM nodes WHERE level = ? AND position = ?", level, position)
        if row is None or not isinstance(row[0], bytes):
            raise LogIntegrityError(f"The log lacks its hash {position} of level {level}.")
        return row[0]

    return node


def _is_odd(model: Model) -> bool:
    try:
        check_text("A model", model.model)
        check_text("A version", model.version)
    except RegistryError:
        return True
    return not isinstance(model.number, int)


def _model_number(db: Connection, producer: int, model: str, version: str) -> int:
    query = "SELECT CAST(number AS INTEGER) FROM models"
    row = one(db, f"{query} WHERE (producer, model, version) = (?, ?, ?)", producer, model, version)
    return int(row[0]) if row else 0


def _next_model_number(db: Connection, producer: int) -> int:
    query = "SELECT coalesce(max(CAST(number AS INTEGER)), 0) + 1 FROM models WHERE producer = ?"
    number = int(one(db, query, producer)[0])
    if number > MAX_MODEL_NUMBER:
        raise RegistryError(
            f"Producer {producer} has used all {MAX_MODEL_NUMBER} model numbers a mark can hold."
        )
    return number
