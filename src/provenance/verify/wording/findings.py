"""Each piece of evidence as a finding: what was found, how sure that is, what it does not prove."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from provenance.examine import Content, LookupStatus, Note
from provenance.language import Said, join
from provenance.manifest import explain_code, is_rule
from provenance.text import format_odds, format_percent, format_time, join_names, quote
from provenance.verify.evidence import Evidence, Integrity, Manifest
from provenance.verify.listed import judge_listed, judge_stamps
from provenance.verify.reasons import Reason, Thresholds, judge_mark
from provenance.verify.weighing import Weighed, WeighedMark
from provenance.verify.wording import rates, reply_sentences, sentences
from provenance.verify.wording.clauses import (
    fill,
    list_omissions,
    name_lists,
    name_parent_failures,
    rate_signature,
    tell_later,
)
from provenance.verify.wording.comparisons import compare_marked, compare_whole, describe_similar
from provenance.verify.wording.finding import Finding
from provenance.verify.wording.lists import describe_listed
from provenance.verify.wording.notes import NOTES
from provenance.verify.wording.replies import describe_replies
from provenance.verify.wording.statements import state_manifest, state_mark


def describe(
    evidence: Evidence, weighed: Weighed, reasons: Sequence[Reason], thresholds: Thresholds
) -> tuple[Finding, ...]:
    """Describe every piece of evidence; ``reasons`` are in the order in which it was judged."""
    return tuple(_describe_each(evidence, weighed, reasons, thresholds))


def _describe_each(
    evidence: Evidence, weighed: Weighed, judged: Sequence[Reason], thresholds: Thresholds
) -> Iterator[Finding]:
    reasons, named = iter(judged), set[str]()
    if weighed.manifest is not None:
        yield _describe_manifest(weighed.manifest, next(reasons), named)
        yield from _describe_coverage(weighed.manifest)
        yield from _describe_broken_rules(weighed.manifest)
        yield from compare_whole(weighed.manifest)
    for mark in weighed.marks:
        reason = next(reasons)
        yield _describe_mark(mark, thresholds)
        yield from _describe_record(mark)
        yield from _describe_passed_over(mark, thresholds)
        yield from _describe_lead(mark, reason, named)
        yield from compare_marked(mark, reason)
        yield from _ask_for_proof(mark, reason)
    yield from describe_replies(evidence)
    yield from _describe_future(evidence, weighed, thresholds)
    if evidence.similar:
        yield describe_similar(evidence.similar)
    yield from describe_listed(
        judge_listed(evidence.listed, judge_stamps(weighed, judged)), thresholds
    )
    yield from map(_repeat_note, evidence.notes)


def _describe_future(
    evidence: Evidence, weighed: Weighed, thresholds: Thresholds
) -> Iterator[Finding]:
    """Say which stated times lie in the future: a clock is wrong, here or there."""
    manifests = (weighed.manifest, *(mark.manifest for mark in weighed.marks))
    stated = {each.created for each in manifests if each} | {
        mark.found.minute
        for mark in weighed.marks
        if mark.found.version in thresholds.payload_versions
    }
    now = evidence.examined_at
    late = sorted(time for time in stated if time and time - now > thresholds.time_tolerance)
    if late:
        text = sentences.FUTURE.format(
            times=join_names(list(dict.fromkeys(map(format_time, late)))), now=format_time(now)
        )
        yield Finding("clock", text, codes=("time.future",))


def _name_once(manifest: Manifest, named: set[str]) -> Iterator[Said]:
    """Name issuer, directory and lists; where earlier findings named all of them, say only that."""
    found = tuple(name_lists(manifest))
    if found and named.issuperset(found):
        yield sentences.NAMED_ABOVE
    else:
        yield from found
    named.update(found)


def _describe_manifest(manifest: Manifest, reason: Reason, named: set[str]) -> Finding:
    unfit = reason is Reason.STRAY and manifest.integrity is not Integrity.CHANGED
    damaged = reason is Reason.DAMAGED or unfit
    found = sentences.DAMAGED[manifest.integrity] if damaged else sentences.MANIFEST[reason]
    limit = sentences.DIGESTS if damaged else rate_signature(manifest)
    return Finding(
        "manifest",
        join(
            (
                fill(found, manifest),
                sentences.BESIDE_SAYS_NOTHING if reason is Reason.STRAY else "",
                *_name_once(manifest, named),
                *tell_later(manifest),
                name_parent_failures(manifest),
                limit,
            )
        ),
        says=None if reason is Reason.PROVED else state_manifest(manifest),
        codes=(
            f"manifest.{reason}",
            *_tell_own_word(manifest, reason),
            *(code for code in manifest.codes if not is_rule(code)),
            *manifest.ancestor_codes,
        ),
    )


def _describe_coverage(manifest: Manifest) -> Iterator[Finding]:
    """Say which bytes of the file a trusted signer's word is about."""
    if not manifest.authentic or manifest.integrity is not Integrity.INTACT:
        return
    if manifest.same_file:
        yield Finding("registry", sentences.SAME_FILE, codes=("record.same_file",))
        return
    coverage = manifest.coverage
    kind = "standard" if coverage.complete else "extra" if coverage.binding else "unknown"
    standard = [each for each in coverage.omissions if each.by_standard]
    text = sentences.COVERAGE[kind].format(
        standard=list_omissions(standard), extra=list_omissions(coverage.extra)
    )
    yield Finding("manifest", text, codes=(f"coverage.{kind}",))


