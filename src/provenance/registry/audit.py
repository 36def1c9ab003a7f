"""Recompute a log from its records and name what does not fit: a pure function over rows.

It sees every change by someone who could not also rewrite all that follows. A record that was
changed alone disagrees with its leaf. A leaf that was changed with it disagrees with the tree head
stored at the time. Heads that were rewritten as well lack the log key's signature. A log that was
rewritten and has no key, or was cut short at its end, shows only against a checkpoint kept
elsewhere (``Registry.check_extends``).

A signature over one head vouches for all entries before it. So the last head of each page is
verified, and the others only where that one fails, to name the first that is forged: to verify one
takes as long as all else about its record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from provenance.errors import LogIntegrityError
from provenance.registry.checkpoint import Checkpoint
from provenance.registry.log import Frontier, Node, NodeReader, hash_leaf

if TYPE_CHECKING:
    from provenance.signers import LogPublicKey

MAX_FAULTS = 1000
"""Faults that an audit names; it counts the rest. A log that is wrong throughout has millions."""


@dataclass(frozen=True)
class LogFault:
    """One contradiction between records and log; ``index`` counts the log's entries from 0."""

    kind: Literal["altered", "removed", "inserted", "rewritten"]
    index: int
    stamp_id: str | None
    message: str


@dataclass(frozen=True)
class Audit:
    """The result of an audit; ``size`` and ``root`` are of the log up to its first break.

    ``start`` is the number of entries that were not looked at, since an earlier audit did.
    ``faults`` are the first of all that were ``found``.
    """

    size: int
    root: bytes
    faults: tuple[LogFault, ...]
    found: int = 0
    start: int = 0

    @property
    def ok(self) -> bool:
        """Whether records and log agree throughout."""
        return not self.faults

    def require(self) -> None:
        """Refuse a log with faults.

        Raises
        ------
        LogIntegrityError
            Names the first fault and counts the rest.
        """
        if self.faults:
            more = self.found - 1
            rest = f" (and {more} more)" if more else ""
            raise LogIntegrityError(f"{self.faults[0].message}{rest}")


@dataclass(frozen=True)
class LogRow:
    """All that a back end holds on one index; what it lacks is None.

    ``entry`` are the bytes that the log should hold for the record as it is now, empty where no
    entry can have its columns. ``leaf`` is the leaf hash in the log, and ``head`` the checkpoint
    written with it. ``revokes`` tells a stamp's revocation from its record.
    """

    index: int
    stamp_id: str | None
    entry: bytes | None
    leaf: bytes | None
    head: str | None
    revokes: bool = False

    @property
    def agrees(self) -> bool:
        """Whether the record is what the log holds."""
        return bool(self.entry) and hash_leaf(self.entry or b"") == self.leaf


@dataclass(frozen=True)
class HeadRule:
    """What every stored tree head has to say: whose log it is, and who must have signed."""

    origin: str
    key: LogPublicKey | None = None


def audit(
    pages: Iterable[Sequence[LogRow]],
    node: NodeReader,
    rule: HeadRule,
    since: Checkpoint | None = None,
) -> Audit:
    """Check pages of rows, in order of their index, against each other and against the tree.

    With ``since``, rows and check begin behind the entries that this checkpoint covers.
    """
    run = _Run(node, rule)
    start = since.size if since else 0
    if since and not run.resume(since):
        return run.finish(start)
    for page in pages:
        run.check(page)
    return run.finish(start)


@dataclass(frozen=True)
class _Head:
    """The head written with a row, and the tree before that row."""

    row: LogRow
    head: Checkpoint
    before: Frontier


