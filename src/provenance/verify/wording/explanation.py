"""A verdict in plain words: the verdict in one line, then what it means, then the findings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from provenance.language import Message, Said, join
from provenance.source_types import describe_source
from provenance.text import format_percent, format_time, join_names, quote
from provenance.verify.decision import Decision, Match, Origin, Proof, State
from provenance.verify.of_films import FilmSeen
from provenance.verify.past import PastItem, is_strange
from provenance.verify.reasons import Reason, Thresholds, Worth
from provenance.verify.weighing import Weighed
from provenance.verify.wording import sentences
from provenance.verify.wording.finding import Finding
from provenance.verify.wording.frames import describe_frames
from provenance.verify.wording.history import tell_history


def write(opening: Iterable[str], findings: Sequence[Finding]) -> Said:
    """Write the whole explanation: what the verdict means, then every finding."""
    found = join((sentences.FINDINGS, *map(_write_finding, findings)), "\n") if findings else ""
    return join((join(opening, "\n"), found), "\n\n")


def write_opening(
    decision: Decision,
    findings: Sequence[Finding],
    thresholds: Thresholds,
    weighed: Weighed,
    film: FilmSeen | None = None,
    past: Sequence[PastItem] = (),
    fresh: Iterable[Said] = (),
) -> tuple[Said, ...]:
    """Write the verdict in one line, and in further ones what it means.

    ``film`` says how much of one was looked at, ``past`` is what manifests say of a past, and
    ``fresh`` says how old what is known of revocations is.
    """
    says = _join_sayings(findings)
    codes = {code for finding in findings for code in finding.codes}
    proved = decision.proof.manifest if decision.proof else None
    return (
        _write_headline(decision, says, thresholds, weighed, film),
        *_write_meaning(decision, says, codes),
        *fresh,
        *(() if is_strange(decision) and proved is None else tell_history(past, proved)),
    )


def describe_state(state: State) -> Message:
    """Name a state in a word."""
    return sentences.STATE_NAMES[state]


def describe_layer(layer: str) -> Message:
    """Name the layer of a finding in words."""
    return sentences.LAYERS[layer]


def _write_finding(finding: Finding) -> Said:
    layer = describe_layer(finding.layer)
    said = sentences.IT_SAYS.format(says=finding.says) if finding.says else ""
    return join(("- ", layer, ": ", finding.finding, said and " ", said), "")


def _join_sayings(findings: Sequence[Finding]) -> Said | str:
    """Say what is stated but not proved; what only a record holds is not what the file says."""
    said = [(finding.layer, finding.says) for finding in findings if finding.says]
    own = dict.fromkeys(says for layer, says in said if layer != "registry")
    recorded = [says for says in dict.fromkeys(says for _, says in said) if says not in own]
    if not own or not recorded:
        return join(own or recorded, "; ")
    return sentences.RECORDED.format(says=join(own, "; "), recorded=join(recorded, "; "))


def _write_headline(
    decision: Decision,
    says: str,
    thresholds: Thresholds,
    weighed: Weighed,
    film: FilmSeen | None,
) -> Said:
    """Write the first line: the verdict in words."""
    match decision.state:
        case State.ATTRIBUTED:
            return _describe_attribution(decision, thresholds, film)
        case State.CONFLICT:
            return _describe_conflict(decision)
        case State.TAMPERED:
            return sentences.TAMPERED
        case State.CLAIMED:
            return _describe_claim(decision, says, thresholds, weighed)
        case State.SIMILAR:
            return sentences.SIMILAR
        case State.NONE:
            return sentences.NONE


def _describe_claim(
    decision: Decision, says: str, thresholds: Thresholds, weighed: Weighed
) -> Said:
    """Repeat what the file says, or its sidecar, or the mark on a part of the picture."""
    if not says:
        return sentences.CLAIMED_SILENTLY
    own = weighed.manifest
    if own is not None and decision.reasons[0].worth is Worth.CLAIMS:
        sentence = sentences.CLAIMED_BESIDE if own.beside else sentences.CLAIMED
        return sentence.format(says=says)
    share = max((mark.region.coverage for mark in weighed.marks), default=1.0)
    if share < thresholds.whole_from:
        return sentences.CLAIMED_PART.format(share=format_percent(share), says=says)
    return sentences.CLAIMED.format(says=says)


def _describe_attribution(
    decision: Decision, thresholds: Thresholds, film: FilmSeen | None
) -> Said:
    """Name the origin, and the part of the picture that it is the origin of."""
    proof = decision.proof
    producer: str = quote(proof.manifest.producer_name) if proof else ""
    if proof is None or proof.mark is None:
        return _describe_file(proof, producer)
    share = proof.mark.region.coverage
    if film is not None:
        return describe_frames(proof, producer, film, thresholds)
    picture: Said = sentences.WHOLE
    if share < thresholds.whole_from:
        picture = sentences.PART.format(share=format_percent(share))
    return sentences.DERIVED.format(picture=picture, producer=producer)


def _describe_file(proof: Proof | None, producer: str) -> Said:
    """Say how far the bytes of the file are what was signed."""
    if proof is None or proof.match is Match.EXACT:
        return sentences.EXACT.format(producer=producer)
    parts = [sentences.PARTS[each.kind] for each in proof.manifest.coverage.extra]
    sentence = sentences.BOUND_IN_PART if parts else sentences.BOUND
    parts = list(dict.fromkeys(parts))
    return sentence.format(producer=producer, parts=join_names(parts) if parts else "")


def _describe_conflict(decision: Decision) -> Said:
    if decision.proofs:
        return sentences.TWO_ORIGINS.format(origins=_list_origins(decision.proofs))
    why = [sentences.WHY[r] for r in dict.fromkeys(decision.reasons) if r in sentences.WHY]
    return sentences.CONTRADICTION.format(why=join(why, "; "))


def _write_meaning(decision: Decision, says: str, codes: Collection[str]) -> Iterator[Said]:
    """Say what the verdict proves, and what it does not."""
    if decision.state is State.TAMPERED and says:
        yield sentences.CLAIMED.format(says=says)
    origin = decision.origin
    if origin is None:
        withdrawn = (r for r in dict.fromkeys(decision.reasons) if r in sentences.WITHDRAWN)
        yield from (sentences.WITHDRAWN[reason] for reason in withdrawn)
        if Reason.STAMP_REVOKED in decision.reasons and "revocation.broken_log" in codes:
            yield sentences.REVOKED_IN_BROKEN_LOG
        return
    producer = quote(origin.producer)
    yield _repeat_statement(origin)
    yield sentences.SIGNED_THIS.format(producer=producer)
    if decision.proof and decision.proof.manifest.self_named:
        yield sentences.SELF_NAMED.format(producer=producer)
    if "revocation.refused" in codes:
        yield sentences.REVOCATION_UNPROVED
    if origin.match is Match.DERIVED:
        yield sentences.LATER_CHANGES.format(producer=producer)
    for each in decision.beside:
        yield sentences.OTHER_PART.format(
            share=format_percent(each.coverage), producer=quote(each.manifest.producer_name)
        )
    proof, apart = decision.proof, decision.beside
    rest = [each for each in decision.proofs if each not in apart]
    if ancestors := [each for each in rest if proof and not each.covers(proof)]:
        yield sentences.ANCESTORS.format(origins=_list_origins(ancestors))


def _repeat_statement(origin: Origin) -> Said:
    """Repeat what the proved producer states."""
    model = " ".join(filter(None, (origin.model, origin.model_version)))
    kind = origin.source_type and describe_source(origin.source_type)
    sentence = sentences.STATES if model else sentences.STATES_NO_MODEL
    return sentence.format(
        producer=quote(origin.producer),
        model=quote(model),
        time=format_time(origin.created),
        source=sentences.SOURCE.format(kind=kind) if kind else "",
    )


def _list_origins(proofs: Iterable[Proof]) -> Said:
    names = (
        join((quote(p.manifest.producer_name), " (", format_time(p.manifest.created), ")"), "")
        for p in proofs
    )
    return join_names(list(dict.fromkeys(names)))
