"""One document in every format: nothing hostile gets through, nothing is lost, no picture."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from provenance.case import Source, Tracer
from provenance.case.report import document as parts
from provenance.case.report import render_html, render_pdf
from provenance.case.report.document import Document, code, letter, text

HOSTILE = '</style><script>alert(1)</script> #import "x" $x$ *b* \u202egnp.exe\u0007 & \'q\' "r"'


def a_document(words: str) -> Document:
    said, id_ = text(words), code(words)
    blocks = (
        parts.Callout("attributed", "Origin proved", said),
        parts.Paragraph(said),
        parts.Bullets((said, id_)),
        parts.Fields((("Name", said), ("SHA-256", id_))),
        parts.Table(("No.", "Finding"), (20, 80), ((said, id_),)),
        parts.letter(words),
    )
    sections = (parts.Section("Result", blocks),)
    page = "page {page} of {pages}"
    return Document("Title", said, said, said, "2026-03-01", "1 March 2026", page, sections)


class Reader(HTMLParser):
    """Collects what a browser would show, and every tag."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.shown: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            assert name not in ("src", "href", "onclick")
            assert "url(" not in (value or "")

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


def read(page: bytes) -> Reader:
    reader = Reader()
    reader.feed(page.decode())
    return reader


def test_html_shows_hostile_text_as_text() -> None:
    reader = read(render_html(a_document(HOSTILE)))
    assert not {"script", "img", "svg", "link", "iframe", "object"} & set(reader.tags)
    shown = "".join(reader.shown)
    assert shown.count("</style><script>alert(1)</script>") >= 9
    assert "\u202e" not in shown, "what turns the writing around is replaced"
    assert "\u0007" not in shown
    assert reader.tags.count("h1") == 1


def test_pdf_takes_hostile_text_as_text() -> None:
    made = render_pdf(a_document(HOSTILE))
    assert made.startswith(b"%PDF-")
    assert not re.search(rb"/Subtype\s*/Image|/JavaScript|/EmbeddedFile|/URI\b", made)


def test_pdf_is_tagged_archivable_and_the_same_each_time() -> None:
    made = render_pdf(a_document("words"))
    assert b"/MarkInfo" in made
    assert b"pdfuaid:part" in made
    assert b"pdfaid:part" in made
    assert made == render_pdf(a_document("words"))


@pytest.mark.parametrize("name", ["日本", "عربي", "Ελλάς", "Київ", "🦊", "\U000f0000"])
def test_no_name_is_too_foreign(name: str) -> None:
    """A letter that no font has is written as its code point, so the PDF is made all the same."""
    assert render_pdf(a_document(name)).startswith(b"%PDF-")
    assert name in "".join(read(render_html(a_document(name))).shown) or not name.isprintable()


def test_nothing_is_shown_for_nothing() -> None:
    assert text(None).text == text("").text == "–"
    assert text(0).text == "0"


def test_a_case_that_runs_from_right_to_left_turns_no_date(tracer: Tracer, picture: bytes) -> None:
    name = "\u0642\u0636\u064a\u0629 \u0661\u0662/\u0662\u0660"
    files = tracer.trace(Source(lambda: picture), name, "provenance trace IMAGE").files
    page = files["report.html"].decode()
    assert f"<p>Case \u2068{name}\u2069 · 2026-03-01</p>" in page
    assert f"Case \u2068{name}\u2069 · file SHA-256" in page


def test_a_quoted_name_that_runs_from_right_to_left_is_isolated() -> None:
    name = "\u0634\u0631\u06a9\u062a"
    assert text(f'by "{name}", 2026').text == f'by "\u2068{name}\u2069", 2026'
    assert text('by "Ada", 2026').text == 'by "Ada", 2026'
    assert letter(f'"{name}"\n"Ada"').text.text == f'"\u2068{name}\u2069"\n"Ada"'
    assert text("\u2068hidden\u2069").text == "\ufffdhidden\ufffd", "a stranger's isolates go"
