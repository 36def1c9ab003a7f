"""The log's Merkle tree in the registry's database: appended to and proved from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from provenance.errors import LogIntegrityError, RegistryError
from provenance.registry.base import Inclusion, LogEntry
from provenance.registry.checkpoint import Checkpoint, check_extends
from provenance.registry.log import (
    Frontier,
    Node,
    NodeReader,
    hash_leaf,
    list_peaks,
    prove_consistency,
    prove_inclusion,
)
from provenance.registry.proof_files import ConsistencyProof
from provenance.registry.sql.database import Connection, Database, fetch_one

if TYPE_CHECKING:
    from provenance.signers import LogKey


_SIGNED = "%\n\n%"
"""What a note with signatures is like: they come after an empty line."""

_PAGE = 512
"""Hashes read at once, of 32 bytes each."""


class SqlTree:
    """The tree of one log; every method works inside the caller's transaction."""

    def __init__(self, place: str, origin: str, key: LogKey | None) -> None:
        self._place = place
        self._origin = origin
        self._key = key
        self._unsigned = 0  # up to this size no head is signed

    def read_edge(self, db: Connection) -> Frontier:
        """Read the edge to which leaves are added; see ``Registry.append`` for the errors.

        A transaction reads and checks it once, however many leaves it adds.
        """
        edge = read_edge(db)
        self._check_head(db, edge)
        return edge

    def append(self, db: Connection, edge: Frontier, leaf: bytes) -> tuple[Frontier, LogEntry]:
        """Add a leaf and the checkpoint that covers it; return the new edge, too."""
        hashed = hash_leaf(leaf)
        new, nodes = edge.append(hashed)
        keep_tree(db, nodes, self._sign(Checkpoint(self._origin, new.size, new.root)))
        return new, LogEntry(edge.size, hashed, new.size, new.root)

    def head(self, db: Connection) -> Checkpoint:
        """Give the present checkpoint as stored, signed now if it was not and there is a key."""
        old = read_edge(db)
        stored = self._check_head(db, old, require_key=False)
        return stored if stored.signatures else self._sign(stored)

    def inclusion(self, db: Connection, index: int, at: Checkpoint | None) -> Inclusion:
        """Prove a leaf against the present checkpoint, or against an earlier one."""
        if at is not None:
            self.check_extends(db, at)
        head = at or self.head(db)
        return Inclusion(index, prove_inclusion(index, head.size, make_node_reader(db)), head)

    def check_extends(self, db: Connection, seen: Checkpoint) -> Checkpoint:
        """Check that the tree extends a checkpoint; see ``Registry.check_extends``."""
        return self.consistency(db, seen).checkpoint

    def consistency(self, db: Connection, seen: Checkpoint) -> ConsistencyProof:
        """Prove that the tree extends a checkpoint; see ``Registry.consistency``."""
        present = self.head(db)
        past = min(seen.size, present.size)  # the check below refuses a log that shrank
        proof = prove_consistency(past, present.size, make_node_reader(db))
        check_extends(seen, present, proof)
        return ConsistencyProof(seen.size, proof, present)

    def _check_head(
        self, db: Connection, frontier: Frontier, *, require_key: bool = True
    ) -> Checkpoint:
        """Give the checkpoint stored last; the tree must lead to it, and our key have signed it.

        Without this check the next append would sign the history of someone who rewrote the
        database. A log without a key has unsigned checkpoints.
        """
        present = Checkpoint(self._origin, frontier.size, frontier.root)
        row = fetch_one(db, "SELECT note FROM heads WHERE size = ?", frontier.size)
        if row is None:
            return present
        stored = Checkpoint.parse(str(row[0]))
        if stored.body != present.body:
            raise LogIntegrityError(
                f"The log in {self._place} does not lead to its last tree head; run an "
                "audit and restore the registry from a backup."
            )
        if stored.signatures and self._key:
            self._check_key(stored, self._key)
        if not stored.signatures and self._key and self._was_signed(db):
            raise LogIntegrityError(
                f"The last tree head of the log in {self._place} lacks the signature that earlier "
                "ones have: somebody wrote past the registry. Run an audit and restore the "
                "registry from a backup."
            )
        if stored.signatures and require_key and not self._key:
            raise RegistryError(
                f"The log in {self._place} is signed; open it with its log key to add to it."
            )
        return stored

    def _check_key(self, stored: Checkpoint, key: LogKey) -> None:
        try:
            stored.require_key(key.public)
        except LogIntegrityError as error:
            raise LogIntegrityError(
                f"The log in {self._place} was signed with another key: name that one as log_key, "
                "or run an audit if there never was another."
            ) from error
        stored.verify(key.public)

    def _was_signed(self, db: Connection) -> bool:
        """Tell whether any head is signed; of a log without signatures, later heads alone are read.

        Such a log may get its key late. One that was signed never loses it again.
        """
        query = "SELECT 1 FROM heads WHERE size > ? AND note LIKE ? LIMIT 1"
        signed = fetch_one(db, query, self._unsigned, _SIGNED) is not None
        if not signed:
            self._unsigned = count_leaves(db)
        return signed

    def _sign(self, head: Checkpoint) -> Checkpoint:
        return head.sign(self._key) if self._key else head


