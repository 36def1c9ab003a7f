"""What every registry back end can do, and the values it answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from provenance.records import Revocation, StampRecord
from provenance.registry.audit import Audit
from provenance.registry.checkpoint import Checkpoint
from provenance.registry.leaf import leaf_bytes
from provenance.registry.log import leaf_hash, verify_inclusion
from provenance.registry.revocation import revocation_leaf
from provenance.stamp_id import StampId

if TYPE_CHECKING:
    from provenance.signers import LogPublicKey

# A look-up by likeness is a hint for a person or a verifier to check; nobody checks more.
NEAR_LIMIT = 100


@dataclass(frozen=True)
class LogEntry:
    """Where an appended record or revocation stands in the log, and the log's head with it."""

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
        self._verify(leaf_bytes(record, store))

    def verify_revocation(self, revocation: Revocation) -> None:
        """Check that this revocation is what the log holds.

        Raises
        ------
        LogIntegrityError
            The log holds something else there.
        """
        self._verify(revocation_leaf(revocation))

    def _verify(self, leaf: bytes) -> None:
        head = self.checkpoint
        verify_inclusion(leaf_hash(leaf), self.index, head.size, self.proof, head.root)


@dataclass(frozen=True)
class Model:
    """The number that stands for a producer's model and version in the mark."""

    number: int
    model: str
    version: str


@dataclass(frozen=True)
class Access:
    """Why personal data is read: written down, with the registry's time, before it is."""

    case: str
    purpose: str


@dataclass(frozen=True)
class AccountAnswer:
    """A sealed account, None when there is none, and the log entry of its being asked for."""

    sealed: bytes | None
    entry: int
    entry_sha256: str


class Accounts(Protocol):
    """The personal data of a registry, apart from its log: see `provenance.accounts`."""

    def read(self, stamp_id: str, access: Access) -> AccountAnswer:
        """Write the access down and give the sealed account of a stamp.

        Raises
        ------
        RegistryUnavailableError
            The access can't be written down: then nothing is given.
        """

    def accesses(self) -> list[dict[str, Any]]:
        """List all accesses, oldest first, each naming the digest of the one before.

        Raises
        ------
        RegistryDamagedError
            The list was altered.
        """

    def forget(self, before: datetime) -> int:
        """Delete the accounts of stamps recorded before a time, and say how many there were."""


class Registry(Protocol):
    """An append-only store of stamps with a Merkle log over it.

    Safe to share between threads and across ``fork``. Every method raises
    `RegistryUnavailableError` when the registry is locked, unreachable, read-only or full, and
    `RegistryDamagedError` when what it meets is not a registry or is broken.
    """

    @property
    def origin(self) -> str:
        """The log's name, drawn when the registry was made; checkpoints repeat it."""

    @property
    def size(self) -> int:
        """How many records there are."""

    @property
    def accounts(self) -> Accounts:
        """The personal data."""

    def append(self, record: StampRecord, store: bytes, account: bytes | None = None) -> LogEntry:
        """Add a stamp with its manifest store; both are on disk when this returns.

        ``account`` is the sealed account that it was made for; it is no part of the log.

        Raises
        ------
        DuplicateStampError
            The stamp id is used: draw another.
        LogIntegrityError
            The log no longer leads to its last tree head, so nothing is built on it.
        RegistryError
            The record can't be one, or the log is signed and its key was not given.
        """

    def revoke(self, stamp_id: StampId, reason: str, since: datetime | None = None) -> Revocation:
        """Add to the log that a recorded stamp is not to count; the record itself stays as it is.

        With ``since``, it still counts where it is proved to be older than that. A stamp is revoked
        once: asked again, this changes nothing and gives what was said first.

        Raises
        ------
        RecordNotFoundError
            There is no record of this stamp.
        LogIntegrityError
            The log no longer leads to its last tree head, so nothing is built on it.
        RegistryError
            The reason is empty or no text, ``since`` is in the future or has no time zone, or the
            log is signed and its key was not given.
        """

    def revocation(self, stamp_id: StampId) -> Revocation | None:
        """Give the earliest revocation of a stamp, or None when it is not revoked."""

    def contains(self, stamp_id: StampId) -> bool:
        """Whether the stamp id is used."""

    def count(self, stamp_id: StampId) -> int:
        """Count a stamp's records: more than one only where somebody wrote past this program."""

    def by_id(self, stamp_id: StampId) -> StampRecord | None:
        """Give the earliest record of a stamp, or None."""

    def store(self, stamp_id: StampId) -> bytes | None:
        """Give the manifest store of a stamp's earliest record, or None."""

    def near(
        self, pdq_hex: str, max_distance: int, *, limit: int = NEAR_LIMIT
    ) -> list[tuple[StampRecord, int]]:
        """List records whose PDQ hash is at most ``max_distance`` of 256 bits away, nearest first.

        Turned and flipped pictures have other hashes, which are the caller's to ask for.
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

    def inclusion(self, stamp_id: StampId) -> Inclusion | None:
        """Give a proof that the log holds this stamp, against the present checkpoint."""

    def revocation_inclusion(self, stamp_id: StampId) -> Inclusion | None:
        """Give a proof that the log holds this stamp's revocation, as `inclusion` does."""

    def check_extends(self, seen: Checkpoint) -> Checkpoint:
        """Check that the log extends a checkpoint kept earlier; gives the present one, to keep.

        Raises
        ------
        LogIntegrityError
            It is another log, it shrank, or its past was rewritten.
        """

    def audit(self, key: LogPublicKey | None = None) -> Audit:
        """Recompute the log from the records and say what was altered, removed or inserted.

        Tree heads must be signed by ``key``, or else by the registry's own log key if it has one.
        """

    def close(self) -> None:
        """Let go of the database; using the registry again opens it anew."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
