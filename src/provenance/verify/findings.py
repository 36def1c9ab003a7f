"""Each piece of evidence as a finding: what it is, how sure that is, and what it does not prove."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provenance.geometry import Region
from provenance.manifest.codes import is_identity_problem
from provenance.text import listed, odds, percent, quoted, when
from provenance.verify import sentences
from provenance.verify.evidence import (
    Comparison,
    Content,
    Evidence,
    Integrity,
    Manifest,
    Mark,
    Note,
    Record,
    Similar,
    TimeBasis,
)
from provenance.verify.judge import DecisionPolicy, Reason


@dataclass(frozen=True)
class Finding:
    """One finding as reports and JSON show it.

    Attributes
    ----------
    layer
        ``manifest``, ``watermark``, ``fingerprint`` or ``registry``.
    finding
        What was found, on what basis and with which error rate, and what it does not prove.
    says
        What the file or the mark merely says about its origin; not proved by this finding.
    codes
        Stable codes, ours and C2PA's.
    region
        The part of the picture that a mark speaks of.
    false_positive_probability
        Chance of reading such a mark in a picture that carries none.
    """

    layer: str
    finding: str
    says: str | None = None
    codes: tuple[str, ...] = ()
    region: Region | None = None
    false_positive_probability: float | None = None


def of(
    evidence: Evidence, reasons: Sequence[Reason], policy: DecisionPolicy
) -> tuple[Finding, ...]:
    """Write down every piece of evidence; ``reasons`` are in the order they were judged in."""
    return tuple(_each(evidence, iter(reasons), policy))


def _each(
    evidence: Evidence, reasons: Iterator[Reason], policy: DecisionPolicy
) -> Iterator[Finding]:
    if evidence.manifest is not None:
        yield _embedded(evidence.manifest, next(reasons))
        yield from _whole(evidence.manifest)
    for mark in evidence.marks:
        reason = next(reasons)
        yield _watermark(mark, policy)
        yield from _record(mark)
        yield from _lead(mark, reason)
        yield from _fingerprint(mark, reason)
    if evidence.similar:
        yield _similar(evidence.similar)
    yield from map(_note, evidence.notes)


def _embedded(manifest: Manifest, reason: Reason) -> Finding:
    damaged = reason is Reason.DAMAGED
    found = sentences.DAMAGED[manifest.integrity] if damaged else sentences.MANIFEST[reason]
    limit = sentences.DIGESTS if damaged else _worth_of_signature(manifest)
    return Finding(
        "manifest",
        _joined(
            _filled(found, manifest),
            *_trusted_by(manifest),
            *_later(manifest),
            _parents(manifest),
            limit,
        ),
        says=None if reason is Reason.PROVED else _manifest_says(manifest),
        codes=(f"manifest.{reason}", *manifest.codes, *manifest.ancestor_codes),
    )


def _watermark(mark: Mark, policy: DecisionPolicy) -> Finding:
    share = mark.region.coverage
    text = sentences.MARK.format(
        kind="a private mark" if mark.private else "the public mark",
        writer="Whoever holds its key" if mark.private else "Anyone",
        stamp_id=mark.stamp_id,
        part="a part of it, about " if share < policy.whole_from else "",
        share=percent(share),
        odds=odds(mark.false_positive_probability),
    )
    return Finding(
        "watermark",
        text,
        says=_mark_says(mark, policy),
        codes=(f"watermark.{'private' if mark.private else 'public'}",),
        region=mark.region,
        false_positive_probability=mark.false_positive_probability,
    )


def _record(mark: Mark) -> Iterator[Finding]:
    """Say so when the registry has nothing that could be used."""
    if mark.record is Record.NONE:
        yield Finding("registry", sentences.NO_RECORD, codes=("record.none",))
    if mark.record is Record.REFUSED:
        yield Finding("registry", sentences.RECORD_REFUSED, codes=("record.refused",))
    if mark.other_records:
        yield Finding("registry", sentences.RECORD_REPEATED, codes=("record.repeated",))


def _lead(mark: Mark, reason: Reason) -> Iterator[Finding]:
    """Say which manifest the mark leads to, and what was signed there."""
    manifest = mark.manifest
    if manifest is None:
        return
    recorded = mark.record in (Record.FOUND, Record.REFUSED)
    opening = sentences.LEADS_TO_RECORD if recorded else sentences.LEADS_TO_FILE
    found = opening.format(manifest=sentences.LEAD.get(reason, sentences.LEADS_ON))
    yield Finding(
        "registry" if recorded else "manifest",
        _joined(
            _filled(found, manifest, number=str(mark.producer), times=_times(mark, manifest)),
            *_trusted_by(manifest),
            *_later(manifest),
            _worth_of_signature(manifest),
        ),
        says=None if reason is Reason.PROVED else _manifest_says(manifest),
        codes=(f"stamp.{reason}", *manifest.codes),
    )


def _whole(manifest: Manifest) -> Iterator[Finding]:
    """Say how a picture without its mark compares with what the file's own manifest describes."""
    comparison = manifest.comparison
    if comparison.content is Content.NEAR:
        yield _compared(comparison)
    if comparison.content is Content.FAR:
        text = sentences.FAR_WHOLE.format(figures=_figures(comparison))
        yield Finding("fingerprint", text, codes=("fingerprint.far",))


def _fingerprint(mark: Mark, reason: Reason) -> Iterator[Finding]:
    if mark.comparison.content is not Content.NOT_COMPARED or reason is Reason.CONTENT_UNSURE:
        yield _compared(mark.comparison, mark.region)