def read_edge(db: Connection) -> Frontier:
    """Read the edge of the whole tree, to which the next leaf is added."""
    size = count_leaves(db)
    places = list_peaks(size)
    asked = " OR ".join(["(level = ? AND position = ?)"] * len(places))
    query = f"SELECT level, position, hash FROM nodes WHERE {asked or 'false'}"  # noqa: S608
    rows = db.execute(query, list(chain.from_iterable(places))).fetchall()
    found = {(level, position): hashed for level, position, hashed in rows}
    return Frontier(size, tuple(_check_hash(found.get(place), *place) for place in places))


def keep_tree(db: Connection, nodes: Sequence[Node], head: Checkpoint) -> None:
    """Add the hashes that a new leaf completes, and the head over it."""
    db.executemany(
        "INSERT INTO nodes VALUES (?, ?, ?)",
        [(node.level, node.position, node.hash) for node in nodes],
    )
    db.execute("INSERT INTO heads VALUES (?, ?)", (head.size, head.text))


def count_leaves(db: Connection) -> int:
    """Count the leaves of the log."""
    return int(fetch_one(db, "SELECT coalesce(max(size), 0) FROM heads")[0])


def make_node_reader(db: Connection) -> NodeReader:
    """Make a reader of the tree's stored hashes."""

    def node(level: int, position: int) -> bytes:
        row = fetch_one(
            db, "SELECT hash FROM nodes WHERE level = ? AND position = ?", level, position
        )
        return _check_hash(row and row[0], level, position)

    return node


def read_hashes(db: Connection, level: int, start: int, count: int) -> list[bytes]:
    """Read hashes that lie side by side; see ``Registry.read_hashes``."""
    found = dict(
        db.execute(
            "SELECT position, hash FROM nodes WHERE level = ? AND position >= ? AND position < ?",
            (level, start, start + count),
        )
    )
    return [_check_hash(found.get(n), level, n) for n in range(start, start + count)]


def make_page_reader(database: Database) -> NodeReader:
    """Make a reader of hashes that are asked for in order: it reads a page of a level at once."""
    pages: dict[int, dict[int, bytes]] = {}

    def node(level: int, position: int) -> bytes:
        page = pages.get(level, {})
        if position not in page:
            with database.reading() as db:
                page = pages[level] = dict(
                    db.execute(
                        "SELECT position, hash FROM nodes WHERE level = ? AND position >= ? "
                        "ORDER BY position LIMIT ?",
                        (level, position, _PAGE),
                    )
                )
        return _check_hash(page.get(position), level, position)

    return node


def _check_hash(found: object, level: int, position: int) -> bytes:
    if not isinstance(found, bytes):
        raise LogIntegrityError(
            f"The log lacks its hash {position} of level {level}; run an audit."
        )
    return found
