"""Which of two manifests speaks for a mark, what a record may say, and that nothing is hidden."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from provenance.examine import Content, LookupStatus
from provenance.records import Revocation
from provenance.stamp_id import StampId
from provenance.verify import Evidence, Reason, State, Verdict, decide
from provenance.verify.evidence import Candidate, Integrity, Lookup
from tests.unit.verify.conftest import NOW, payload_of, region

Build = Callable[..., Evidence]
JUNK = "X untrusted as A"


def codes(verdict: Verdict) -> list[str]:
    return [finding.codes[0] for finding in verdict.findings]


def said(verdict: Verdict, code: str) -> str:
    (finding,) = (each for each in verdict.findings if each.codes[0] == code)
    return finding.finding


@pytest.mark.parametrize(
    ("own", "record", "recorded"),
    [
        ("A changed", "A", True),
        ("A changed", JUNK, False),
        ("A changed", "B as A", False),
        ("A changed", "A broken", False),
        ("A changed", "A unlisted", False),
        ("A changed", "A other bits", False),
        ("A unlisted changed", "A", True),
        ("A broken", "A", True),
        (JUNK, "A", True),
        (JUNK, JUNK, True),
        ("A changed", "A revoked", True),
    ],
)
def test_trust_then_the_numbers_holder_then_the_record(
    own: str, record: str, recorded: bool, build: Build
) -> None:
    (mark,) = decide(build(own, "A", record, "near")).weighed.marks
    assert mark.recorded is recorded
    assert (mark.passed_over is None) is recorded


def test_a_recorded_manifest_that_is_passed_over_is_said(build: Build) -> None:
    verdict = decide(build("A changed", "A", JUNK, "near"))
    assert verdict.state is State.ATTRIBUTED
    assert codes(verdict) == [
        "manifest.damaged",
        "watermark.public",
        "record.refused",
        "record.passed_over",
        "stamp.proved",
        "fingerprint.near",
    ]
    assert said(verdict, "record.passed_over") == (
        'The mark\'s record holds a manifest in the name of "Anybody", but its certificate does '
        "not lead to an authority on the trust list. The file's own manifest for this mark is "
        "worth more, and was used instead."
    )
    assert said(verdict, "stamp.proved").startswith("The file itself holds a manifest signed by")


def test_what_is_passed_over_claims_nothing(build: Build) -> None:
    verdict = decide(build("A unlisted changed", "A", JUNK, "near"))
    assert not any("Anybody" in (finding.says or "") for finding in verdict.findings)


def test_junk_in_the_file_is_said_as_the_files_own(build: Build) -> None:
    verdict = decide(build(JUNK, "A", "A", "near"))
    assert codes(verdict) == [
        "manifest.untrusted",
        "watermark.public",
        "stamp.proved",
        "fingerprint.near",
    ]


@pytest.mark.parametrize(
    ("prints", "reason"),
    [("far / near", Reason.PROVED), ("near / far", Reason.CONTENT_FAR)],
)
def test_the_fingerprint_of_the_manifest_that_speaks_counts(
    prints: str, reason: Reason, build: Build
) -> None:
    assert decide(build("A changed", "A", JUNK, prints)).reasons[1] is reason


@pytest.mark.parametrize("record", [f"{JUNK} late", "A misnamed late", "A refused late"])
def test_a_record_without_a_say_states_no_time(record: str, build: Build) -> None:
    verdict = decide(build("A changed", "A", record, "near"))
    (mark,) = verdict.weighed.marks
    assert (mark.record, mark.record_time) == (LookupStatus.REFUSED, None)
    assert verdict.state is State.ATTRIBUTED
    assert verdict.origin is not None
    assert verdict.origin.recorded is None


def test_a_revocation_is_of_the_manifest_that_the_record_names(build: Build) -> None:
    stranger = decide(build("A changed", "A", f"{JUNK} withdrawn", "near"))
    assert stranger.reasons[1] is Reason.PROVED
    misnamed = decide(build("-", "A", "A misnamed withdrawn", "near"))
    assert misnamed.reasons == (Reason.PROVED,)


def test_it_counts_whatever_manifest_the_record_keeps(build: Build) -> None:
    """Somebody replaced the kept manifest by junk; the log still proves what is revoked."""
    evidence = build("A changed", "A", JUNK, "near")
    revocation = Revocation(StampId.from_payload(payload_of("A")), NOW, "a mistake")
    lookup = Lookup(LookupStatus.FOUND, "urn:c2pa:A", NOW, NOW, revocation=revocation)
    marks = (replace(evidence.marks[0], lookup=lookup),)
    verdict = decide(replace(evidence, marks=marks, lookup=lookup))
    assert verdict.reasons == (Reason.DAMAGED, Reason.STAMP_REVOKED)


def test_a_comparison_with_what_nobody_trusted_signed_is_no_finding(build: Build) -> None:
    evidence = build("-", "A", JUNK, "near")
    (candidate,) = evidence.marks[0].candidates
    narrowed = (replace(candidate, region=region(0.1)),)
    verdict = decide(replace(evidence, marks=(replace(evidence.marks[0], candidates=narrowed),)))
    (mark,) = verdict.weighed.marks
    assert mark.comparison.content is Content.NEAR
    assert mark.region == evidence.marks[0].region
    assert codes(verdict) == ["watermark.public", "stamp.untrusted"]


def test_nor_is_that_of_a_file_without_its_mark(build: Build) -> None:
    verdict = decide(build("A moved untrusted"))
    assert verdict.evidence.manifest is not None
    assert verdict.evidence.manifest.integrity is Integrity.CHANGED
    assert codes(verdict) == ["manifest.damaged"]


def test_two_that_signed_one_stamp_with_equal_right_are_a_conflict(build: Build) -> None:
    """Both list its drawn number for themselves; where one was vetted, the other has no say."""
    evidence = build("-", "A", "A", "near")
    (mark,) = evidence.marks
    (theirs,) = mark.candidates
    ours = replace(theirs, manifest=replace(theirs.manifest, vetted=False))
    villain = replace(ours, recorded=False, manifest=replace(ours.manifest, producer_name="B"))
    vetted = replace(ours, manifest=replace(ours.manifest, vetted=True))
    far = replace(villain, comparison=replace(villain.comparison, content=Content.FAR))

    def decided(*candidates: Candidate) -> Verdict:
        return decide(replace(evidence, marks=(replace(mark, candidates=candidates),)))

    for both in ((ours, villain), (villain, ours)):
        assert decided(*both).state is State.CONFLICT
    for both in ((vetted, villain), (villain, vetted), (ours, far), (ours, ours)):
        origin = decided(*both).origin
        assert origin is not None
        assert origin.producer == "Producer A"
