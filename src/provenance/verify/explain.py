"""A verdict in plain words: the verdict in one line, then what it means, then the findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from provenance.text import listed, percent, quoted, when
from provenance.verify import sentences
from provenance.verify.outcome import Match, Origin, Proof, State

if TYPE_CHECKING:
    from provenance.verify.verdict import Verdict


def text(verdict: Verdict) -> str:
    """Write the whole explanation."""
    lines = [headline(verdict), *_meaning(verdict)]
    if verdict.evidence:
        lines += ["", "Findings:"]
    for finding in verdict.evidence:
        said = f" It says: {finding.says}." if finding.says else ""
        lines.append(f"- {finding.layer}: {finding.finding}{said}")
    return "\n".join(lines)


def headline(verdict: Verdict) -> str:
    """Write the first line: the verdict in words."""
    match verdict.state:
        case State.ATTRIBUTED:
            return _attributed(verdict)
        case State.CONFLICT:
            return _conflict(verdict)
        case State.TAMPERED:
            return sentences.TAMPERED
        case State.CLAIMED:
            return sentences.CLAIMED.format(says=_says(verdict))
        case State.SIMILAR:
            return sentences.SIMILAR
        case State.NONE:
            return sentences.NONE


def _attributed(verdict: Verdict) -> str:
    """Name the origin, and which part of the picture it is the origin of."""
    proof = verdict.proof
    producer = quoted(proof.manifest.producer_name) if proof else ""
    if proof is None or proof.mark is None:
        return sentences.EXACT.format(producer=producer)
    share, picture = proof.mark.region.coverage, sentences.WHOLE
    if share < verdict.policy.whole_from:
        picture = sentences.PART.format(share=percent(share))
    return sentences.DERIVED.format(picture=picture, producer=producer)


def _conflict(verdict: Verdict) -> str:
    if verdict.proofs:
        return sentences.TWO_ORIGINS.format(origins=_origins(verdict.proofs))
    why = [sentences.WHY[r] for r in dict.fromkeys(verdict.reasons) if r in sentences.WHY]
    return sentences.CONTRADICTION.format(why="; ".join(why))


def _meaning(verdict: Verdict) -> Iterator[str]:
    """Say what the verdict proves, and what it does not."""
    if verdict.state is State.TAMPERED and (says := _says(verdict)):
        yield sentences.CLAIMED.format(says=says)
    origin = verdict.origin
    if origin is None:
        return
    producer = quoted(origin.producer)
    yield _statement(origin)
    yield sentences.SIGNED_THIS.format(producer=producer)
    if origin.match is Match.DERIVED:
        yield sentences.LATER_CHANGES.format(producer=producer)
    if ancestors := [p for p in verdict.proofs if verdict.proof and not p.covers(verdict.proof)]:
        yield sentences.ANCESTORS.format(origins=_origins(ancestors))


def _statement(origin: Origin) -> str:
    """Repeat what the proved producer states."""
    model = " ".join(filter(None, (origin.model, origin.model_version)))
    source = f"; kind of source: {quoted(origin.source_type)}" if origin.source_type else ""
    return sentences.STATES.format(
        producer=quoted(origin.producer),
        model=f"with {quoted(model)}" if model else "with no model named",
        time=when(origin.created),
        source=source,
    )


def _origins(proofs: Iterable[Proof]) -> str:
    return listed(
        [f"{quoted(p.manifest.producer_name)} ({when(p.manifest.created)})" for p in proofs]
    )


def _says(verdict: Verdict) -> str:
    return "; ".join(dict.fromkeys(f.says for f in verdict.evidence if f.says))
