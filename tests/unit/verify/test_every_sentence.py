"""Every fixed sentence is read against the facts that it rests on, over the table of cases.

Wherever a sentence stands in an explanation, its fact must hold. Where the fact holds, the sentence
must stand there too, unless it is marked as one of several that may say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from provenance.examine import Comparison, Content, LookupStatus
from provenance.language import Message, speak
from provenance.manifest import Omission, PartKind
from provenance.verify import Evidence, Manifest, Match, NameClaim, State, Verdict, decide
from provenance.verify.evidence import Integrity, TimeBasis
from provenance.verify.of_films import FilmSeen
from provenance.verify.reasons import Reason
from provenance.verify.weighing import WeighedMark
from provenance.verify.wording import comparisons, frames, rates, sentences
from tests.pseudo import PSEUDO, find_english
from tests.unit.verify.conftest import NOW, SHA256, evidence_of, payload_of
from tests.unit.verify.test_table import COMBINATIONS, ROWS

DOCS = Path(__file__).resolve().parents[3] / "docs"
MIXED, CYRILLIC = "Produc\u0435r A", "\u0412\u0412\u0421"  # with a Cyrillic e; all Cyrillic
SHUT = Comparison(Content.INCONCLUSIVE, sealed=True)
Fact = Callable[[Verdict], bool]

CASES = sorted({row[:5] for row in ROWS} | {case[:4] for case in COMBINATIONS})


def varied() -> Iterator[Evidence]:
    """The table of cases, and what it does not tell apart."""
    yield from (evidence_of(*case) for case in CASES)
    proved, marked = evidence_of("A"), evidence_of("-", "A", "A", "near")
    assert proved.manifest is not None
    own, mark = proved.manifest, marked.marks[0]
    film = FilmSeen(8.0, 200, 32, (0.0, 1.0), 0.125, mark.payload)
    for share in (1.0, 0.4):
        smaller = replace(mark, region=replace(mark.region, coverage=share))
        yield replace(marked, film=film, marks=(smaller,))
    yield replace(marked, film=FilmSeen(8.0, 200, 32))
    left_out = Omission(PartKind.EXIF, 5, 9, by_standard=False)
    for change in (
        {"coverage": replace(own.coverage, omissions=(*own.coverage.omissions, left_out))},
        {"coverage": replace(own.coverage, binding=None)},
        {"issuer": "CN=Anything", "issuer_sha256": SHA256, "self_issued": True},
        {"issuer": "CN=Anything", "development": True},
        {"listed_by": "d.json", "self_named": True},
        {"listed_by": "d.json", "vetted": True},
        {"listed_by": "d.json"},
        {"trust_lists": ("anchors.pem",)},
        {"time_lists": ("tsa.pem",), "proved_at": NOW, "time_basis": TimeBasis.TIMESTAMP},
        {"proved_at": NOW, "time_basis": TimeBasis.LOG, "expired_at": NOW},
        {"codes": ("assertion.action.malformed",)},
        {"ancestor_codes": ("assertion.hashedURI.mismatch",)},
        {"vouched": True},
        {"signer": MIXED},
        {"signer": CYRILLIC},
        {"model": "", "created": NOW + timedelta(days=1)},
    ):
        yield replace(proved, manifest=replace(own, **change))
    yield replace(proved, manifest=Manifest(urn="urn:c2pa:X"))
    for changed in (
        replace(mark, by_record=True),
        *(
            replace(mark, candidates=(replace(mark.candidates[0], comparison=each),))
            for each in (SHUT, replace(SHUT, untried=True))
        ),
        replace(mark, listed_by="d.json"),
        replace(mark, lookup=replace(mark.lookup, others=1)),
    ):
        yield replace(marked, marks=(changed,))


@pytest.fixture(scope="module")
def verdicts() -> list[tuple[Verdict, str]]:
    return [(verdict, verdict.explain()) for verdict in map(decide, varied())]


# --- facts ----------------------------------------------------------------------------------------


def state(wanted: State) -> Fact:
    return lambda v: v.state is wanted


def match(*wanted: Match) -> Fact:
    return lambda v: v.origin is not None and v.origin.match in wanted


def own(test: Callable[[Manifest], bool]) -> Fact:
    return lambda v: v.weighed.manifest is not None and test(v.weighed.manifest)


def any_mark(test: Callable[[WeighedMark], bool]) -> Fact:
    return lambda v: any(map(test, v.weighed.marks))


def any_manifest(test: Callable[[Manifest], bool]) -> Fact:
    return lambda v: any(
        each is not None and test(each)
        for each in (v.weighed.manifest, *(mark.manifest for mark in v.weighed.marks))
    )


def whole(v: Verdict) -> bool:
    return v.proof is not None and v.proof.coverage >= v.thresholds.whole_from


def extra(v: Verdict) -> bool:
    return bool(v.proof and v.proof.manifest.coverage.extra)


def covered(manifest: Manifest) -> bool:
    intact = manifest.authentic and manifest.integrity is Integrity.INTACT
    return intact and not manifest.same_file


def only_parts(v: Verdict) -> bool:
    """Whether nothing is claimed but by marks, all on less than counts as the whole."""
    mine = v.weighed.manifest
    claims = [r for r in v.reasons[: mine is not None] if r.worth.value == "claims"]
    shares = [mark.region.coverage for mark in v.weighed.marks]
    return not claims and bool(shares) and max(shares) < v.thresholds.whole_from


def claims_by_sidecar(v: Verdict) -> bool:
    mine = v.weighed.manifest
    return mine is not None and mine.beside and v.reasons[0].worth.value == "claims"


def seen(*wanted: Content) -> Fact:
    return any_mark(lambda m: m.comparison.content in wanted)


def near_whole(v: Verdict) -> bool:
    mine = v.weighed.manifest
    return mine is not None and mine.comparison.content is Content.NEAR


def told(v: Verdict) -> list[Manifest]:
    """The manifests of which signature and lists are told: not those that can't be read."""
    mine = v.weighed.manifest
    marks = [mark.manifest for mark in v.weighed.marks]
    return [each for each in (mine, *marks) if each and each.integrity is not Integrity.UNREADABLE]


