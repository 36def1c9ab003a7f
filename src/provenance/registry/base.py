"""What every registry back end can do, and the values it answers with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from provenance.records import Revocation, StampRecord
from provenance.registry.audit import Audit, LogRow
from provenance.registry.checkpoint import Checkpoint
from provenance.registry.claims import Claims
from provenance.registry.leaf import encode_leaf
from provenance.registry.log import hash_leaf, verify_inclusion
from provenance.registry.proof_files import ConsistencyProof
from provenance.registry.revocation import encode_revocation
from provenance.stamp_id import StampId

if TYPE_CHECKING:
    from provenance.signers import LogPublicKey

NEAR_LIMIT = 100
"""Records that a look-up by likeness gives: hints to check, and nobody checks more of them."""


NewStamp = tuple[StampRecord, bytes] | tuple[StampRecord, bytes, bytes | None]
"""A record, its manifest store and, if there is one, the sealed account that it was made for."""


@dataclass(frozen=True)
class LogEntry:
    """The place of an appended record or revocation in the log, and the log's head after it."""

    index: int
    leaf_hash: bytes
    tree_size: int
    root: bytes


@dataclass(frozen=True)
class Inclusion:
    """A proof that a record or a revocation is in the log that ``checkpoint`` names."""

    index: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint

    def verify(self, record: StampRecord, store: bytes) -> None:
        """Check that this record, with this manifest store, is what the log holds.

        Raises
        ------
        LogIntegrityError
            The log holds another record there.
        """
        self._verify(encode_leaf(record, store))

    def verify_revocation(self, revocation: Revocation) -> None:
        """Check that this revocation is what the log holds.

        Raises
        ------
        LogIntegrityError
            The log holds something else there.
        """
        self._verify(encode_revocation(revocation))

    def _verify(self, leaf: bytes) -> None:
        head = self.checkpoint
        verify_inclusion(hash_leaf(leaf), self.index, head.size, self.proof, head.root)


@dataclass(frozen=True)
class Model:
    """The number that stands for a producer's model and version in the mark."""

    number: int
    model: str
    version: str


@dataclass(frozen=True)
class Freshness:
    """Where a copy of a registry comes from, and when it was last compared with that."""

    source: str
    synced: datetime

    @property
    def name(self) -> str:
        """The source as strangers may see it: an address, or of a folder its name alone."""
        if "://" in self.source:
            return self.source
        return PurePath(self.source).name or self.source


@dataclass(frozen=True)
class Access:
    """Why personal data is read; this is written down, with the time, before the data is read."""

    case: str
    purpose: str


@dataclass(frozen=True)
class AccountAnswer:
    """A sealed account, or None when there is none, and the entry that logs the access."""

    sealed: bytes | None
    entry: int
    entry_sha256: str


class Accounts(Protocol):
    """The personal data of a registry, apart from its log: see ``provenance.accounts``."""

    def read(self, stamp_id: str, access: Access) -> AccountAnswer:
        """Write the access down, then give the sealed account of a stamp.

        Raises
        ------
        RegistryUnavailableError
            The access can't be written down, so nothing is given.
        """

    def accesses(self) -> list[dict[str, Any]]:
        """List all accesses, oldest first, each naming the digest of the one before.

        Raises
        ------
        RegistryDamagedError
            The list was altered.
        """

    def forget(self, before: datetime) -> int:
        """Delete the accounts of stamps recorded before a time, and return how many those were."""


