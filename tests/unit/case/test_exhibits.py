"""Cases with several exhibits: their numbers, letters, outlines, and who asks."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from provenance.case import CaseFile, People, Source, Tracer, check
from provenance.case.report import Case, Exhibit, Input, layout, render_html, render_pdf
from provenance.case.report.contents import write_report
from provenance.case.report.document import Outline
from provenance.case.report.preservation import write_requests
from provenance.errors import ConfigError, CorruptImageError
from provenance.language import NAMES, open_language
from provenance.response import read_request
from provenance.verify import decide
from tests.unit.case.test_every_verdict import examined
from tests.unit.verify.conftest import NOW, evidence_of

BROKEN = b"\x89PNG\r\n\x1a\n" + bytes(40)


def case_of(*rows: tuple[str, ...]) -> Case:
    exhibits = tuple(
        Exhibit(str(n), decide(evidence_of(*row)), Input(n, f"{n}" * 64, "0" * 32), NOW)
        for n, row in enumerate(rows, start=1)
    )
    return replace(examined("-"), exhibits=exhibits)


def report(case: CaseFile) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(case.files["report.json"])
    return found


def test_each_exhibit_has_its_number_and_source(tracer: Tracer, picture: bytes) -> None:
    sources = [
        Source(lambda: picture, number="A-1", acquired="a phone"),
        Source(lambda: picture),
    ]
    case = tracer.trace(sources, "2026-17")
    found = report(case)["exhibits"]
    assert [(each["number"], each["acquired"]) for each in found] == [
        ("A-1", "a phone"),
        ("2", None),
    ]
    assert len(case.verdicts) == 2
    noted = [json.loads(line) for line in case.files["custody.jsonl"].splitlines()]
    steps = [(each["step"], each["exhibit"]) for each in noted if "exhibit" in each]
    wanted = ["opened", "consulted", "examined"]
    assert steps == [(step, number) for number in ("A-1", "2") for step in wanted]
    page = case.files["report.html"].decode()
    assert '<td><bdi>A-1</bdi></td><td><bdi dir="ltr">opened</bdi></td>' in page
    assert "Exhibit A-1: Result" in page
    assert "<bdi>a phone</bdi>" in page


def test_one_exhibit_needs_no_number_in_its_titles(case: CaseFile) -> None:
    page = case.files["report.html"].decode()
    assert "<h2>Result</h2>" in page
    assert "Exhibit 1:" not in page


@pytest.mark.parametrize(
    ("numbers", "why"), [(["1", "1"], "number '1'"), (["2", None], "number '2'"), ([], "needs")]
)
def test_two_exhibits_never_have_one_number(
    numbers: list[str | None], why: str, tracer: Tracer, picture: bytes
) -> None:
    with pytest.raises(ConfigError, match=why):
        tracer.trace([Source(lambda: picture, number=each) for each in numbers], "1")


def test_too_many_exhibits_are_several_cases(tracer: Tracer, picture: bytes) -> None:
    with pytest.raises(ConfigError, match="make several"):
        tracer.trace([Source(lambda: picture)] * 101, "1")


def test_the_exhibit_that_can_not_be_read_is_named(tracer: Tracer, picture: bytes) -> None:
    sources = [Source(lambda: picture), Source(lambda: BROKEN, number="B")]
    with pytest.raises(CorruptImageError, match="Exhibit B: "):
        tracer.trace(sources, "1")


def test_one_stamp_in_two_exhibits_gets_one_letter() -> None:
    case = case_of(("-", "A", "A", "near"), ("A",), ("-", "B", "B", "near"))
    letters = write_requests(case)
    assert [each.exhibits for each in letters] == [("1", "2"), ("3",)]
    assert all(digit * 64 in letters[0].text for digit in "12")
    assert "3" * 64 not in letters[0].text


def test_a_proof_in_one_exhibit_counts_for_the_stamp_in_all() -> None:
    (letter,) = write_requests(case_of(("-", "A", "none"), ("-", "A", "A", "near")))
    assert letter.proved
    assert letter.exhibits == ("1", "2")


def test_what_it_means_is_told_for_each_exhibit_alone() -> None:
    proved, nothing = write_report(case_of(("A",), ("-",)))["exhibits"]
    assert "can be asked" in proved["readers"][0]["says"]
    assert "no stamp here" in nothing["readers"][0]["says"]


def test_marks_are_drawn_as_outlines_in_every_format() -> None:
    case = case_of(("-", "A part", "A", "near"))
    exhibit = case.exhibits[0]
    given = replace(exhibit.input, format="PNG", width=1000, height=800)
    case = replace(case, exhibits=(replace(exhibit, input=given),))
    document = layout(write_report(case))
    blocks = [block for section in document.sections for block in section.blocks]
    (outline,) = (block for block in blocks if isinstance(block, Outline))
    assert (outline.width, outline.height, len(outline.parts)) == (1000, 800, 1)
    page = render_html(document).decode()
    drawn = re.search(r'<svg class="outline" role="img" viewBox="0 0 1000 800".*?</svg>', page)
    assert drawn is not None
    assert drawn[0].count("<polygon") == 1
    assert "image" not in drawn[0]
    assert render_pdf(document).startswith(b"%PDF-")


def test_people_are_named_as_they_name_themselves(tracer: Tracer, picture: bytes) -> None:
    people = People("Jana M\u00fcller", "forensic analyst", "\u00d6zg\u00fcr Y\u0131ld\u0131z")
    case = replace(tracer, people=people).trace(Source(lambda: picture), "1")
    assert report(case)["people"]["role"] == "forensic analyst"
    page = case.files["report.html"].decode()
    assert "Jana M\u00fcller, forensic analyst" in page
    assert "\u00d6zg\u00fcr Y\u0131ld\u0131z" in page


@pytest.mark.parametrize("code", list(NAMES))
def test_a_case_in_each_language_can_be_checked(
    code: str, tracer: Tracer, picture: bytes, written: Any, examiner: Any
) -> None:
    case = replace(tracer, language=open_language(code)).trace(Source(lambda: picture), "1")
    assert f'<html lang="{code}">' in case.files["report.html"].decode()
    assert report(case)["exhibits"][0]["headline"].startswith("No evidence of origin was found")
    assert case.files["report.pdf"].startswith(b"%PDF-")
    assert check(written(case), [examiner.certificate]) == ()


def test_requests_of_a_case_are_signed_and_name_the_producer(examiner: Any) -> None:
    from provenance.case.folder.custody import CustodyLog
    from provenance.case.folder.documents import write_documents
    from tests.unit.case.conftest import CLOCK

    case = case_of(("A",))
    files = write_documents(case, CustodyLog(CLOCK), examiner.signer, open_language("fr"))
    asked = read_request(files["request-1.json"])
    assert asked.sealed is not None
    assert asked.sealed.holds
    assert asked.recipient == "Producer A"
    assert files["letter-1.txt"].decode().startswith("\u00c0\u00a0:")
    assert files["letter-1.en.txt"].decode().startswith("To:")
    unsigned = read_request(write_documents(case, CustodyLog(CLOCK), None)["request-1.json"])
    assert unsigned.sealed is not None
    assert unsigned.sealed.chain == ()


def test_an_exhibits_number_can_not_turn_its_title(tracer: Tracer, picture: bytes) -> None:
    sources = [
        Source(lambda: picture, number=each) for each in ("\u202eevil\u0007", "\u0642 \u0661")
    ]
    page = tracer.trace(sources, "1").files["report.html"].decode()
    assert "Exhibit \ufffdevil\ufffd: Result" in page
    assert "Exhibit \u2068\u0642 \u0661\u2069: Result" in page
    assert "\u202e" not in page
