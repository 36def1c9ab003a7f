"""A report of every row of docs/verdicts.md: what it says of whom, and to whom it writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from html import escape

import pytest

from provenance.case import Consulted
from provenance.case.clock import MACHINE_CLOCK, NOT_COMPARED
from provenance.case.report import (
    Case,
    Exhibit,
    Input,
    layout,
    render_html,
    translate,
    write_report,
)
from provenance.case.report.document import Letter, Text
from provenance.verify import State, decide
from tests.pseudo import PSEUDO, find_english
from tests.unit.verify.conftest import NOW, NUMBERS, evidence_of
from tests.unit.verify.test_table import ROWS


def examined(*words: str) -> Case:
    exhibit = Exhibit(
        number="1",
        verdict=decide(evidence_of(*words)),
        input=Input(bytes=1, sha256="0" * 64, md5="0" * 32),
        examined_at=NOW,
    )
    return Case(
        name="2026-17",
        exhibits=(exhibit,),
        examined_at=NOW,
        clock=MACHINE_CLOCK,
        command="provenance trace IMAGE",
        consulted=Consulted(),
        software={},
    )


@pytest.mark.parametrize("row", ROWS, ids=[" | ".join(row[:5]) for row in ROWS])
def test_a_report_accuses_nobody(row: tuple[str, ...]) -> None:
    case = examined(*row[:5])
    found = write_report(case)
    verdict, told = case.exhibits[0].verdict, found["exhibits"][0]["verdict"]
    letters = found["letters"]
    if verdict.state is State.ATTRIBUTED:
        proved = [verdict.proof, *verdict.beside]
        stamps = [each.manifest.payload.hex() for each in proved if each and each.manifest.payload]
        assert all(letter["proved"] for letter in letters)
        assert [letter["stamp_id"] for letter in letters] == stamps
        assert told["origin"]["stamp_id"] in (*stamps[:1], None)
    else:
        assert told["origin"] is None
        for letter in letters:
            assert not letter["proved"]
            assert letter["producer"] is None, "no directory was given, so there is no name"
            assert "is not proved" in " ".join(letter["text"].split())
    if verdict.state in (State.SIMILAR, State.NONE):
        assert letters == []
    titles = [section.title for section in layout(found).sections]
    assert ("Proved origin" in titles) == (verdict.state is State.ATTRIBUTED)
    assert "What this report does not say" in titles


def list_texts(part: object) -> Iterator[str]:
    """Every text of a document that is neither a digest, an id nor a command."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from list_texts(each)
    elif isinstance(part, Text):
        yield from () if part.code else [part.text]
    elif isinstance(part, Letter):
        yield part.text.text
    elif is_dataclass(part):
        for field in fields(part):
            if field.name != "state":  # a colour, not a word
                yield from list_texts(getattr(part, field.name))


@pytest.mark.parametrize("row", ROWS, ids=[" | ".join(row[:5]) for row in ROWS])
def test_nothing_of_a_report_stays_in_english(row: tuple[str, ...]) -> None:
    case = examined(*row[:5])
    other = replace(case.exhibits[0], number="2", acquired="Bahnhof")
    for each in (case, replace(case, exhibits=(*case.exhibits, other), clock_check=NOT_COMPARED)):
        document = translate(layout(write_report(each)), PSEUDO)
        assert [found for text in list_texts(document) for found in find_english(text)] == []


@pytest.mark.parametrize("row", ROWS[::4], ids=[" | ".join(row[:5]) for row in ROWS[::4]])
def test_every_format_says_the_same(row: tuple[str, ...]) -> None:
    found = write_report(examined(*row[:5]))
    again = json.loads(json.dumps(found))
    assert layout(again) == layout(found), "a report is made of its JSON alone"
    page = render_html(layout(found)).decode()
    exhibit = found["exhibits"][0]
    assert escape(exhibit["headline"]) in page
    for finding in exhibit["verdict"]["evidence"]:
        assert escape(finding["finding"]) in page


def test_both_sides_of_a_contradiction_are_written_to() -> None:
    """Two proved origins: their producers are both asked to keep what they have."""
    found = write_report(examined("A", "B", "B", "near"))
    assert found["exhibits"][0]["verdict"]["state"] == "conflict"
    assert {letter["number"] for letter in found["letters"]} == {
        NUMBERS["A"],
        NUMBERS["B"],
    }


def test_what_was_consulted_keeps_its_lines() -> None:
    """Digests and a checkpoint are copied from a report to compare them: nothing joins them."""
    head = "log\n5\nroot\n\n— log signature"
    consulted = Consulted(anchors=("a" * 64, "b" * 64), directories=("c" * 64,), registry=head)
    page = render_html(layout(write_report(replace(examined("A"), consulted=consulted)))).decode()
    assert f"<code>{'a' * 64}\n{'b' * 64}</code>" in page
    assert f"<code>{head}</code>" in page
    assert "\N{REPLACEMENT CHARACTER}" not in page


def test_a_source_type_is_written_in_words() -> None:
    report = write_report(examined("A"))
    page = render_html(layout(report)).decode()
    assert "made by a trained model (http://cv.iptc.org/newscodes/digitalsourcetype/tr" in page
    report["exhibits"][0]["verdict"]["origin"]["source_type"] = "http://example.org/own"
    assert "<bdi>http://example.org/own</bdi>" in render_html(layout(report)).decode()