@dataclass(frozen=True)
class Only:
    """A fact that must hold where the sentence stands; another sentence may say it instead."""

    fact: Fact


FACTS: dict[str, Fact | Only] = {
    "EXACT": match(Match.EXACT),
    "BOUND": lambda v: match(Match.BOUND)(v) and not extra(v),
    "BOUND_IN_PART": lambda v: match(Match.BOUND)(v) and extra(v),
    "DERIVED": lambda v: match(Match.DERIVED)(v) and v.evidence.film is None,
    "DERIVED_FRAMES": lambda v: match(Match.DERIVED)(v) and v.evidence.film is not None,
    "FRAMES": lambda v: bool(v.proof and v.evidence.film and v.evidence.film.share),
    "SOME_FRAMES": lambda v: bool(v.proof and v.evidence.film and not v.evidence.film.share),
    "AREA_OF_FRAMES": lambda v: bool(v.proof and v.evidence.film) and not whole(v),
    "WHOLE": Only(lambda v: whole(v) or v.state is State.ATTRIBUTED),
    "PART": Only(lambda v: not whole(v) or bool(v.beside)),
    "TWO_ORIGINS": lambda v: v.state is State.CONFLICT and len(v.proofs) > 1,
    "CONTRADICTION": lambda v: v.state is State.CONFLICT and not v.proofs,
    "TAMPERED": state(State.TAMPERED),
    "CLAIMED": Only(lambda v: v.state in (State.CLAIMED, State.TAMPERED) and not only_parts(v)),
    "CLAIMED_BESIDE": lambda v: v.state is State.CLAIMED and claims_by_sidecar(v),
    "CLAIMED_PART": lambda v: v.state is State.CLAIMED and only_parts(v),
    "CLAIMED_SILENTLY": Only(state(State.CLAIMED)),
    "WITHDRAWN[stamp_revoked]": lambda v: not v.origin and Reason.STAMP_REVOKED in v.reasons,
    "WITHDRAWN[revoked]": lambda v: not v.origin and Reason.REVOKED in v.reasons,
    "SIMILAR": state(State.SIMILAR),
    "NONE": state(State.NONE),
    "STATES": lambda v: v.origin is not None and v.origin.model is not None,
    "STATES_NO_MODEL": lambda v: v.origin is not None and v.origin.model is None,
    "SIGNED_THIS": state(State.ATTRIBUTED),
    "SELF_NAMED": lambda v: v.proof is not None and v.proof.manifest.self_named,
    "LATER_CHANGES": match(Match.DERIVED),
    "OTHER_PART": lambda v: bool(v.beside),
    "ANCESTORS": lambda v: (
        v.proof is not None
        and any(each not in v.beside and not each.covers(v.proof) for each in v.proofs)
    ),
    "BESIDE_SAYS_NOTHING": lambda v: v.reasons[:1] == (Reason.STRAY,),
    "IN_FILE": Only(own(lambda m: not m.beside)),
    "BESIDE_FILE": own(lambda m: m.beside),
    "SAME_FILE": own(lambda m: m.same_file and m.integrity is Integrity.INTACT and m.trusted),
    "COVERAGE[standard]": own(lambda m: covered(m) and m.coverage.complete),
    "COVERAGE[extra]": own(lambda m: covered(m) and bool(m.coverage.extra and m.coverage.binding)),
    "COVERAGE[unknown]": own(lambda m: covered(m) and m.coverage.binding is None),
    "RULES": own(lambda m: "assertion.action.malformed" in m.codes),
    "PARENTS_FAIL": own(lambda m: bool(m.ancestor_codes)),
    "PROVED_TIME": Only(any_manifest(lambda m: m.authentic and m.proved_at is not None)),
    "EXPIRED_LATER": any_manifest(lambda m: m.expired_at is not None),
    "REVOKED_LATER": Only(any_manifest(lambda m: m.revoked_at is not None and not m.revoked)),
    "STAMP_REVOKED": Only(any_manifest(lambda m: m.stamp_revoked)),
    "NEVER_COUNTED": Only(any_manifest(lambda m: bool(m.revocation and not m.revocation.since))),
    "COUNTED_UNTIL": Only(any_manifest(lambda m: bool(m.revocation and m.revocation.since))),
    "STAMP_REVOKED_LATER": any_manifest(lambda m: bool(m.revocation) and not m.stamp_revoked),
    "BROUGHT_BY_ENTRY": Only(any_manifest(lambda m: m.brought)),
    "ISSUER": any_manifest(lambda m: bool(m.issuer)),
    "NOT_REVOKED": lambda v: any(m.vouched and m.trusted for m in told(v)),
    "DEVELOPMENT": any_manifest(lambda m: bool(m.issuer) and m.development),
    "OWN_ISSUER": any_manifest(lambda m: bool(m.issuer) and m.self_issued),
    "MIXED_SCRIPTS": any_manifest(lambda m: m.signer == MIXED),
    "OTHER_SCRIPT": any_manifest(lambda m: m.signer == CYRILLIC),
    "LISTED_BY": any_manifest(lambda m: bool(m.listed_by) and m.name_claim is not NameClaim.OTHER),
    "LISTED_FOR_ANOTHER": lambda v: any(m.name_claim is NameClaim.OTHER for m in told(v)),
    "TRUST_LISTS": lambda v: any(m.trust_lists for m in told(v)),
    "NAMED_ABOVE": Only(lambda v: len(list(told(v))) > 1),
    "NO_TRUST_LIST": lambda v: any(not m.trust_lists for m in told(v)),
    "TIME_LISTS": any_manifest(lambda m: bool(m.time_lists)),
    "SIGNATURE": Only(any_manifest(lambda m: m.authentic)),
    "SIGNATURE_IN_A_NAME": Only(
        any_manifest(lambda m: m.authentic and m.name_claim is NameClaim.OTHER)
    ),
    "NO_SIGNATURE": Only(any_manifest(lambda m: not m.authentic)),
    "DIGESTS": Only(own(lambda m: m.damaged)),
    "MARK": lambda v: bool(v.weighed.marks),
    "UNSURE_SHARE": any_mark(lambda m: m.comparison.content is not Content.NEAR),
    "BY_RECORD": any_mark(lambda m: m.found.by_record),
    "NO_RECORD": any_mark(lambda m: m.record is LookupStatus.NONE),
    "RECORD_REFUSED": any_mark(lambda m: m.record is LookupStatus.REFUSED),
    "RECORD_REPEATED": any_mark(lambda m: bool(m.found.lookup.others)),
    "LEADS_TO_RECORD": Only(any_mark(lambda m: m.recorded or m.passed_over is not None)),
    "LEADS_TO_FILE": any_mark(
        lambda m: m.manifest is not None and not m.recorded and m.reply is None
    ),
    "LEADS_TO_RESPONSE": any_mark(lambda m: m.reply is not None),
    "PASSED_OVER": any_mark(lambda m: m.passed_over is not None),
    "LEADS_ON": Only(any_mark(lambda m: m.repeated)),
    "FINGERPRINT[near]": Only(lambda v: seen(Content.NEAR)(v) or near_whole(v)),
    "FINGERPRINT[far]": Only(seen(Content.FAR)),
    "FINGERPRINT[inconclusive]": Only(seen(Content.INCONCLUSIVE)),
    "FINGERPRINT[bound]": Only(seen(Content.BOUND)),
    "FINGERPRINT[not compared]": Only(seen(Content.NOT_COMPARED)),
    "SEALED": Only(any_mark(lambda m: m.comparison.sealed and not m.comparison.untried)),
    "UNTRIED": Only(any_mark(lambda m: m.comparison.untried)),
    "FAR_WHOLE": own(lambda m: m.authentic and m.comparison.content is Content.FAR),
    "OTHERS_AS_NEAR": Only(lambda v: seen(Content.NEAR)(v) or near_whole(v)),
    "FUTURE": any_manifest(lambda m: bool(m.created and m.created > NOW)),
    "LOOKS_LIKE": lambda v: bool(v.evidence.similar),
}
FACTS |= {
    f"MANIFEST[{reason}]": Only(lambda v, reason=reason: v.reasons[:1] == (reason,))  # type: ignore[misc]
    for reason in sentences.MANIFEST
}
FACTS |= {
    f"LEAD[{reason}]": Only(lambda v, reason=reason: reason in v.reasons or passed_over(v))  # type: ignore[misc]
    for reason in sentences.LEAD
}
FACTS |= {
    f"WHY[{reason}]": Only(lambda v, reason=reason: reason in v.reasons)  # type: ignore[misc]
    for reason in sentences.WHY
}
FACTS |= {
    f"DAMAGED[{integrity}]": Only(own(lambda m, integrity=integrity: m.integrity is integrity))  # type: ignore[misc]
    for integrity in sentences.DAMAGED
}

