"""The verdict, and `decide`: the pure function from evidence to one of six states.

The table of cases in docs/verdicts.md is this module's specification and its test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from provenance.stamp_id import StampId
from provenance.verify import explain, findings, serialise
from provenance.verify.evidence import Evidence, Record
from provenance.verify.judge import (
    DEFAULT_POLICY,
    DecisionPolicy,
    Reason,
    Worth,
    judge_manifest,
    judge_mark,
)
from provenance.verify.outcome import Origin, Proof, State

if TYPE_CHECKING:
    from provenance.verify.policy import Policy


@dataclass(frozen=True)
class Verdict:
    """What one picture's evidence amounts to. Never a yes or a no: read `state`, or `require`.

    Attributes
    ----------
    state
        One of the six states.
    origin
        Who, with what and when; None unless `state` is attributed.
    evidence
        Every finding, with its basis, its error rate and what it does not prove.
    proof
        What proves the origin; None unless `state` is attributed.
    proofs
        All that prove an origin: with `proof` also its ancestors', in a conflict those that differ.
    reasons
        What each piece was judged to be: the embedded manifest first, then the marks in order.
    facts
        The evidence as gathered, and `policy` the numbers it was judged by.
    """

    state: State
    origin: Origin | None
    evidence: tuple[findings.Finding, ...]
    proof: Proof | None
    proofs: tuple[Proof, ...]
    reasons: tuple[Reason, ...]
    facts: Evidence
    policy: DecisionPolicy

    def __bool__(self) -> NoReturn:
        raise TypeError("A verdict is not a yes or a no: compare .state or call .require(policy).")

    def explain(self) -> str:
        """Say in plain words what was found, what that proves and what it does not."""
        return explain.text(self)

    def require(self, policy: Policy) -> None:
        """Insist on a policy.

        Raises
        ------
        VerificationError
            The verdict does not meet the policy.
        """
        policy.check(self)

    def to_json_dict(self, source: str | None = None) -> dict[str, Any]:
        """Return the object that ``verify --json`` prints; ``source`` is the input's name."""
        return serialise.verdict(self, source)


def decide(evidence: Evidence, policy: DecisionPolicy = DEFAULT_POLICY) -> Verdict:
    """Judge evidence; pure, and total over every evidence there can be.

    Proved beats unproved: the questions are asked from the strongest down and the first yes
    decides, so that nothing weaker than a proof can erase it by being added to a picture.
    """
    reasons = _reasons(evidence, policy)
    worths = {reason.worth for reason in reasons}
    proofs = _proofs(evidence, reasons)
    proof = _newest(proofs)
    if proof is not None:
        state = State.ATTRIBUTED
    elif proofs or Worth.CONTRADICTS in worths:
        state = State.CONFLICT
    elif Worth.DAMAGED in worths:
        state = State.TAMPERED
    elif Worth.CLAIMS in worths:
        state = State.CLAIMED
    elif evidence.similar:
        state = State.SIMILAR
    else:
        state = State.NONE
    origin = _origin(proof, evidence) if proof else None
    found = findings.of(evidence, reasons, policy)
    return Verdict(state, origin, found, proof, proofs, reasons, evidence, policy)


def _reasons(evidence: Evidence, policy: DecisionPolicy) -> tuple[Reason, ...]:
    """Judge every piece on its own: the embedded manifest first, then each mark."""
    manifest = () if evidence.manifest is None else (judge_manifest(evidence.manifest, policy),)
    return *manifest, *(judge_mark(mark, policy) for mark in evidence.marks)


def _proofs(evidence: Evidence, reasons: Sequence[Reason]) -> tuple[Proof, ...]:
    """Collect what proves an origin, the signed bytes before what descends from them."""
    candidates = [(evidence.manifest, None)] if evidence.manifest else []
    pieces = [*candidates, *((mark.manifest, mark) for mark in evidence.marks)]
    return tuple(
        Proof(manifest, mark)
        for (manifest, mark), reason in zip(pieces, reasons, strict=True)
        if manifest is not None and reason.worth is Worth.PROVES
    )


def _newest(proofs: Sequence[Proof]) -> Proof | None:
    """Return the proof that covers all others; None when there is none or they contradict."""
    return next((proof for proof in proofs if all(map(proof.covers, proofs))), None)


def _origin(proof: Proof, evidence: Evidence) -> Origin:
    """State the proved origin."""
    manifest = proof.manifest
    recorded = (
        mark.recorded
        for mark in evidence.marks
        if mark.record is Record.FOUND and mark.repeated and mark.payload == manifest.payload
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
        stamp_id=StampId.of(manifest.payload) if manifest.payload else None,
    )
