"""The log's Merkle tree in the registry's file: appended to and proved from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from provenance.errors import LogIntegrityError, RegistryError
from provenance.registry.base import Inclusion, LogEntry
from provenance.registry.checkpoint import Checkpoint, check_extends
from provenance.registry.log import (
    Frontier,
    NodeReader,
    hash_leaf,
    prove_consistency,
    prove_inclusion,
)
from provenance.registry.sqlite.connection import Connection, fetch_one

if TYPE_CHECKING:
    from provenance.signers import LogKey


class SqliteTree:
    """The tree of one log; every method works inside the caller's transaction."""

    def __init__(self, path: Path, origin: str, key: LogKey | None) -> None:
        self._path = path
        self._origin = origin
        self._key = key

    def append(self, db: Connection, leaf: bytes) -> LogEntry:
        """Add a leaf and the checkpoint that covers it; see ``Registry.append`` for the errors."""
        old = Frontier.read(count_leaves(db), make_node_reader(db))
        self._check_head(db, old)
        hashed = hash_leaf(leaf)
        new, nodes = old.append(hashed)
        db.executemany(
            "INSERT INTO nodes VALUES (?, ?, ?)",
            [(node.level, node.position, node.hash) for node in nodes],
        )
        head = self._sign(Checkpoint(self._origin, new.size, new.root))
        db.execute("INSERT INTO heads VALUES (?, ?)", (new.size, head.text))
        return LogEntry(old.size, hashed, new.size, new.root)

    def head(self, db: Connection) -> Checkpoint:
        """Give the present checkpoint as stored, signed now if it was not and there is a key."""
        old = Frontier.read(count_leaves(db), make_node_reader(db))
        stored = self._check_head(db, old, require_key=False)
        return stored if stored.signatures else self._sign(stored)

    def inclusion(self, db: Connection, index: int) -> Inclusion:
        """Prove a leaf against the present checkpoint."""
        head = self.head(db)
        return Inclusion(index, prove_inclusion(index, head.size, make_node_reader(db)), head)

    def check_extends(self, db: Connection, seen: Checkpoint) -> Checkpoint:
        """Check that the tree extends a checkpoint; see ``Registry.check_extends``."""
        present = self.head(db)
        past = min(seen.size, present.size)  # the check below refuses a log that shrank
        check_extends(seen, present, prove_consistency(past, present.size, make_node_reader(db)))
        return present

    def _check_head(
        self, db: Connection, frontier: Frontier, *, require_key: bool = True
    ) -> Checkpoint:
        """Give the checkpoint stored last; the tree must lead to it, and our key have signed it.

        Without this check the next append would sign the history of someone who rewrote the file.
        A log without a key has unsigned checkpoints.
        """
        present = Checkpoint(self._origin, frontier.size, frontier.root)
        row = fetch_one(db, "SELECT note FROM heads WHERE size = ?", frontier.size)
        if row is None:
            return present
        stored = Checkpoint.parse(str(row[0]))
        if stored.body != present.body:
            raise LogIntegrityError(
                f"The log in {self._path} does not lead to its last tree head; run an "
                "audit and restore the registry from a backup."
            )
        if stored.signatures and self._key:
            stored.verify(self._key.public)
        if stored.signatures and require_key and not self._key:
            raise RegistryError(
                f"The log in {self._path} is signed; open it with its log key to add to it."
            )
        return stored

    def _sign(self, head: Checkpoint) -> Checkpoint:
        return head.sign(self._key) if self._key else head


def count_leaves(db: Connection) -> int:
    """Count the leaves of the log."""
    return int(fetch_one(db, "SELECT coalesce(max(size), 0) FROM heads")[0])


def make_node_reader(db: Connection) -> NodeReader:
    """Make a reader of the tree's stored hashes."""

    def node(level: int, position: int) -> bytes:
        row = fetch_one(
            db, "SELECT hash FROM nodes WHERE level = ? AND position = ?", level, position
        )
        if row is None or not isinstance(row[0], bytes):
            raise LogIntegrityError(
                f"The log lacks its hash {position} of level {level}; run an audit."
            )
        return row[0]

    return node
