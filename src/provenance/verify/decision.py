"""The decision: one of six states, by questions that are asked from the strongest down.

The table of cases in docs/verdicts.md is the specification of ``reach``, and its test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provenance.examine import LookupStatus
from provenance.stamp_id import StampId
from provenance.verify.evidence import Manifest, TimeBasis
from provenance.verify.reasons import Reason, Thresholds, Worth, judge_manifest, judge_mark
from provenance.verify.weighing import Weighed, WeighedMark

MAX_OVERLAP = 0.3
"""Share of the smaller of two parts that may lie in the other while both count as apart. A detector
finds the edge of a part to about a tenth of the picture; two marks on one picture overlap wholly.
"""


class State(StrEnum):
    """What the evidence amounts to."""

    ATTRIBUTED = "attributed"
    CONFLICT = "conflict"
    TAMPERED = "tampered"
    CLAIMED = "claimed"
    SIMILAR = "similar"
    NONE = "none"


class Match(StrEnum):
    """How the picture relates to what was signed."""

    EXACT = "exact"  # the very bytes: their SHA-256 is the one that was recorded
    BOUND = "bound"  # the bytes that the manifest's hard binding covers
    DERIVED = "derived"  # content that descends from a stamped picture


@dataclass(frozen=True)
class Origin:
    """A proved origin: this producer signed this statement. Set only for ``attributed``.

    All of it is signed except ``recorded``, which is the registry's word, and ``producer``, which
    is the name in the directory or in the certificate.
    """

    producer: str
    model: str | None
    model_version: str | None
    created: datetime | None
    recorded: datetime | None
    time_basis: TimeBasis
    source_type: str | None
    match: Match
    stamp_id: StampId | None


@dataclass(frozen=True)
class Proof:
    """What proves an origin: a manifest and, for derived content, its mark."""

    manifest: Manifest
    mark: WeighedMark | None = None

    @property
    def match(self) -> Match:
        """Whether the proof is about all bytes, those that are bound, or what they descend from."""
        if self.mark is not None:
            return Match.DERIVED
        return Match.EXACT if self.manifest.same_file else Match.BOUND

    @property
    def coverage(self) -> float:
        """The share of the picture that it is about."""
        return 1.0 if self.mark is None else self.mark.region.coverage

    def is_apart(self, other: Proof) -> bool:
        """Tell whether both are about different parts of the picture, as in a collage."""
        if self.mark is None or other.mark is None:
            return False
        return self.mark.region.overlap(other.mark.region) <= MAX_OVERLAP

    def covers(self, other: Proof) -> bool:
        """Tell whether the other proof is of the same stamp, or of a recorded ancestor of this one.

        The same stamp is the same 96 bits by the same producer: two may list one drawn number. An
        equal URN shows nothing: a signer chooses it.
        """
        if other is self:
            return True
        ours, theirs = self.manifest, other.manifest
        same_bits = theirs.payload is not None and theirs.payload == ours.payload
        same_stamp = same_bits and theirs.producer_name == ours.producer_name
        return same_stamp or (bool(theirs.urn) and theirs.urn in ours.ancestors)


@dataclass(frozen=True)
class Decision:
    """What the evidence amounts to, and why.

    Attributes
    ----------
    state
        One of the six states.
    origin
        Who, with what and when; None unless ``state`` is attributed.
    proof
        What proves the origin; None unless ``state`` is attributed.
    proofs
        All proofs of an origin: ``proof`` and those of its ancestors, or in a conflict all of them.
    reasons
        The judgement on each piece: the embedded manifest first, then the marks in order.
    """

    state: State
    origin: Origin | None
    proof: Proof | None
    proofs: tuple[Proof, ...]
    reasons: tuple[Reason, ...]

    @property
    def beside(self) -> tuple[Proof, ...]:
        """The proofs that are about other parts of the picture than ``proof``."""
        proof = self.proof
        return tuple(each for each in self.proofs if proof is not None and each.is_apart(proof))


def reach(weighed: Weighed, thresholds: Thresholds, *, alike: bool) -> Decision:
    """Decide; ``alike`` says whether recorded pictures look like this one.

    Proved beats unproved. The first yes decides, so adding something weaker than a proof to a
    picture can't erase the proof.
    """
    reasons = _judge_pieces(weighed, thresholds)
    worths = {reason.worth for reason in reasons}
    proofs = _collect_proofs(weighed, reasons)
    proof = _find_newest(proofs)
    if proof is not None:
        state = State.ATTRIBUTED
    elif proofs or Worth.CONTRADICTS in worths:
        state = State.CONFLICT
    elif Worth.DAMAGED in worths:
        state = State.TAMPERED
    elif Worth.CLAIMS in worths:
        state = State.CLAIMED
    else:
        resembles = alike or Worth.RESEMBLES in worths
        state = State.SIMILAR if resembles else State.NONE
    return Decision(state, _state_origin(proof, weighed) if proof else None, proof, proofs, reasons)


def _judge_pieces(weighed: Weighed, thresholds: Thresholds) -> tuple[Reason, ...]:
    """Judge every piece on its own: the embedded manifest first, then each mark."""
    manifest = () if weighed.manifest is None else (judge_manifest(weighed.manifest, thresholds),)
    return *manifest, *(judge_mark(mark, thresholds) for mark in weighed.marks)


def _collect_proofs(weighed: Weighed, reasons: Sequence[Reason]) -> tuple[Proof, ...]:
    """Collect the proofs of an origin: of signed bytes first, then of what descends from them."""
    own = [(weighed.manifest, None)] if weighed.manifest else []
    pieces = [*own, *((mark.manifest, mark) for mark in weighed.marks)]
    return tuple(
        Proof(manifest, mark)
        for (manifest, mark), reason in zip(pieces, reasons, strict=True)
        if manifest is not None and reason.worth is Worth.PROVES
    )


def _find_newest(proofs: Sequence[Proof]) -> Proof | None:
    """Return the proof that covers all others; None when there is none, or proofs contradict.

    What is about another part of the picture contradicts nothing; then the largest part counts.
    """
    found = (
        proof
        for proof in proofs
        if all(proof.covers(other) or proof.is_apart(other) for other in proofs)
    )
    return max(found, key=lambda proof: proof.coverage, default=None)


def _state_origin(proof: Proof, weighed: Weighed) -> Origin:
    """State the proved origin."""
    manifest = proof.manifest
    recorded = (
        mark.lookup.recorded
        for mark in weighed.marks
        if mark.record is LookupStatus.FOUND
        and mark.repeated
        and mark.found.payload == manifest.payload
    )
    return Origin(
        producer=manifest.producer_name,
        model=manifest.model or None,
        model_version=manifest.model_version or None,
        created=manifest.created,
        recorded=next(recorded, None),
        time_basis=manifest.time_basis,
        source_type=manifest.source_type or None,
        match=proof.match,
        stamp_id=StampId.from_payload(manifest.payload) if manifest.payload else None,
    )