class Registry(Protocol):
    """An append-only store of stamps with a Merkle log over it.

    Safe to share between threads and across ``fork``.

    Raises
    ------
    RegistryUnavailableError
        By every method: the registry is locked, unreachable, read-only or full.
    RegistryDamagedError
        By every method: what is there is not a registry, or a damaged one.
    """

    @property
    def origin(self) -> str:
        """The log's name, drawn when the registry was made; checkpoints repeat it."""

    @property
    def freshness(self) -> Freshness | None:
        """How old a copy of a registry is; None where this is the registry itself."""

    @property
    def log_key(self) -> LogPublicKey | None:
        """The key that signs the log, if it is at hand: one's own, or the one a mirror checks."""

    @property
    def size(self) -> int:
        """The number of records."""

    @property
    def accounts(self) -> Accounts:
        """The personal data."""

    @property
    def claims(self) -> Claims:
        """What was promised to requests that may come twice."""

    def append(self, record: StampRecord, store: bytes, account: bytes | None = None) -> LogEntry:
        """Add a stamp with its manifest store; both are on disk when this returns.

        ``account`` is the sealed account that it was made for; the log does not contain it.

        Raises
        ------
        DuplicateStampError
            The stamp id is used: draw another.
        LogIntegrityError
            The log no longer leads to its last tree head, so nothing may be added to it.
        RegistryError
            A field has a value that no record can have, or the log is signed and its key was not
            given.
        """

    def append_all(self, stamps: Iterable[NewStamp]) -> list[LogEntry]:
        """Add many stamps in one transaction: all of them, or none if one is refused.

        It keeps every other writer waiting meanwhile: a thousand take about a second.

        Raises
        ------
        DuplicateStampError, LogIntegrityError, RegistryError
            As by ``append``.
        """

    def revoke(self, stamp_id: StampId, reason: str, since: datetime | None = None) -> Revocation:
        """Add to the log that a recorded stamp no longer counts; the record stays as it is.

        With ``since``, the stamp still counts where it is proved to be older than that. A stamp is
        revoked once: a second call changes nothing and gives the first revocation.

        Raises
        ------
        RecordNotFoundError
            There is no record of this stamp.
        LogIntegrityError
            The log no longer leads to its last tree head, so nothing may be added to it.
        RegistryError
            The reason is empty or not text, ``since`` is in the future or has no time zone, or the
            log is signed and its key was not given.
        """

    def revocation(self, stamp_id: StampId) -> Revocation | None:
        """Give the earliest revocation of a stamp, or None when it is not revoked."""

    def contains(self, stamp_id: StampId) -> bool:
        """Tell whether the stamp id is used."""

    def count(self, stamp_id: StampId) -> int:
        """Count a stamp's records; only another program can have written more than one."""

    def by_id(self, stamp_id: StampId) -> StampRecord | None:
        """Give the earliest record of a stamp, or None."""

    def by_urn(self, urn: str) -> StampRecord | None:
        """Give the earliest record whose manifest has this name, or None."""

    def manifest_store(self, stamp_id: StampId) -> bytes | None:
        """Give the manifest store of a stamp's earliest record, or None."""

    def near(
        self, pdq_hex: str, max_distance: int, *, limit: int = NEAR_LIMIT
    ) -> list[tuple[StampRecord, int]]:
        """List records whose PDQ hash is at most ``max_distance`` of 256 bits away, nearest first.

        Turned and flipped pictures have other hashes; the caller asks for each of them.

        Raises
        ------
        RegistryDamagedError
            The likeness index is damaged, or is not of this registry.
        """

    def update_index(self, *, rebuild: bool = False) -> int:
        """Add to the likeness index in files what it lacks; return the number of records in it.

        With ``rebuild`` it is made anew. Look-ups find later records as well, and never write.

        Raises
        ------
        ConfigError
            The registry was opened without a folder for the index.
        OutputNotWritableError
            The folder can't be written to.
        RegistryDamagedError
            The index is damaged, or is not of this registry.
        """

    def records(self, limit: int = 100, offset: int = 0) -> list[StampRecord]:
        """List records in the order they were appended."""

    def model_number(self, producer: int, model: str, version: str, *, create: bool) -> int:
        """Give the number of a producer's model, drawn at first use; never 0.

        Raises
        ------
        UnknownModelError
            It has none, and ``create`` is false.
        RegistryError
            All numbers are used.
        """

    def models(self, producer: int) -> list[Model]:
        """List a producer's models by number."""

    def checkpoint(self) -> Checkpoint:
        """Give the log's head, signed when the registry has a log key."""

    def inclusion(self, stamp_id: StampId, at: Checkpoint | None = None) -> Inclusion | None:
        """Give a proof that the log holds this stamp, against the present checkpoint.

        With ``at``, it is against that checkpoint of the log: one that witnesses cosigned.

        Raises
        ------
        LogIntegrityError
            The log does not extend that checkpoint.
        RegistryError
            The stamp was recorded after it.
        """

    def revocation_inclusion(
        self, stamp_id: StampId, at: Checkpoint | None = None
    ) -> Inclusion | None:
        """Give a proof that the log holds this stamp's revocation; see ``inclusion``."""

    def consistency(self, seen: Checkpoint) -> ConsistencyProof:
        """Give a proof that the log extends a checkpoint kept earlier, for somebody else to check.

        Raises
        ------
        LogIntegrityError
            It does not; see ``check_extends``.
        """

    def check_extends(self, seen: Checkpoint) -> Checkpoint:
        """Check that the log extends a checkpoint kept earlier; return the present one.

        Raises
        ------
        LogIntegrityError
            It is another log, it shrank, or its past was rewritten.
        """

    def audit(self, key: LogPublicKey | None = None, since: Checkpoint | None = None) -> Audit:
        """Recompute the log from the records and say what was altered, removed or inserted.

        Tree heads must be signed by ``key`` (default: the registry's own log key, if it has one).
        ``since`` is the checkpoint of an earlier audit: the log must lead to it, and only what came
        after is recomputed.
        """

    def read_entries(self, start: int, end: int) -> Iterator[LogRow]:
        """Give the entries of the log from ``start`` to ``end``, as they are now.

        Raises
        ------
        LogIntegrityError
            One is missing, or is not what the log holds.
        """

    def read_hashes(self, level: int, start: int, count: int) -> list[bytes]:
        """Give hashes of complete subtrees of the log, which cover ``1 << level`` entries each.

        Raises
        ------
        LogIntegrityError
            One is missing.
        """

    def close(self) -> None:
        """Close the database; the next use of the registry opens it again."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