ELSEWHERE = {
    *("CREDENTIAL", "PARTS", "BASIS", "IDENTITY", "NEAR_WHOLE", "ON_TRUST_LIST", "UNNAMED"),
    *(
        "SOURCE",
        "FINDINGS",
        "IT_SAYS",
        "LAYERS",
        "STATE_NAMES",
        "ISSUER_DIGEST",
        "PART_SIZE",
        "NOTHING",
    ),
    *("PUBLIC_MARK", "PRIVATE_MARK", "ANYONE", "KEY_HOLDER", "ON_A_PART", "FEATURES", "BITS"),
    *("TIME_OF_MARK", "TIME_OF_MANIFEST", "TIME_OF_RECORD", "RECORDED", "REVOCATION_UNPROVED"),
    "REVOKED_IN_BROKEN_LOG",
}
"""Tested with what they stand in: test_history.py, test_explain.py, test_trust.py."""


FIELDS = {
    "carries": f"(?:{sentences.IN_FILE}|{sentences.BESIDE_FILE})",
    "signer": '(?:"[^"]*"|an unnamed certificate)',
    "credential": f"(?:{'|'.join(map(re.escape, sentences.CREDENTIAL.values()))})",
    "withdrawn": "the registry that recorded",
    "why": f"(?:(?:{'|'.join(map(re.escape, sentences.WHY.values()))})(?:; )?)+",
    "authority": f"(?:{sentences.ON_TRUST_LIST}|{sentences.BROUGHT_BY_ENTRY})",
}
"""What may stand in the place of a brace, where not anything may."""


