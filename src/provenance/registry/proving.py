"""Proofs of one entry, from any back end."""

from __future__ import annotations

from provenance.registry.base import Inclusion, Registry
from provenance.registry.checkpoint import Checkpoint
from provenance.registry.leaf import encode_leaf
from provenance.registry.proof_files import InclusionProof
from provenance.registry.revocation import encode_revocation
from provenance.stamp_id import StampId


def prove_stamp(
    registry: Registry, stamp_id: StampId, at: Checkpoint | None = None
) -> InclusionProof | None:
    """Prove that the log holds a stamp's record; None where there is no such stamp.

    Raises
    ------
    LogIntegrityError
        The log does not hold the record as it is now.
    """
    record, store = registry.by_id(stamp_id), registry.manifest_store(stamp_id)
    inclusion = registry.inclusion(stamp_id, at)
    if record is None or store is None or inclusion is None:
        return None
    return _join(encode_leaf(record, store), inclusion)


def prove_revocation(
    registry: Registry, stamp_id: StampId, at: Checkpoint | None = None
) -> InclusionProof | None:
    """Prove that the log holds a stamp's revocation; None where there is none.

    Raises
    ------
    LogIntegrityError
        The log does not hold the revocation as it is now.
    """
    revocation = registry.revocation(stamp_id)
    inclusion = registry.revocation_inclusion(stamp_id, at)
    if revocation is None or inclusion is None:
        return None
    return _join(encode_revocation(revocation), inclusion)


def _join(entry: bytes, inclusion: Inclusion) -> InclusionProof:
    proof = InclusionProof(entry, inclusion.index, inclusion.proof, inclusion.checkpoint)
    proof.verify()
    return proof
