"""The methods of ``Registry``, in SQL that SQLite and PostgreSQL share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from provenance.canonical import is_hex
from provenance.errors import (
    DuplicateStampError,
    LogIntegrityError,
    ProvenanceError,
    RecordNotFoundError,
    RegistryError,
)
from provenance.once import once
from provenance.records import Revocation, StampRecord
from provenance.registry.audit import Audit, HeadRule, LogRow, audit
from provenance.registry.base import NEAR_LIMIT, Freshness, Inclusion, LogEntry, Model, NewStamp
from provenance.registry.checkpoint import Checkpoint
from provenance.registry.group_commit import GroupCommit
from provenance.registry.leaf import (
    FIELDS,
    PDQ_DIGITS,
    check_text,
    encode_leaf,
    read_record,
    spell_record,
)
from provenance.registry.proof_files import ConsistencyProof
from provenance.registry.revocation import encode_revocation
from provenance.registry.sql import tree
from provenance.registry.sql.accounts import SqlAccounts, keep_account
from provenance.registry.sql.claims import SqlClaims
from provenance.registry.sql.database import (
    Connection,
    Database,
    fetch_one,
    gather,
    refuse_damaged,
)
from provenance.registry.sql.models import SqlModels
from provenance.registry.sql.pdq import SqlPdqIndex
from provenance.registry.sql.records import find_used, keep_row
from provenance.registry.sql.revocations import (
    count_revocations,
    find_revocation,
    find_revocation_index,
    keep_revocation,
    locate_record,
)
from provenance.registry.sql.rows import FIRST, read_log_rows
from provenance.stamp_id import StampId

if TYPE_CHECKING:
    from provenance.signers import LogKey, LogPublicKey

_COLUMNS = ", ".join(f"records.{name}" for name in FIELDS)
_SELECT = f"SELECT {_COLUMNS} FROM records"  # noqa: S608 (names of a dataclass, no input)
# An id is unique by the schema, which whoever holds the file can change.
_EARLIEST = "WHERE stamp_id = ? ORDER BY leaf_index LIMIT 1"


@dataclass(frozen=True)
class _Addition:
    """One append: the record, its columns and leaf, its manifest store and account."""

    record: StampRecord
    row: dict[str, str | int | None]
    leaf: bytes
    store: bytes
    account: bytes | None


class SqlRegistry:
    """A ``Registry`` in a database that a back end brings; ``lazy`` opens it when first asked.

    ``index`` is the folder of the likeness index in files, if there is one.
    """

    def __init__(
        self,
        database: Database,
        log_key: LogKey | None = None,
        *,
        lazy: bool = False,
        index: Path | None = None,
    ) -> None:
        self._database = database
        self._key = log_key
        self._models = SqlModels(database)
        self._pdq = SqlPdqIndex(database, index, lambda: self.origin)
        self._additions = GroupCommit[_Addition, LogEntry]()
        if not lazy:
            _ = self.origin  # the first question opens it

    @once
    def origin(self) -> str:
        """The log's name, drawn when the registry was made."""
        place = self._database.place
        with self._database.reading() as db:
            row = fetch_one(db, "SELECT origin FROM log") or refuse_damaged(place)
        try:
            return check_text("The log's name", row[0])
        except RegistryError:
            refuse_damaged(place)

    @once
    def _tree(self) -> tree.SqlTree:
        return tree.SqlTree(self._database.place, self.origin, self._key)

    @property
    def freshness(self) -> Freshness | None:
        """Nothing to say: this is the registry itself; see ``Registry.freshness``."""
        return None

    @property
    def log_key(self) -> LogPublicKey | None:
        """The key that signs the log, if it was given; see ``Registry.log_key``."""
        return self._key.public if self._key else None

    @property
    def size(self) -> int:
        """The number of records."""
        with self._database.reading() as db:
            return tree.count_leaves(db) - count_revocations(db)

    @property
    def accounts(self) -> SqlAccounts:
        """The personal data; see ``Accounts``."""
        return SqlAccounts(self._database)

    @property
    def claims(self) -> SqlClaims:
        """The promises to requests that may come twice; see ``Claims``."""
        return SqlClaims(self._database)

    def append(self, record: StampRecord, store: bytes, account: bytes | None = None) -> LogEntry:
        """Add a stamp with its manifest store; see ``Registry.append``."""
        return self._additions.submit(_spell(record, store, account), self._append_group)

    def _append_group(self, additions: Sequence[_Addition]) -> list[LogEntry | ProvenanceError]:
        with self._database.writing() as db:
            return self._append_in(db, additions)

    def _append_in(
        self, db: Connection, additions: Sequence[_Addition]
    ) -> list[LogEntry | ProvenanceError]:
        """Append several stamps in a transaction; a used id is the error of its stamp alone."""
        log = self._tree
        edge = log.read_edge(db)
        used = find_used(db, [new.record.stamp_id for new in additions])
        answers: list[LogEntry | ProvenanceError] = []
        with gather(db):
            for new in additions:
                stamp_id = new.record.stamp_id
                if stamp_id in used:
                    refusal = f"The stamp id {stamp_id} is already in the registry; draw another."
                    answers.append(DuplicateStampError(refusal))
                    continue
                used.add(stamp_id)
                keep_row(db, edge.size, new.row, new.store)
                keep_account(db, stamp_id, new.account)
                edge, entry = log.append(db, edge, new.leaf)
                answers.append(entry)
        return answers

    def append_all(self, stamps: Iterable[NewStamp]) -> list[LogEntry]:
        """Add many stamps in one transaction, all or none; see ``Registry.append_all``."""
        additions = [_spell(*each) for each in stamps]
        with self._database.writing() as db:
            answers = self._append_in(db, additions)
            for each in answers:
                if isinstance(each, ProvenanceError):
                    raise each
        return [each for each in answers if isinstance(each, LogEntry)]

    def revoke(self, stamp_id: StampId, reason: str, since: datetime | None = None) -> Revocation:
        """Add to the log that a stamp no longer counts; see ``Registry.revoke``."""
        new = Revocation(stamp_id, datetime.now(UTC), reason, since)
        leaf, log = encode_revocation(new), self._tree
        with self._database.writing() as db:
            if fetch_one(db, "SELECT 1 FROM records WHERE stamp_id = ?", stamp_id) is None:
                raise RecordNotFoundError(
                    f"The registry has no stamp {stamp_id}, so there is nothing to revoke."
                )
            if earlier := find_revocation(db, stamp_id):
                return earlier
            edge = log.read_edge(db)
            keep_revocation(db, edge.size, new)
            log.append(db, edge, leaf)
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

    def by_urn(self, urn: str) -> StampRecord | None:
        """Give the earliest record whose manifest has this name; see ``Registry.by_urn``."""
        query = f"{_SELECT} WHERE manifest_urn = ? ORDER BY leaf_index LIMIT 1"
        with self._database.reading() as db:
            row = fetch_one(db, query, urn)
        return _record(row) if row else None

    def manifest_store(self, stamp_id: StampId) -> bytes | None:
        """Give the manifest store of a stamp's earliest record, or None."""
        query = f"SELECT store FROM stores JOIN records USING (leaf_index) {_EARLIEST}"  # noqa: S608 (fixed text)
        with self._database.reading() as db:
            row = fetch_one(db, query, stamp_id)
        if row and not isinstance(row[0], bytes):
            refuse_damaged(self._database.place)
        return row[0] if row else None

    def near(
        self, pdq_hex: str, max_distance: int, *, limit: int = NEAR_LIMIT
    ) -> list[tuple[StampRecord, int]]:
        """List records with a PDQ hash near this one, nearest first; see ``Registry.near``."""
        from provenance.fingerprint import pdq_distance

        if not is_hex(pdq_hex, PDQ_DIGITS):
            raise RegistryError("A PDQ hash to look up must be 64 lower-case hex digits.")
        hits = self._pdq.find_near(bytes.fromhex(pdq_hex), max_distance, limit)
        with self._database.reading() as db:
            rows = [fetch_one(db, f"{_SELECT} WHERE leaf_index = ?", index) for index, _ in hits]
        records = [_record(row) if row else self._pdq.refuse_files() for row in rows]
        found = list(zip(records, (distance for _, distance in hits), strict=True))
        if any(pdq_distance(pdq_hex, record.pdq) != distance for record, distance in found):
            self._pdq.refuse_files()
        return found

    def update_index(self, *, rebuild: bool = False) -> int:
        """Bring the likeness index up to date; see ``Registry.update_index``."""
        return self._pdq.update_files(rebuild=rebuild)

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
        log = self._tree
        with self._database.reading() as db:
            return log.head(db)

    def inclusion(self, stamp_id: StampId, at: Checkpoint | None = None) -> Inclusion | None:
        """Give a proof that the log holds this stamp; see ``Registry.inclusion``."""
        log = self._tree
        with self._database.reading() as db:
            row = fetch_one(db, f"SELECT leaf_index FROM records {_EARLIEST}", stamp_id)  # noqa: S608
            return log.inclusion(db, row[0], at) if row else None

    def revocation_inclusion(
        self, stamp_id: StampId, at: Checkpoint | None = None
    ) -> Inclusion | None:
        """Give a proof that the log holds this revocation; see ``Registry.inclusion``."""
        log = self._tree
        with self._database.reading() as db:
            index = find_revocation_index(db, stamp_id)
            return None if index is None else log.inclusion(db, index, at)

    def consistency(self, seen: Checkpoint) -> ConsistencyProof:
        """Give a proof that the log extends a checkpoint; see ``Registry.consistency``."""
        log = self._tree
        with self._database.reading() as db:
            return log.consistency(db, seen)

    def check_extends(self, seen: Checkpoint) -> Checkpoint:
        """Check that the log extends a checkpoint kept earlier; see ``Registry.check_extends``."""
        log = self._tree
        with self._database.reading() as db:
            return log.check_extends(db, seen)

    def audit(self, key: LogPublicKey | None = None, since: Checkpoint | None = None) -> Audit:
        """Recompute the log and say what was changed; see ``Registry.audit``."""
        return self._recompute(HeadRule(self.origin, key or self.log_key), since)

    def _recompute(self, rule: HeadRule, since: Checkpoint | None) -> Audit:
        pages = read_log_rows(self._database, since.size if since else FIRST)
        return audit(pages, tree.make_page_reader(self._database), rule, since)

    def read_entries(self, start: int, end: int) -> Iterator[LogRow]:
        """Give the entries of the log as they are now; see ``Registry.read_entries``."""
        expected = start
        for row in chain.from_iterable(read_log_rows(self._database, start)):
            if expected == end:
                return
            if row.index != expected or not row.agrees:
                raise LogIntegrityError(
                    f"Entry {expected} of the log in {self._database.place} is missing or was "
                    "altered; run an audit."
                )
            expected += 1
            yield row
        if expected < end:
            raise LogIntegrityError(
                f"The log in {self._database.place} lacks its entry {expected}."
            )

    def read_hashes(self, level: int, start: int, count: int) -> list[bytes]:
        """Give hashes of complete subtrees of the log; see ``Registry.read_hashes``."""
        with self._database.reading() as db:
            return tree.read_hashes(db, level, start, count)

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


def _spell(record: StampRecord, store: bytes, account: bytes | None = None) -> _Addition:
    return _Addition(record, spell_record(record), encode_leaf(record, store), store, account)


def _record(row: tuple[Any, ...]) -> StampRecord:
    return read_record(dict(zip(FIELDS, row, strict=True)))