def _compared(comparison: Comparison, region: Region | None = None) -> Finding:
    rate = comparison.error_rate
    text = sentences.FINGERPRINT[comparison.content].format(
        figures=_figures(comparison),
        error="" if rate is None else sentences.OTHERS_AS_NEAR.format(odds=odds(rate)),
    )
    code = f"fingerprint.{comparison.content.replace(' ', '_')}"
    return Finding("fingerprint", text, codes=(code,), region=region)


def _similar(similar: Sequence[Similar]) -> Finding:
    count = "one stamped picture" if len(similar) == 1 else f"{len(similar)} stamped pictures"
    nearest = min(candidate.distance for candidate in similar)
    text = sentences.LOOKS_LIKE.format(count=count, distance=nearest)
    return Finding("fingerprint", text, codes=("fingerprint.similar",))


def _note(note: Note) -> Finding:
    detail = f"({note.detail})" if note.detail else ""
    return Finding(note.layer, _joined(sentences.NOTES[note.code], detail), codes=(note.code,))


# --- what the file or the mark merely says --------------------------------------------------------


def _manifest_says(manifest: Manifest) -> str | None:
    parts = []
    if manifest.model:
        parts.append(f"made with {quoted(f'{manifest.model} {manifest.model_version}'.strip())}")
    if manifest.created is not None:
        parts.append(f"made at {when(manifest.created)}")
    if manifest.signer:
        parts.append(f"signed by {quoted(manifest.signer)}")
    return f"it was {listed(parts)}" if parts else None


def _mark_says(mark: Mark, policy: DecisionPolicy) -> str:
    if mark.version not in policy.payload_versions:
        return f"something in a mark of version {mark.version}, which this program can't read"
    producer = f"producer number {mark.producer}"
    if mark.producer_name:
        producer += f", listed as {quoted(mark.producer_name)}"
    model = quoted(mark.model_name) if mark.model_name else f"number {mark.model}"
    return f"it was made by {producer}, with model {model}, at {when(mark.minute)}"


# --- parts of sentences ---------------------------------------------------------------------------


def _filled(template: str, manifest: Manifest, **more: str) -> str:
    """Fill in what a manifest states."""
    return template.format(
        signer=quoted(manifest.signer) if manifest.signer else "an unnamed certificate",
        revoked=when(manifest.revoked_at),
        withdrawn=_withdrawn(manifest),
        credential=sentences.CREDENTIAL[manifest.credential],
        expired=when(manifest.expired_at),
        proved=when(manifest.proved_at),
        created=when(manifest.created),
        minute=when(manifest.stamped_minute),
        basis=sentences.BASIS[manifest.time_basis],
        **more,
    )


def _worth_of_signature(manifest: Manifest) -> str:
    return sentences.SIGNATURE if manifest.authentic else sentences.NO_SIGNATURE


def _trusted_by(manifest: Manifest) -> Iterator[str]:
    """Name the lists that vouch for signer and time, or that do not, and whom nothing vouches for.

    Of a manifest that can't be read there is nobody to vouch for.
    """
    if manifest.integrity is Integrity.UNREADABLE:
        return
    lists = "; ".join(manifest.trust_lists)
    yield sentences.TRUST_LISTS.format(lists=lists) if lists else sentences.NO_TRUST_LIST
    if manifest.time_basis is TimeBasis.TIMESTAMP and manifest.time_lists:
        yield sentences.TIME_LISTS.format(lists="; ".join(manifest.time_lists))
    if named := ", ".join(filter(is_identity_problem, manifest.codes)):
        yield sentences.IDENTITY.format(codes=named)


def _later(manifest: Manifest) -> Iterator[str]:
    """Say what proves a manifest's time, and what happened to its credential since."""
    if manifest.authentic and manifest.proved_at is not None:
        expired = manifest.expired_at is not None
        yield _filled(sentences.EXPIRED_LATER if expired else sentences.PROVED_TIME, manifest)
    if manifest.revoked_at is not None and not manifest.revoked:
        yield _filled(sentences.REVOKED_LATER, manifest)
    if (revocation := manifest.revocation) is not None and not manifest.stamp_revoked:
        yield sentences.STAMP_REVOKED_LATER.format(
            revoked=when(revocation.revoked),
            since=when(revocation.since),
            reason=quoted(revocation.reason),
            basis=sentences.BASIS[manifest.time_basis],
        )


def _withdrawn(manifest: Manifest) -> str:
    """Say who revoked this one stamp, when and why."""
    revocation = manifest.revocation
    if revocation is None:
        return ""
    since = sentences.NEVER_COUNTED
    if revocation.since is not None:
        since = sentences.COUNTED_UNTIL.format(since=when(revocation.since))
    return sentences.STAMP_REVOKED.format(
        revoked=when(revocation.revoked), since=since, reason=quoted(revocation.reason)
    )


def _parents(manifest: Manifest) -> str:
    codes = ", ".join(manifest.ancestor_codes)
    return sentences.PARENTS_FAIL.format(codes=codes) if codes else ""


def _times(mark: Mark, manifest: Manifest) -> str:
    times = [f"mark {when(mark.minute)}", f"manifest {when(manifest.created)}"]
    if mark.record is Record.FOUND:
        times.append(f"record {when(mark.record_created)}")
    return ", ".join(times)


def _figures(comparison: Comparison) -> str:
    parts = []
    if comparison.bit_error_rate is not None:
        parts.append(f"{percent(comparison.bit_error_rate)} of {comparison.bits} features differ")
    if comparison.pdq_distance is not None and comparison.content is not Content.FAR:
        parts.append(f"{comparison.pdq_distance} of 256 whole-picture bits differ")
    return f" ({'; '.join(parts)})" if parts else ""


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)