@dataclass
class _Run:
    """An audit under way; ``chained`` until the first break in the log.

    Beyond a break, only single records can be checked.
    """

    node: NodeReader
    rule: HeadRule
    frontier: Frontier = field(default_factory=Frontier)
    expected: int = 0
    chained: bool = True
    found: int = 0
    faults: list[LogFault] = field(default_factory=list)

    def resume(self, since: Checkpoint) -> bool:
        """Take up the tree that a checkpoint names, if the log still leads to it."""
        try:
            if since.origin != self.rule.origin:
                raise LogIntegrityError(f"It is the log {self.rule.origin}, not {since.origin}.")
            self.frontier = Frontier.read(since.size, self.node)
            if self.frontier.root != since.root:
                raise LogIntegrityError("Its tree head is another one.")
        except LogIntegrityError as error:
            message = f"The log does not lead to the checkpoint of {since.size} entries: {error}"
            self.report([LogFault("rewritten", since.size - 1, None, message)])
            self.frontier = Frontier()
            return False
        self.expected = since.size
        return True

    def check(self, page: Sequence[LogRow]) -> None:
        """Check a page of rows, and the signature over the last head that the log leads to."""
        heads: list[_Head] = []
        for row in page:
            self.report(self.check_row(row, heads))
        if heads and self.rule.key:
            self.report(self.check_signatures(heads, self.rule.key))

    def check_signatures(self, heads: Sequence[_Head], key: LogPublicKey) -> Iterator[LogFault]:
        """Verify the last of some heads; if it is forged, find the first that is."""
        if not _find_forgery(heads[-1].head, key):
            return
        for each in heads:
            if forgery := _find_forgery(each.head, key):
                self.chained, self.frontier = False, each.before
                yield _describe_rewritten(each.row, forgery)
                return

    def check_row(self, row: LogRow, heads: list[_Head]) -> Iterator[LogFault]:
        """Check one row, and collect its head if the log leads to it."""
        if row.index < 0:
            yield LogFault("inserted", row.index, row.stamp_id, "A log starts at record 0.")
            return
        if row.index != self.expected:
            yield _describe_gap(self.expected, row.index)
            self.chained = False
        self.expected = row.index + 1
        if fault := _find_record_fault(row):
            yield fault
        if not self.chained:
            return
        if row.leaf is None:
            self.chained = False
            return
        grown, nodes = self.frontier.append(row.leaf)
        try:
            heads.append(_Head(row, self.check_head(row, grown, nodes), self.frontier))
        except LogIntegrityError as error:
            self.chained = False
            yield _describe_rewritten(row, error)
        else:
            self.frontier = grown

    def check_head(self, row: LogRow, grown: Frontier, nodes: Sequence[Node]) -> Checkpoint:
        """Check that the log, this record included, leads to the head written with it."""
        if row.head is None:
            raise LogIntegrityError("The tree head is missing.")
        head = Checkpoint.parse(row.head)
        if (head.origin, head.size, head.root) != (self.rule.origin, grown.size, grown.root):
            raise LogIntegrityError("The tree head written with it is another one.")
        if self.rule.key:
            head.require_key(self.rule.key)
        if any(self.node(inner.level, inner.position) != inner.hash for inner in nodes[1:]):
            raise LogIntegrityError("The hashes stored for proofs are other ones.")
        return head

    def report(self, faults: Iterable[LogFault]) -> None:
        """Count faults, and keep the first ones."""
        for fault in faults:
            self.found += 1
            if len(self.faults) < MAX_FAULTS:
                self.faults.append(fault)

    def finish(self, start: int) -> Audit:
        """Return the result."""
        faults = tuple(sorted(self.faults, key=lambda fault: fault.index))
        return Audit(self.frontier.size, self.frontier.root, faults, self.found, start)


def _find_forgery(head: Checkpoint, key: LogPublicKey) -> LogIntegrityError | None:
    try:
        head.verify(key)
    except LogIntegrityError as error:
        return error
    return None


def _describe_gap(expected: int, found: int) -> LogFault:
    missing = f"Record {expected} is"
    if found > expected + 1:
        missing = f"Records {expected} to {found - 1} are"
    return LogFault("removed", expected, None, f"{missing} missing, in the log as well.")


def _describe_rewritten(row: LogRow, error: LogIntegrityError) -> LogFault:
    message = f"The log was rewritten at or before record {row.index}: {error}"
    return LogFault("rewritten", row.index, row.stamp_id, message)


def _find_record_fault(row: LogRow) -> LogFault | None:
    """Say what is wrong with the record itself, whatever the tree says."""
    what = "revocation of stamp" if row.revokes else "stamp"
    name = f"Record {row.index}" + (f" ({what} {row.stamp_id})" if row.stamp_id else "")
    if row.entry is None:
        return LogFault(
            "removed", row.index, row.stamp_id, f"{name} was removed: the log knows it."
        )
    if row.leaf is None:
        return LogFault(
            "inserted", row.index, row.stamp_id, f"{name} was inserted: the log does not know it."
        )
    if not row.agrees:
        return LogFault(
            "altered", row.index, row.stamp_id, f"{name} was altered after it was recorded."
        )
    return None