CONSTANTS = {
    name: value
    for module in (sentences, comparisons, frames)
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, Message | dict)
}
"""Every message of a verdict, and those that stand in a table, by key."""


def passed_over(v: Verdict) -> bool:
    return any(mark.passed_over is not None for mark in v.weighed.marks)


def sentence_of(name: str) -> str:
    constant, _, key = name.rstrip("]").partition("[")
    value = CONSTANTS[constant]
    if not isinstance(value, dict):
        return str(value)
    return str(value[next(each for each in value if str(each) == key)])


def pattern_of(sentence: str) -> re.Pattern[str]:
    """Return what finds a sentence with its braces filled in."""
    parts = re.split(r"\{(\w+)\}", sentence)
    fields = (FIELDS.get(name, ".{0,400}?") for name in parts[1::2])
    pairs = zip(map(re.escape, parts[::2]), [*fields, ""], strict=True)
    found = [text for pair in pairs for text in pair]
    return re.compile("".join(found).strip())


@pytest.mark.parametrize("name", FACTS)
def test_a_sentence_stands_where_its_fact_holds(
    name: str, verdicts: list[tuple[Verdict, str]]
) -> None:
    rule, pattern = FACTS[name], pattern_of(sentence_of(name))
    stood = 0
    for verdict, text in verdicts:
        found = pattern.search(text) is not None
        stood += found
        holds = (rule.fact if isinstance(rule, Only) else rule)(verdict)
        assert holds or not found, f"{name} stands in:\n{text}"
        assert found or not holds or isinstance(rule, Only), f"{name} is missing in:\n{text}"
    assert stood, f"no case says {name}"


