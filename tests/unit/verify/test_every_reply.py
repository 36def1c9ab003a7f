"""Sentences about responses, freshness and history, read against the facts that they rest on.

As in test_every_sentence.py: wherever a sentence stands its fact must hold, and the reverse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from provenance.examine import LogStanding, LookupStatus
from provenance.language import Message, speak
from provenance.manifest import ActionEntry, HistoryEntry, Signal, SummaryItem
from provenance.manifest.history import IngredientEntry, SignerEntry
from provenance.response import Fault, Outcome
from provenance.verify import Evidence, Verdict, Word, decide
from provenance.verify.evidence import Age
from provenance.verify.past import Link, PastItem, judge_past
from provenance.verify.wording import history, reply_sentences
from tests.pseudo import PSEUDO, find_english
from tests.unit.verify.conftest import NOW, SHA256, evidence_of
from tests.unit.verify.test_every_sentence import pattern_of
from tests.unit.verify.test_table import ROWS

Fact = Callable[[Verdict], bool]
LISTED = f"d.json (SHA-256 {SHA256})"
AGE = Age("d.json", SHA256, "Ada", NOW - timedelta(days=9), None)


def varied() -> Iterator[Evidence]:
    yield from (evidence_of(*row[:5]) for row in ROWS)
    asked = evidence_of("-", "A", "A answered", "near")
    (reply,) = asked.replies
    for fault in Fault:
        yield replace(asked, replies=(replace(reply, fault=fault),))
        yield replace(asked, replies=(replace(reply, fault=fault, producer_name="", signer=""),))
    refused = replace(reply, outcome=Outcome.REFUSED, reason="not our number")
    yield replace(asked, replies=(refused,))
    yield replace(asked, replies=(replace(reply, producer_name=""),))
    yield from (replace(asked, other_replies=count) for count in (1, 3))
    (mark,) = asked.marks
    for name in (None, "Producer A"):
        known = replace(mark, listed_by="d.json", producer_name=name)
        yield replace(asked, marks=(known,))
    proved = evidence_of("A bytes")
    assert proved.manifest is not None
    copied = LogStanding("a mirror", NOW - timedelta(hours=3))
    yield replace(proved, log=copied)
    yield replace(proved, log=LogStanding())
    listed = replace(proved.manifest, listed_by=LISTED)
    yield replace(proved, manifest=listed, directories=(AGE,))
    yield replace(proved, manifest=listed, directories=(replace(AGE, issued=None),))


@pytest.fixture(scope="module")
def verdicts() -> list[tuple[Verdict, str]]:
    return [(verdict, verdict.explain()) for verdict in map(decide, varied())]


def good(kind: str) -> Fact:
    def holds(v: Verdict) -> bool:
        replies = [each for each in v.evidence.replies if each.fault is None]
        said = ("revoked" if e.lookup.revocation else e.outcome.value for e in replies)
        return kind in said

    return holds


def fault(wanted: Fault) -> Fact:
    return lambda v: any(each.fault is wanted for each in v.evidence.replies)


def fresh(word: Word) -> Fact:
    return lambda v: v.origin is not None and v.freshness.revocation is word


def listed(*, assigned: bool) -> Fact:
    return lambda v: any(
        m.found.listed_by and (m.found.producer_name is not None) == assigned
        for m in v.weighed.marks
    )


def nothing_at_hand(v: Verdict) -> bool:
    """Whether a mark leads nowhere because nobody was there to ask."""
    return any(
        m.manifest is None and m.found.lookup.status is LookupStatus.NOT_ASKED
        for m in v.weighed.marks
        if m.found.version in v.thresholds.payload_versions
    )


def directory_dated(v: Verdict) -> bool:
    directory = v.freshness.directory
    return v.origin is not None and directory is not None and directory.issued is not None


FACTS: dict[str, Fact] = {
    **{f"RESPONSE[{kind}]": good(kind) for kind in reply_sentences.RESPONSE},
    **{f"FAULT[{each}]": fault(each) for each in Fault},
    "ANSWERED_BY": lambda v: any(each.fault is None for each in v.evidence.replies),
    "NOT_USED": lambda v: any(each.fault for each in v.evidence.replies),
    "ASK": nothing_at_hand,
    "LISTED_NUMBER": listed(assigned=True),
    "UNASSIGNED_NUMBER": listed(assigned=False),
    "REVOCATION_ANSWERED": fresh(Word.RESPONSE),
    "REVOCATION_MIRRORED": fresh(Word.MIRROR),
    "REVOCATION_UNCHECKED": fresh(Word.UNCHECKED),
    "DIRECTORY_AGE": directory_dated,
}
WITHIN = {"PLACE", "HOLDER", "HOLDER_FIRST", "OTHER_RESPONSES"}
"""Parts of other sentences, and what is counted: tested below."""
MESSAGES = {
    name if key is None else f"{name}[{key}]": message
    for name, value in vars(reply_sentences).items()
    if name.isupper() and name != "REVOKED"
    for key, message in (value.items() if isinstance(value, dict) else [(None, value)])
}


def test_every_sentence_has_its_fact() -> None:
    assert MESSAGES.keys() == FACTS.keys() | WITHIN


@pytest.mark.parametrize("name", FACTS)
def test_a_sentence_stands_where_its_fact_holds(
    name: str, verdicts: list[tuple[Verdict, str]]
) -> None:
    pattern, stood = pattern_of(MESSAGES[name].replace(" {why}", "")), 0
    for verdict, text in verdicts:
        found = pattern.search(text) is not None
        stood += found
        assert FACTS[name](verdict) == found, f"{name}: {found} in:\n{text}"
    assert stood, f"no case says {name}"


def test_responses_about_other_stamps_are_counted(verdicts: list[tuple[Verdict, str]]) -> None:
    one, many = "One response at hand is about other", "3 responses at hand are about other"
    for verdict, text in verdicts:
        count = verdict.evidence.other_replies
        assert (one in text, many in text) == (count == 1, count == 3)


def test_an_answer_in_a_name_of_two_names_only_the_number(
    verdicts: list[tuple[Verdict, str]],
) -> None:
    answered = re.compile(r"The holder of producer number \d+ (?:answered|states|refused)")
    for verdict, text in verdicts:
        good = [each for each in verdict.evidence.replies if each.fault is None]
        unnamed = any(not each.producer_name for each in good)
        assert (answered.search(text) is not None) == unnamed


def test_nothing_of_it_stays_english(verdicts: list[tuple[Verdict, str]]) -> None:
    for verdict, _ in verdicts:
        said = speak(verdict.explanation, PSEUDO).replace("a directory", "d.json")
        assert not find_english(said)


# --- history --------------------------------------------------------------------------------------

LINKS = ((Link.PROVED, None), (Link.STATED, None), (Link.STATED, "Bea"), (Link.UNPROVED, None))
ITEMS = [
    PastItem(SummaryItem(signal, model, None, time, "", signer, True, stated, part, "urn:x"), *link)
    for signal, model, time, signer, stated, part, link in product(
        Signal, ("a model", None), (NOW, None), ("Ada", None), (True, False), (True, False), LINKS
    )
]


def stands(message: Message, text: str) -> bool:
    return pattern_of(str(message)).search(text) is not None


@pytest.mark.parametrize("signal", Signal)
def test_history_is_told_as_it_was_stated(signal: Signal) -> None:
    for each in (each for each in ITEMS if each.item.signal is signal):
        item, tied = each.item, each.link is not Link.UNPROVED
        (said,) = history.tell_history([each], None)
        assert next(signal for signal, words in history.SIGNALS.items() if f" {words}" in said) in (
            item.signal,
            Signal.EDITED_WITH_AI,  # its words begin another's
        )
        assert stands(history.PLACED, said) == item.part
        assert stands(history.PAST, said) != item.part
        assert stands(history.STATED_BY, said) == (tied and item.stated)
        assert stands(history.PASSED_ON_BY, said) == (tied and not item.stated)
        assert stands(history.CLAIMED_BY, said) != tied
        assert stands(history.LINKED, said) == (each.linked_by is not None) == ('"Bea"' in said)
        assert ('"Ada"' in said) == (item.signer is not None)
        (own,) = history.tell_history([replace(each, self_named=True)], None)
        assert ("a name that is the signer's own word" in own) == tied
        assert ("a model" in said) == (item.model is not None)
        assert ("UTC" in said) == (item.time is not None)
        assert not find_english(speak(said, PSEUDO))


CREATED = ActionEntry("c2pa.created", source_type="http://x/trainedAlgorithmicMedia")


def entry(urn: str, signer: str, *parents: str, trusted: bool = True) -> HistoryEntry:
    """A manifest that states to have created its picture; "old" is somebody's parent."""
    return HistoryEntry(
        urn=urn,
        active=urn != "old",
        format=None,
        claim_generator=None,
        signer=SignerEntry(signer, None, "", NOW, NOW, SHA256, anchored=True),
        algorithm=None,
        signed_at=None,
        actions=(CREATED,),
        assertions=(),
        ingredients=tuple(IngredientEntry("parentOf", urn=each) for each in parents),
        statuses=(),
        trusted=trusted,
    )


