"""Evidence for the vectors of verdicts that is about one rule each, beside the rows of the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from provenance.examine import Note
from provenance.geometry import Region
from provenance.verify import Evidence, NameClaim, NumberClaim
from provenance.verify.evidence import Candidate
from tests.unit.verify.conftest import (
    NOW,
    STAMPED,
    compared,
    evidence_of,
    manifest_of,
    payload_of,
)


def own(words: str = "A", **change: Any) -> Evidence:
    """The file's own manifest alone."""
    made = evidence_of(words)
    assert made.manifest is not None
    return replace(made, manifest=replace(made.manifest, **change))


def marked(words: tuple[str, ...] = ("-", "A", "A", "near"), **change: Any) -> Evidence:
    """A picture with one mark, whose first candidate's manifest is changed."""
    made = evidence_of(*words)
    first, *rest = made.marks[0].candidates
    first = replace(first, manifest=replace(first.manifest, **change))
    return replace(made, marks=(replace(made.marks[0], candidates=(first, *rest)),))


def with_mark(made: Evidence, **change: Any) -> Evidence:
    return replace(made, marks=(replace(made.marks[0], **change), *made.marks[1:]))


def with_regions(made: Evidence, *regions: Region) -> Evidence:
    marks = zip(made.marks, regions, strict=True)
    return replace(made, marks=tuple(replace(mark, region=each) for mark, each in marks))


def band(left: float, right: float) -> Region:
    """A part of a picture of 100 x 100, from side to side."""
    corners = ((left, 0.0), (right, 0.0), (right, 100.0), (left, 100.0))
    return Region(corners, (right - left) / 100)


def rivals(content: str, *, vetted: bool) -> Evidence:
    """Two producers signed the same bits with equal right, or the second was vetted."""
    made = evidence_of("-", "A", "A", "near")
    first = made.marks[0].candidates[0]
    other = replace(
        first.manifest,
        urn="urn:c2pa:rival",
        producer_name="Rival",
        vetted=vetted,
    )
    second = Candidate(other, False, compared(content))
    return with_mark(made, candidates=(first, second))


def minutes(number: float, seconds: float = 0) -> datetime:
    return STAMPED + timedelta(minutes=number, seconds=seconds)


def narrowed() -> Evidence:
    """The fingerprint is about a smaller part than the mark."""
    made = evidence_of("-", "A", "A", "near")
    first = replace(made.marks[0].candidates[0], region=band(0, 20))
    return with_mark(made, candidates=(first,))


def narrowed_by_nobody() -> Evidence:
    made = evidence_of("-", "A", "X untrusted as A", "near")
    first = replace(made.marks[0].candidates[0], region=band(0, 20))
    return with_mark(made, candidates=(first,))


def _broken(code: str) -> tuple[Note, ...]:
    return tuple(Note("registry", each) for each in ("registry.log_integrity", code))


