"""Every fixed sentence of reports and letters, read against the facts that it rests on.

Wherever a sentence stands in a report its fact must hold, and where the fact holds it stands there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from provenance.case.clock import MACHINE_CLOCK, NOT_COMPARED
from provenance.case.report import Account, Case, Exhibit, People, layout, readers, sentences
from provenance.case.report import letter_sentences as letters
from provenance.case.report.contents import write_report
from provenance.case.report.preservation import write_requests
from provenance.certificates import SignerCertificate
from provenance.directory import CertificateBinding, DirectoryProducer, Edition, Listing, Standing
from provenance.language import Message
from provenance.verify import State
from tests.unit.case.test_every_verdict import examined, list_texts
from tests.unit.registry.records import record
from tests.unit.verify.conftest import NUMBERS
from tests.unit.verify.test_table import ROWS

Fact = Callable[[Case], bool]
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def certificate(*, development: bool) -> SignerCertificate:
    from provenance.certificates import describe, load_pem_chain
    from provenance.signers import development as made

    found = describe(load_pem_chain(made.create("Lab").examiner))
    return found if development else replace(found, issuer="CN=A real authority")


def varied() -> Iterator[Case]:
    """A report of every row of the table, and what the table does not tell apart."""
    yield from (examined(*row[:5]) for row in ROWS)
    case = examined("-", "A", "A", "near")
    (exhibit,) = case.exhibits
    signed = certificate(development=True)
    for change in (
        {"certificate": signed},
        {"certificate": signed, "time_stamped": True},
        {"certificate": certificate(development=False)},
        {"people": People("Jana", "analyst", "Jo")},
        {"clock_check": NOT_COMPARED},
        {"exhibits": (exhibit, replace(exhibit, number="2"))},
    ):
        yield replace(case, **change)
    entry = DirectoryProducer(
        NUMBERS["A"], "Producer A", "trust@a.example", CertificateBinding("0" * 64), SINCE
    )
    drawn = Listing(entry, Edition((entry,), Standing.SELF, signer="CN=A", file="a.json"))
    for alone in (
        {"acquired": "a phone"},
        {"input": replace(exhibit.input, name="a.png")},
        {"input": replace(exhibit.input, format="PNG", width=100, height=80)},
        {"candidates": ((record(5), 12),)},
        {"records": (record(5),)},
        {"account": Account("0" * 24, "court order", None)},
        {"account": Account("0" * 24, "court order", "f" * 32, 3)},
        {"producers": {NUMBERS["A"]: entry}},
    ):
        yield replace(case, exhibits=(replace(exhibit, **alone),))
    claimed = examined("-", "A")
    (bare,) = claimed.exhibits
    yield replace(claimed, exhibits=(replace(bare, listings={NUMBERS["A"]: drawn}),))


@pytest.fixture(scope="module")
def reports() -> list[tuple[Case, str]]:
    found = []
    for case in varied():
        document = layout(write_report(case))
        found.append((case, "\n".join(list_texts(document))))
    return found


def any_exhibit(test: Callable[[Exhibit], object]) -> Fact:
    return lambda case: any(map(test, case.exhibits))


def state(wanted: str) -> Fact:
    return any_exhibit(lambda e: e.verdict.state == wanted)


def match(wanted: str) -> Fact:
    return any_exhibit(lambda e: e.verdict.origin and e.verdict.origin.match == wanted)


def always(case: Case) -> bool:
    return True


def asked(proved: bool, part: bool) -> Fact:
    wanted = (proved, part)
    return lambda case: any((each.proved, each.part) == wanted for each in write_requests(case))


def about_part(exhibit: Exhibit) -> bool:
    proof = exhibit.verdict.proof
    return proof is not None and exhibit.verdict.is_about_part(proof)


def uncertain_contact(case: Case) -> bool:
    return any(each.listings for each in case.exhibits)


def without_contact(case: Case) -> bool:
    lost = any(each.contact is None for each in write_requests(case))
    origins = any(e.verdict.origin is not None for e in case.exhibits)
    known = any(each.contact for each in write_requests(case) if each.proved)
    return (lost and not uncertain_contact(case)) or (origins and not known)


def told(which: dict[Message, Message], reader: Message) -> Fact:
    """Whether a reader is told this: by the verdict, and by whether there is whom to ask."""

    def holds(case: Case) -> bool:
        for exhibit in case.exhibits:
            proof = exhibit.verdict.origin
            about = any(exhibit.number in each.exhibits for each in write_requests(case))
            if proof is not None:
                ours = which is readers._PROVED
                if ours and (proof.stamp_id is not None or reader is readers.COURT):
                    return True
            elif which is (readers._ASKED if about else readers._NOTHING):
                return True
        return False

    return holds


FACTS: dict[str, tuple[Message, Fact]] = {
    "TITLE": (sentences.TITLE, lambda c: len(c.exhibits) == 1),
    "TITLE_MANY": (sentences.TITLE_MANY, lambda c: len(c.exhibits) > 1),
    "FOOTER": (sentences.FOOTER, lambda c: len(c.exhibits) == 1),
    "FOOTER_MANY": (sentences.FOOTER_MANY, lambda c: len(c.exhibits) > 1),
    "NO_REVIEWER": (sentences.NO_REVIEWER, lambda c: c.people.reviewer is None),
    "NOT_STATED": (sentences.NOT_STATED, any_exhibit(lambda e: e.acquired is None)),
    "NO_NAMES": (sentences.NO_NAMES, any_exhibit(lambda e: e.input.name is None)),
    "NO_PICTURE": (sentences.NO_PICTURE, always),
    "REPEAT": (sentences.REPEAT, always),
    "CUSTODY": (sentences.CUSTODY, always),
    "MACHINE_CLOCK": (MACHINE_CLOCK, always),
    "NOT_COMPARED": (NOT_COMPARED, lambda c: c.clock_check == NOT_COMPARED),
    "UNSIGNED": (sentences.UNSIGNED, lambda c: c.certificate is None),
    "SIGNED": (sentences.SIGNED, lambda c: c.certificate is not None),
    "TIME_STAMPED": (sentences.TIME_STAMPED, lambda c: bool(c.certificate and c.time_stamped)),
    "DEVELOPMENT_EXAMINER": (
        sentences.DEVELOPMENT_EXAMINER,
        lambda c: bool(c.certificate and c.certificate.from_development),
    ),
    "CANDIDATES": (sentences.CANDIDATES, any_exhibit(lambda e: e.candidates)),
    "ACCOUNT": (sentences.ACCOUNT, any_exhibit(lambda e: e.account and e.account.access)),
    "ACCOUNT_TOLD": (
        sentences.ACCOUNT_TOLD,
        any_exhibit(lambda e: e.account and e.account.access is None),
    ),
    "REGIONS": (
        sentences.REGIONS,
        any_exhibit(lambda e: e.input.width and any(f.region for f in e.verdict.findings)),
    ),
    "NO_CONTACT": (sentences.NO_CONTACT, without_contact),
    "UNPROVED_CONTACT": (letters.UNPROVED_CONTACT, uncertain_contact),
    "HOLDER": (letters.HOLDER, lambda c: any(not each.producer for each in write_requests(c))),
    "PROVED": (letters.PROVED, asked(proved=True, part=False)),
    "PROVED_PART": (letters.PROVED_PART, asked(proved=True, part=True)),
    "PART": (readers._PART, any_exhibit(about_part)),
    "UNPROVED": (letters.UNPROVED, asked(proved=False, part=False)),
    **{f"STATES[{key}]": (words, state(key)) for key, words in sentences.STATES.items()},
    **{f"MATCHES[{key}]": (words, match(key)) for key, words in sentences.MATCHES.items()},
    **{f"LIMITS[{n}]": (words, always) for n, words in enumerate(sentences.LIMITS)},
    **{f"METHOD[{n}]": (words, always) for n, words in enumerate(sentences.METHOD)},
    **{f"VALIDATION[{n}]": (words, always) for n, words in enumerate(sentences.VALIDATION)},
    **{
        f"{name}[{reader}]": (words, told(which, reader))
        for name, which in (
            ("PROVED", readers._PROVED),
            ("ASKED", readers._ASKED),
            ("NOTHING", readers._NOTHING),
        )
        for reader, words in which.items()
    },
    **{
        name: (getattr(letters, name), lambda c: bool(write_requests(c)))
        for name in (
            *("PLEASE_PRESERVE", "PRESERVE_RECORDS", "CLOSING", "ASK", "HOW", "SENDER"),
            "SIGNATURE",
        )
    },
}


def pattern_of(message: str) -> re.Pattern[str]:
    """Return what finds a message whose braces are filled in; letters break their lines."""
    parts = re.split(r"\{\w+\}", " ".join(message.split()))
    words = (r"\s+".join(map(re.escape, part.split(" "))) for part in parts)
    return re.compile(r"[\s\S]{0,900}?".join(words))


@pytest.mark.parametrize("name", FACTS)
def test_a_sentence_stands_where_its_fact_holds(name: str, reports: list[tuple[Case, str]]) -> None:
    message, fact = FACTS[name]
    pattern, stood = pattern_of(message), 0
    for case, text in reports:
        found = pattern.search(text) is not None
        stood += found
        assert fact(case) == found, f"{name}: {found} in:\n{text}"
    assert stood, f"no report says {name}"


ELSEWHERE = {
    *("CASE", "PAGE", "IT_SAYS", "STEPS", "TIMES", "OUTLINE"),  # words that sentences are made of
}


@pytest.mark.parametrize("module", [sentences, letters], ids=["report", "letter"])
def test_every_sentence_has_its_fact(module: object) -> None:
    known = {name.partition("[")[0] for name in FACTS} | ELSEWHERE
    long = {
        name
        for name, value in vars(module).items()
        if name.isupper() and not (isinstance(value, str) and len(value.split()) < 5)
        if name not in ("WITHOUT_PDF", "KEEP")
    }
    assert long <= known


def test_the_verdicts_of_a_report_are_those_of_the_table(
    reports: list[tuple[Case, str]],
) -> None:
    assert {e.verdict.state for case, _ in reports for e in case.exhibits} == set(State)
