"""The Merkle tree of RFC 6962 / RFC 9162: pure functions over hashes, no storage.

A tree of any size splits into complete subtrees, and a complete subtree never changes again. A
registry stores the hash of each as a *node* ``(level, position)``, which covers the leaves
``position << level`` up to ``(position + 1) << level``; with them an append, a root and a proof
read a number of hashes logarithmic in the size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from provenance.errors import LogIntegrityError, RegistryError

HASH_BYTES = 32
"""What a SHA-256 has."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The tree head of a log without entries, by RFC 6962."""

MAX_SIZE = 2**62
"""Entries. So many are beyond any disk, and databases count rows in signed 64 bits."""

MAX_PROOF_HASHES = MAX_SIZE.bit_length() + 1
"""A path is never longer than the tree is high, and a consistency proof has one hash more."""

NodeReader = Callable[[int, int], bytes]
"""Returns the hash of the complete subtree at (level, position)."""


def hash_leaf(data: bytes) -> bytes:
    """Hash a leaf; the prefix keeps a leaf from passing for a node."""
    return hashlib.sha256(b"\x00" + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Hash an inner node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Node:
    """The hash of one complete subtree and where it lies."""

    level: int
    position: int
    hash: bytes


def list_peaks(size: int) -> list[tuple[int, int]]:
    """List level and position of the complete subtrees that a tree consists of, largest first."""
    levels = [level for level in reversed(range(size.bit_length())) if size >> level & 1]
    return [(level, (size >> level) - 1) for level in levels]


@dataclass(frozen=True)
class Frontier:
    """The growing edge of a tree: the roots of its complete subtrees, largest first.

    There is one per 1 bit of ``size``; nothing else of the past is needed to append.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    @classmethod
    def read(cls, size: int, node: NodeReader) -> Frontier:
        """Load the frontier of a stored tree."""
        return cls(size, tuple(node(*place) for place in list_peaks(size)))

    def append(self, leaf: bytes) -> tuple[Frontier, list[Node]]:
        """Add a leaf hash; also return the nodes that it completes, the leaf itself first."""
        nodes = [Node(0, self.size, leaf)]
        peaks = list(self.peaks)
        while self.size >> nodes[-1].level & 1:
            level = nodes[-1].level + 1
            nodes.append(Node(level, self.size >> level, hash_node(peaks.pop(), nodes[-1].hash)))
        return Frontier(self.size + 1, (*peaks, nodes[-1].hash)), nodes

    @property
    def root(self) -> bytes:
        """The tree head."""
        if not self.peaks:
            return EMPTY_ROOT
        root, *larger = reversed(self.peaks)
        for peak in larger:
            root = hash_node(peak, root)
        return root


def root(size: int, node: NodeReader) -> bytes:
    """Compute the tree head over the first ``size`` leaves."""
    return Frontier.read(size, node).root


def prove_inclusion(index: int, size: int, node: NodeReader) -> tuple[bytes, ...]:
    """Collect the hashes that lead from leaf ``index`` to the root of the tree of ``size`` leaves.

    Raises
    ------
    RegistryError
        There is no such leaf.
    """
    if not 0 <= index < size:
        raise RegistryError(f"A log of {size} records has no record number {index}.")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        split = start + _count_left(end - start)
        if index < split:
            proof.append(_hash_subtree(split, end, node))
            end = split
        else:
            proof.append(_hash_subtree(start, split, node))
            start = split
    return tuple(reversed(proof))


def prove_consistency(old: int, new: int, node: NodeReader) -> tuple[bytes, ...]:
    """Collect the hashes that show the tree of ``old`` leaves to begin the one of ``new``.

    Raises
    ------
    RegistryError
        ``old`` exceeds ``new``.
    """
    if not 0 <= old <= new:
        raise RegistryError(f"A log of {new} records has no earlier state of {old} records.")
    if old in (0, new):
        return ()
    proof: list[bytes] = []
    start, end = 0, new
    while end != old:
        split = start + _count_left(end - start)
        if old <= split:
            proof.append(_hash_subtree(split, end, node))
            end = split
        else:
            proof.append(_hash_subtree(start, split, node))
            start = split
    if start:  # else the old root itself, which the verifier has
        proof.append(_hash_subtree(start, end, node))
    return tuple(reversed(proof))


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that ``leaf`` is number ``index`` in the tree of ``size`` leaves (RFC 9162, 2.1.3.2).

    Raises
    ------
    LogIntegrityError
        It is not, or the proof is malformed.
    """
    _check_shape(proof, leaf, root)
    if not 0 <= index < size <= MAX_SIZE:
        raise LogIntegrityError(f"A log of {size} records can't hold record number {index}.")
    computed, node, last = leaf, index, size - 1
    for sibling in proof:
        if last == 0:
            raise LogIntegrityError("The inclusion proof is too long for the log's size.")
        if node & 1 or node == last:
            computed = hash_node(sibling, computed)
            while not node & 1 and node:  # the right edge skips levels without a sibling
                node, last = node >> 1, last >> 1
        else:
            computed = hash_node(computed, sibling)
        node, last = node >> 1, last >> 1
    if last != 0 or computed != root:
        raise LogIntegrityError("The record is not part of the log that the checkpoint names.")


def verify_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Check that the tree of ``new`` leaves only adds to that of ``old`` (RFC 9162, 2.1.4.2).

    Raises
    ------
    LogIntegrityError
        It does not, or the proof is malformed.
    """
    _check_shape(proof, old_root, new_root)
    if not 0 <= old <= new <= MAX_SIZE:
        raise LogIntegrityError(
            f"The log shrank from {old} to {new} entries, as when an older backup is restored."
        )
    if old in (0, new):
        expected = EMPTY_ROOT if old == 0 else new_root
        if proof or old_root != expected:
            raise LogIntegrityError(
                "The log's past was rewritten: its earlier state is not the one seen."
            )
        return
    if _replay(old, new, proof, old_root) != (old_root, new_root):
        raise LogIntegrityError("The log's past was rewritten: it does not extend its old state.")


def _replay(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes
) -> tuple[bytes, bytes] | None:
    """Return both roots to which the proof leads, or None when its length does not fit."""
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    if not path:
        return None
    old_computed = new_computed = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            old_computed = hash_node(sibling, old_computed)
            new_computed = hash_node(sibling, new_computed)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new_computed = hash_node(new_computed, sibling)
        node, last = node >> 1, last >> 1
    return (old_computed, new_computed) if last == 0 else None


def _check_shape(proof: Sequence[bytes], *roots: bytes) -> None:
    """Refuse what no tree can have before a single hash is computed."""
    if len(proof) > MAX_PROOF_HASHES:
        raise LogIntegrityError(f"A proof of {len(proof)} hashes is longer than any log needs.")
    if any(len(item) != HASH_BYTES for item in (*proof, *roots)):
        raise LogIntegrityError(f"A hash in the proof is not {HASH_BYTES} bytes long.")


def _count_left(width: int) -> int:
    """Count the leaves under the left child: the largest power of two below ``width``."""
    return 1 << (width - 1).bit_length() - 1


def _hash_subtree(start: int, end: int, node: NodeReader) -> bytes:
    """Hash the leaves from ``start`` to ``end``; ``start`` is where RFC 6962 would split."""
    width = end - start
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return node(level, start >> level)
    split = start + _count_left(width)
    return hash_node(_hash_subtree(start, split, node), _hash_subtree(split, end, node))
