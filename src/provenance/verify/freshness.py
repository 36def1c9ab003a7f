"""How fresh a verdict is: on whose word a stamp is not revoked, and as of when that is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provenance.examine import LookupStatus
from provenance.verify.decision import Decision
from provenance.verify.evidence import Age, Evidence, Lookup, Manifest
from provenance.verify.weighing import Weighed


class Word(StrEnum):
    """On whose word it rests that a stamp is not revoked."""

    REGISTRY = "registry"  # it was asked during this examination
    MIRROR = "mirror"  # a copy of it was asked, which was brought up to date some time ago
    RESPONSE = "response"  # what a producer answered some time ago
    UNCHECKED = "unchecked"
    NO_STAMP = "no stamp"  # a third party's manifest, or no evidence at all


BELIED = frozenset({"registry.log_integrity", "revocation.refused"})
"""What a registry that was asked must not have shown, if its silence is to count: it lost or
rewrote entries, or holds a revocation that was not used."""


@dataclass(frozen=True)
class Freshness:
    """What a verdict knows of revocations, and since when it knows no more.

    ``as_of`` is the time up to which the stamp's registry was heard. ``directory`` is the one that
    lists the producer, None where no directory does.
    """

    revocation: Word = Word.NO_STAMP
    as_of: datetime | None = None
    directory: Age | None = None


def judge_freshness(evidence: Evidence, weighed: Weighed, decision: Decision) -> Freshness:
    """Judge by the manifest that proves the origin, or else by the first for a stamp."""
    manifest, lookup = _choose(evidence, weighed, decision)
    if manifest is None:
        return Freshness()
    listed = (each for each in evidence.directories if each.sha256 in manifest.listed_by)
    directory = next(listed, None)
    if manifest.payload is None:
        return Freshness(directory=directory)
    belied = not BELIED.isdisjoint(note.code for note in evidence.notes)
    if lookup.status is LookupStatus.FOUND and not manifest.other_log and not belied:
        if evidence.log is not None and evidence.log.synced is not None:
            return Freshness(Word.MIRROR, evidence.log.synced, directory)
        return Freshness(Word.REGISTRY, evidence.examined_at, directory)
    heard = [each.as_of for each in manifest.replies if each.lookup.status is LookupStatus.FOUND]
    word = Word.RESPONSE if heard else Word.UNCHECKED
    return Freshness(word, max(heard, default=None), directory)


def _choose(
    evidence: Evidence, weighed: Weighed, decision: Decision
) -> tuple[Manifest | None, Lookup]:
    """Choose a manifest, with what the registry said of its stamp when it was asked here."""
    proof = decision.proof
    if proof is not None and proof.mark is not None:
        return proof.manifest, proof.mark.found.lookup
    own = proof.manifest if proof is not None else weighed.manifest
    if own is not None:
        return own, evidence.lookup
    marks = (mark for mark in weighed.marks if mark.manifest is not None)
    mark = next(marks, None)
    return (mark.manifest, mark.found.lookup) if mark else (None, Lookup())