def further() -> list[tuple[str, Evidence]]:
    two = ("-", "A + B private", "A + B", "near + near")
    day = timedelta(days=1)
    lately = manifest_of("A")
    assert lately is not None
    turned = Region(((50.0, 0.0), (100.0, 50.0), (50.0, 100.0), (0.0, 50.0)), 0.5)
    turning = Region(tuple(reversed(band(75, 100).corners)), 0.25)
    found = evidence_of("A", "A", "A", "near")
    return [
        ("times: two minutes", own(created=minutes(2))),
        ("times: two minutes and a microsecond", own(created=minutes(2, 1e-6))),
        ("times: before the mark's minute", own(created=minutes(-2))),
        ("times: none stated", own(created=None, stamped_minute=None)),
        ("times: record two minutes after the mark", marked(created=minutes(2))),
        ("times: mark and record too far apart", with_mark(marked(), minute=minutes(3))),
        (
            "times: a refused record has no say",
            with_mark(evidence_of("-", "A", "A refused late", "near"), minute=minutes(1)),
        ),
        ("number: another than in the mark", marked(number=8)),
        ("number: no number", marked(binding=NumberClaim.NO_NUMBER, number=None)),
        ("name: of another, on a mark", marked(name_claim=NameClaim.OTHER)),
        (
            "name: of another goes before number",
            marked(name_claim=NameClaim.OTHER, binding=NumberClaim.OTHER),
        ),
        (
            "name: of another goes before revoked",
            own(name_claim=NameClaim.OTHER, revoked_at=NOW - day),
        ),
        ("revoked: at the very moment", own(revoked_at=NOW - day, proved_at=NOW - day)),
        (
            "revoked: just before",
            own(revoked_at=NOW - day, proved_at=NOW - day - timedelta(microseconds=1)),
        ),
        (
            "revoked: a stated time does not save it",
            own(revoked_at=NOW - day, created=NOW - 2 * day, stamped_minute=None),
        ),
        (
            "withdrawn: by a log that is not the producer's",
            replace(evidence_of("A withdrawn"), manifest=replace(lately, other_log=True)),
        ),
        (
            "withdrawn: another manifest of the stamp",
            replace(evidence_of("A withdrawn"), manifest=replace(lately, urn="urn:c2pa:A2")),
        ),
        (
            "withdrawn: another stamp",
            replace(evidence_of("A withdrawn"), manifest=replace(lately, payload=payload_of("B"))),
        ),
        ("same file: no urn", replace(evidence_of("A bytes"), manifest=replace(lately, urn=""))),
        (
            "same file: another urn",
            replace(evidence_of("A bytes"), manifest=replace(lately, urn="urn:c2pa:A2")),
        ),
        ("same file: another digest", replace(evidence_of("A bytes"), sha256="2" * 64)),
        ("rivals: two with equal right", rivals("near", vetted=False)),
        ("rivals: the second is far", rivals("far", vetted=False)),
        ("rivals: the second is unsure", rivals("inconclusive", vetted=False)),
        ("rivals: the second was vetted", rivals("near", vetted=True)),
        ("rivals: a vetted one that is far still leads", rivals("far", vetted=True)),
        ("part: narrowed by what was signed", narrowed()),
        ("part: not narrowed by a stranger", narrowed_by_nobody()),
        ("parts: apart", with_regions(evidence_of(*two), band(0, 50), band(50, 100))),
        (
            "parts: a little less than 30 % of the smaller shared",
            with_regions(evidence_of(*two), band(0, 64.5), band(50, 100)),
        ),
        (
            "parts: a little more shared",
            with_regions(evidence_of(*two), band(0, 65.5), band(50, 100)),
        ),
        ("parts: one in the other", with_regions(evidence_of(*two), band(0, 100), band(40, 60))),
        ("parts: turned, a small corner shared", with_regions(evidence_of(*two), turned, turning)),
        (
            "parts: equal, the first counts",
            with_regions(evidence_of(*two), band(0, 40), band(60, 100)),
        ),
        (
            "proofs: same bits, same name, other urn",
            with_mark(
                found,
                candidates=(
                    replace(
                        found.marks[0].candidates[0], manifest=replace(lately, urn="urn:c2pa:A2")
                    ),
                ),
            ),
        ),
        (
            "proofs: same bits, other name",
            with_mark(
                found,
                candidates=(
                    replace(
                        found.marks[0].candidates[0],
                        manifest=replace(lately, producer_name="Other"),
                    ),
                ),
            ),
        ),
        ("beside: intact but not trusted", own(beside=True, trusted=False)),
        *(
            (
                f"freshness: the registry's word, but {code}",
                replace(found, notes=(Note("registry", code),)),
            )
            for code in ("registry.log_integrity", "revocation.refused", "directory.stale")
        ),
        *(
            (
                f"withdrawn: in a log that does not continue, {code}",
                replace(evidence_of(words), notes=_broken(code)),
            )
            for words, code in (
                ("A withdrawn", "revocation.broken_log"),
                ("A withdrawn-since later", "revocation.broken_log"),
                ("A", "revocation.refused"),
            )
        ),
        (
            "version: of an unknown layout, next to a proof",
            evidence_of("A", "A version 9", "A", "near"),
        ),
        (
            "nothing but a look-alike",
            replace(evidence_of(), similar=evidence_of(like="yes").similar),
        ),
        (
            "content: bound without a manifest of its own",
            with_mark(
                evidence_of("-", "A", "A", "near"),
                candidates=(replace(found.marks[0].candidates[0], comparison=compared("bound")),),
            ),
        ),
    ]