def _describe_broken_rules(manifest: Manifest) -> Iterator[Finding]:
    """Name the rules that the signed statement breaks, which is not a matter of its signature."""
    broken = tuple(filter(is_rule, manifest.codes))
    if broken:
        text = sentences.RULES.format(codes=", ".join(broken))
        meanings = (explain_code(code) for code in broken)
        yield Finding("manifest", join((text, *meanings)), codes=("manifest.rules", *broken))


def _describe_mark(mark: WeighedMark, thresholds: Thresholds) -> Finding:
    found, share = mark.found, mark.region.coverage
    text = sentences.MARK.format(
        kind=sentences.PRIVATE_MARK if found.private else sentences.PUBLIC_MARK,
        writer=sentences.KEY_HOLDER if found.private else sentences.ANYONE,
        stamp_id=found.stamp_id,
        part=sentences.ON_A_PART if share < thresholds.whole_from else "",
        share=format_percent(share),
        sure="" if mark.comparison.content is Content.NEAR else sentences.UNSURE_SHARE,
        odds=format_odds(found.false_positive_probability),
        rate=rates.MARK,
    )
    assigned = found.producer_name is not None
    known = reply_sentences.LISTED_NUMBER if assigned else reply_sentences.UNASSIGNED_NUMBER
    listed = known.format(
        number=found.producer, listed_by=found.listed_by, name=quote(found.producer_name or "")
    )
    return Finding(
        "watermark",
        join(
            (
                text,
                sentences.BY_RECORD if found.by_record else "",
                listed if found.listed_by else "",
            )
        ),
        says=state_mark(found, thresholds),
        codes=(
            f"watermark.{'private' if found.private else 'public'}",
            *(("watermark.by_record",) if found.by_record else ()),
        ),
        region=mark.region,
        false_positive_probability=found.false_positive_probability,
    )


def _describe_record(mark: WeighedMark) -> Iterator[Finding]:
    """Say when the registry has no record that could be used, or too many."""
    if mark.record is LookupStatus.NONE:
        yield Finding("registry", sentences.NO_RECORD, codes=("record.none",))
    if mark.record is LookupStatus.REFUSED:
        yield Finding("registry", sentences.RECORD_REFUSED, codes=("record.refused",))
    if mark.found.lookup.others:
        yield Finding("registry", sentences.RECORD_REPEATED, codes=("record.repeated",))


def _ask_for_proof(mark: WeighedMark, reason: Reason) -> Iterator[Finding]:
    """Say what is missing to prove a mark, where nothing was there to ask."""
    asked = mark.found.lookup.status is not LookupStatus.NOT_ASKED
    if reason is not Reason.UNRECORDED or asked:
        return
    text = reply_sentences.ASK.format(number=mark.found.producer, stamp=mark.found.stamp_id)
    yield Finding("registry", text, codes=("stamp.unrecorded",))


def _describe_passed_over(mark: WeighedMark, thresholds: Thresholds) -> Iterator[Finding]:
    """Say which manifest the record holds when the file's own was used instead."""
    manifest = mark.passed_over
    if manifest is None:
        return
    reason = judge_mark(replace(mark, manifest=manifest), thresholds)
    lead = sentences.LEAD.get(reason, sentences.LEADS_ON)
    text = sentences.PASSED_OVER.format(manifest=fill(lead, manifest, mark))
    yield Finding("registry", text, codes=("record.passed_over", *manifest.codes))


def _describe_lead(mark: WeighedMark, reason: Reason, named: set[str]) -> Iterator[Finding]:
    """Say which manifest the mark leads to, and what was signed there."""
    manifest = mark.manifest
    if manifest is None:
        return
    opening = sentences.LEADS_TO_RECORD if mark.recorded else sentences.LEADS_TO_FILE
    opening = sentences.LEADS_TO_RESPONSE if mark.reply else opening
    lead = sentences.LEAD.get(reason, sentences.LEADS_ON)
    yield Finding(
        "registry" if mark.recorded or mark.reply else "manifest",
        join(
            (
                opening.format(manifest=fill(lead, manifest, mark)),
                *_name_once(manifest, named),
                *tell_later(manifest),
                rate_signature(manifest),
            )
        ),
        says=None if reason is Reason.PROVED else state_manifest(manifest),
        codes=(f"stamp.{reason}", *_tell_own_word(manifest, reason), *manifest.codes),
    )


def _tell_own_word(manifest: Manifest, reason: Reason) -> tuple[str, ...]:
    """Tell programs, too, that the name of a proved signer is its own word alone."""
    return ("name.own_word",) if reason is Reason.PROVED and manifest.self_named else ()


def _repeat_note(note: Note) -> Finding:
    detail = join(("(", note.detail, ")"), "") if note.detail else ""
    return Finding(note.layer, join((NOTES[note.code], detail)), codes=(note.code,))