def test_every_sentence_can_be_said_in_another_language(
    verdicts: list[tuple[Verdict, str]],
) -> None:
    for verdict, _ in verdicts:
        found = find_english(speak(verdict.explanation, PSEUDO))
        assert not found, verdict.explain()


def test_every_sentence_has_its_facts() -> None:
    for name, value in CONSTANTS.items():
        if name in ELSEWHERE:
            continue
        keys = [f"{name}[{key}]" for key in value] if isinstance(value, dict) else [name]
        assert set(keys) <= FACTS.keys(), name


def test_rates_are_those_of_the_documents() -> None:
    marks = (DOCS / "false-positives.md").read_text(encoding="utf-8")
    prints = (DOCS / "fingerprints.md").read_text(encoding="utf-8")
    counts = [
        int(n.replace(",", "")) for n in re.findall(r"[Ii]n ([\d,]+) (?:unmarked|more)", marks)
    ]
    assert f"none of {sum(counts):,} unmarked" in rates.MARK
    assert f"0 of {sum(counts):,} unmarked" in rates.ERROR_RATES[0]
    (near,) = re.findall(r"\| wrong called near \| 0 of ([\d,]+) .*?\| 0 of ([\d,]+) ", prints)
    compared = sum(int(n.replace(",", "")) for n in near)
    assert all(
        f"{compared:,} comparisons" in said for said in (rates.CONTENT, rates.ERROR_RATES[1])
    )
    assert "296 million comparisons in eight orientations, **none**" in prints
    assert all("296 million comparisons" in said for said in (rates.ALIKE, rates.ERROR_RATES[2]))
    assert payload_of("A")  # the words of the table are at hand
