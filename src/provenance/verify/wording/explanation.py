"""A verdict in plain words: the verdict in one line, then what it means, then the findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from provenance.manifest import SummaryItem
from provenance.text import format_percent, format_time, join_names, quote
from provenance.verify.decision import Decision, Match, Origin, Proof, State
from provenance.verify.reasons import Thresholds
from provenance.verify.wording import sentences
from provenance.verify.wording.findings import Finding
from provenance.verify.wording.history import tell_history


def write(
    decision: Decision,
    findings: Sequence[Finding],
    thresholds: Thresholds,
    summary: Sequence[SummaryItem] = (),
) -> str:
    """Write the whole explanation; ``summary`` is what the manifests say of the picture's past."""
    says = "; ".join(dict.fromkeys(finding.says for finding in findings if finding.says))
    lines = [
        _write_headline(decision, says, thresholds),
        *_write_meaning(decision, says),
        *tell_history(summary, decision.proof.manifest if decision.proof else None),
    ]
    if findings:
        lines += ["", "Findings:"]
    for finding in findings:
        said = f" It says: {finding.says}." if finding.says else ""
        lines.append(f"- {finding.layer}: {finding.finding}{said}")
    return "\n".join(lines)


def _write_headline(decision: Decision, says: str, thresholds: Thresholds) -> str:
    """Write the first line: the verdict in words."""
    match decision.state:
        case State.ATTRIBUTED:
            return _describe_attribution(decision, thresholds)
        case State.CONFLICT:
            return _describe_conflict(decision)
        case State.TAMPERED:
            return sentences.TAMPERED
        case State.CLAIMED:
            return sentences.CLAIMED.format(says=says) if says else sentences.CLAIMED_SILENTLY
        case State.SIMILAR:
            return sentences.SIMILAR
        case State.NONE:
            return sentences.NONE


def _describe_attribution(decision: Decision, thresholds: Thresholds) -> str:
    """Name the origin, and the part of the picture that it is the origin of."""
    proof = decision.proof
    producer = quote(proof.manifest.producer_name) if proof else ""
    if proof is None or proof.mark is None:
        exact = proof is not None and proof.match is Match.EXACT
        return (sentences.EXACT if exact else sentences.BOUND).format(producer=producer)
    share, picture = proof.mark.region.coverage, sentences.WHOLE
    if share < thresholds.whole_from:
        picture = sentences.PART.format(share=format_percent(share))
    return sentences.DERIVED.format(picture=picture, producer=producer)


def _describe_conflict(decision: Decision) -> str:
    if decision.proofs:
        return sentences.TWO_ORIGINS.format(origins=_list_origins(decision.proofs))
    why = [sentences.WHY[r] for r in dict.fromkeys(decision.reasons) if r in sentences.WHY]
    return sentences.CONTRADICTION.format(why="; ".join(why))


def _write_meaning(decision: Decision, says: str) -> Iterator[str]:
    """Say what the verdict proves, and what it does not."""
    if decision.state is State.TAMPERED and says:
        yield sentences.CLAIMED.format(says=says)
    origin = decision.origin
    if origin is None:
        return
    producer = quote(origin.producer)
    yield _repeat_statement(origin)
    yield sentences.SIGNED_THIS.format(producer=producer)
    if origin.match is Match.DERIVED:
        yield sentences.LATER_CHANGES.format(producer=producer)
    if ancestors := [p for p in decision.proofs if decision.proof and not p.covers(decision.proof)]:
        yield sentences.ANCESTORS.format(origins=_list_origins(ancestors))


def _repeat_statement(origin: Origin) -> str:
    """Repeat what the proved producer states."""
    model = " ".join(filter(None, (origin.model, origin.model_version)))
    source = f"; kind of source: {quote(origin.source_type)}" if origin.source_type else ""
    sentence = sentences.STATES if model else sentences.STATES_NO_MODEL
    return sentence.format(
        producer=quote(origin.producer),
        model=quote(model),
        time=format_time(origin.created),
        source=source,
    )


def _list_origins(proofs: Iterable[Proof]) -> str:
    return join_names(
        [f"{quote(p.manifest.producer_name)} ({format_time(p.manifest.created)})" for p in proofs]
    )