@pytest.mark.parametrize(
    ("words", "newest", "trusted", "expected"),
    [
        (("A",), "A", True, ["stated Producer A", "proved"]),
        (("A",), "A", False, ["unproved", "unproved"]),
        (("A",), "urn:another", True, ["unproved", "unproved"]),
        (("A revoked",), "A", True, ["unproved", "unproved"]),
        (("A changed",), "A", True, ["unproved", "unproved"]),
        (("-", "A", "A", "far", "-"), "A", True, ["unproved", "unproved"]),
        (("-", "A", "A", "near", "-"), "A", True, ["stated Producer A", "proved"]),
    ],
)
def test_what_is_tied_to_the_picture(
    words: tuple[str, ...], newest: str, trusted: bool, expected: list[str]
) -> None:
    """The older manifest is of somebody else; nothing but the newer one's signer ties it."""
    decision = decide(evidence_of(*words))
    pieces = (decision.weighed.manifest, *(mark.manifest for mark in decision.weighed.marks))
    (manifest, *_) = filter(None, pieces)
    urn = manifest.urn if newest == "A" else newest
    told = (entry(urn, "Producer A", "old", trusted=trusted), entry("old", "Ada"))
    found = judge_past(told, decision)
    assert [" ".join(filter(None, (each.link, each.linked_by))) for each in found] == expected
    assert [each.self_named for each in judge_past(told, decision, {"old"})] == [True, False]
