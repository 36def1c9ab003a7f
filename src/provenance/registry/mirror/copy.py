"""Entries of another registry's log, put into a database of the same form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provenance.errors import LogIntegrityError, RegistryDamagedError
from provenance.records import Revocation, StampRecord
from provenance.registry.checkpoint import Checkpoint
from provenance.registry.log import Frontier, hash_leaf
from provenance.registry.sql import (
    Connection,
    keep_model,
    keep_record,
    keep_revocation,
    keep_tree,
    read_edge,
)
from provenance.registry.sqlite import SqliteDatabase


@dataclass(frozen=True)
class Copied:
    """One entry, checked; records bring their manifest store."""

    entry: bytes
    value: StampRecord | Revocation
    store: bytes = b""


class Copy:
    """The database of a mirror while it grows; its log has the name of the one that it copies."""

    def __init__(self, file: Path, origin: str) -> None:
        self._database = SqliteDatabase(file, create=True, read_only=False, origin=origin)
        self._origin = origin

    def read_edge(self) -> Frontier:
        """Give the edge of the tree that was copied so far."""
        with self._database.reading() as db:
            return read_edge(db)

    def append(self, entries: Sequence[Copied]) -> None:
        """Append entries in one transaction.

        Raises
        ------
        LogIntegrityError
            The log holds a stamp twice, or revokes one that it does not hold.
        """
        try:
            with self._database.writing() as db:
                edge = read_edge(db)
                for each in entries:
                    edge = self._append_one(db, edge, each)
        except RegistryDamagedError as error:
            raise LogIntegrityError(
                "The source's log contradicts itself: it holds a stamp twice, or revokes one that "
                "it does not hold."
            ) from error

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _append_one(self, db: Connection, edge: Frontier, new: Copied) -> Frontier:
        if isinstance(new.value, Revocation):
            keep_revocation(db, edge.size, new.value)
        else:
            keep_record(db, edge.size, new.value, new.store)
            keep_model(db, new.value)
        grown, nodes = edge.append(hash_leaf(new.entry))
        keep_tree(db, nodes, Checkpoint(self._origin, grown.size, grown.root))
        return grown
