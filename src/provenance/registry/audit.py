"""Recompute a log from its records and name what does not fit: a pure function over rows.

It sees every change by someone who could not also rewrite all that follows. A record that was
changed alone disagrees with its leaf. A leaf that was changed with it disagrees with the tree head
stored at the time. Heads that were rewritten as well lack the log key's signature. A log that was
rewritten and has no key, or was cut short at its end, shows only against a checkpoint kept
elsewhere (``Registry.check_extends``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from provenance.errors import LogIntegrityError
from provenance.registry.checkpoint import Checkpoint
from provenance.registry.log import Frontier, Node, NodeReader

if TYPE_CHECKING:
    from provenance.signers import LogPublicKey


@dataclass(frozen=True)
class LogFault:
    """One contradiction between records and log; ``index`` counts the log's entries from 0."""

    kind: Literal["altered", "removed", "inserted", "rewritten"]
    index: int
    stamp_id: str | None
    message: str


@dataclass(frozen=True)
class Audit:
    """The result of an audit; ``size`` and ``root`` are of the log up to its first break."""

    size: int
    root: bytes
    faults: tuple[LogFault, ...]

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
            more = len(self.faults) - 1
            rest = f" (and {more} more)" if more else ""
            raise LogIntegrityError(f"{self.faults[0].message}{rest}")


@dataclass(frozen=True)
class LogRow:
    """All that a back end holds on one index; what it lacks is None.

    ``recomputed`` is the leaf hash of the record as it is now, ``leaf`` the one in the log, and
    ``head`` the checkpoint written with it. ``revokes`` tells a stamp's revocation from its record.
    """

    index: int
    stamp_id: str | None
    recomputed: bytes | None
    leaf: bytes | None
    head: str | None
    revokes: bool = False


def audit(rows: Iterable[LogRow], node: NodeReader, origin: str, key: LogPublicKey | None) -> Audit:
    """Check rows, in order of their index, against each other and against the tree."""
    faults: list[LogFault] = []
    frontier = Frontier()
    chained = True  # until the first break in the log; beyond it only single records can be checked
    expected = 0
    for row in rows:
        if row.index < 0:
            faults.append(
                LogFault("inserted", row.index, row.stamp_id, "A log starts at record 0.")
            )
            continue
        if row.index != expected:
            faults.append(_describe_gap(expected, row.index))
            chained = False
        expected = row.index + 1
        if fault := _find_record_fault(row):
            faults.append(fault)
        if not chained:
            continue
        if row.leaf is None:
            chained = False
            continue
        grown, nodes = frontier.append(row.leaf)
        if fault := _find_log_fault(row, grown, nodes, node, origin, key):
            faults.append(fault)
            chained = False
        else:
            frontier = grown
    return Audit(frontier.size, frontier.root, tuple(faults))


def _describe_gap(expected: int, found: int) -> LogFault:
    missing = f"Record {expected} is"
    if found > expected + 1:
        missing = f"Records {expected} to {found - 1} are"
    return LogFault("removed", expected, None, f"{missing} missing, in the log as well.")


def _find_record_fault(row: LogRow) -> LogFault | None:
    """Say what is wrong with the record itself, whatever the tree says."""
    what = "revocation of stamp" if row.revokes else "stamp"
    name = f"Record {row.index}" + (f" ({what} {row.stamp_id})" if row.stamp_id else "")
    if row.recomputed is None:
        return LogFault(
            "removed", row.index, row.stamp_id, f"{name} was removed: the log knows it."
        )
    if row.leaf is None:
        return LogFault(
            "inserted", row.index, row.stamp_id, f"{name} was inserted: the log does not know it."
        )
    if row.recomputed != row.leaf:
        return LogFault(
            "altered", row.index, row.stamp_id, f"{name} was altered after it was recorded."
        )
    return None


def _find_log_fault(
    row: LogRow,
    grown: Frontier,
    nodes: Sequence[Node],
    node: NodeReader,
    origin: str,
    key: LogPublicKey | None,
) -> LogFault | None:
    """Check that the log, this record included, leads to the head written with it."""
    try:
        if row.head is None:
            raise LogIntegrityError("The tree head is missing.")
        head = Checkpoint.parse(row.head)
        if (head.origin, head.size, head.root) != (origin, grown.size, grown.root):
            raise LogIntegrityError("The tree head written with it is another one.")
        if key:
            head.verify(key)
        if any(node(inner.level, inner.position) != inner.hash for inner in nodes[1:]):
            raise LogIntegrityError("The hashes stored for proofs are other ones.")
    except LogIntegrityError as error:
        message = f"The log was rewritten at or before record {row.index}: {error}"
        return LogFault("rewritten", row.index, row.stamp_id, message)
    return None
