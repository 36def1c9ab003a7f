"""A document as its parts, for any renderer: headings, paragraphs, tables; no pictures.

Text from files, certificates and directories is hostile. It is cleaned here, once, by the rule of
``provenance.text``, so that every renderer shows it as what it is.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from provenance.language import ENGLISH, Language, Message, Said, speak
from provenance.text import MAX_LINE, clean, clean_lines

_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
"""Bidirectional classes of letters and digits that turn what stands beside them."""

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"

_QUOTED = re.compile(r'(")([^"\n]*)(")|(„)([^“\n]*)(“)|(« ?)([^»\n]*?)( ?»)')
"""A name as ``provenance.text.quote`` writes it, in each language."""


@dataclass(frozen=True)
class Text:
    """A run of text; ``code`` is for digests, ids and commands, which may break anywhere.

    ``own`` says that these are words of the report, in its language; a stranger's may run the other
    way.
    """

    text: str
    code: bool = False
    own: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    text: Text


@dataclass(frozen=True)
class Callout:
    """The verdict: its state, which gives the colour; a label of a few words; a sentence."""

    state: str
    label: str
    sentence: Text


@dataclass(frozen=True)
class Bullets:
    """A list without numbers."""

    items: tuple[Text, ...]


@dataclass(frozen=True)
class Fields:
    """Names and values in two columns."""

    rows: tuple[tuple[str, Text], ...]


@dataclass(frozen=True)
class Table:
    """Rows under column headings; ``widths`` are shares of the page's width."""

    head: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[Text, ...], ...]


@dataclass(frozen=True)
class Letter:
    """Text with fixed line breaks."""

    text: Text


@dataclass(frozen=True)
class Outline:
    """A picture as a frame, and parts of it as polygons, in pixels; ``says`` describes it."""

    width: int
    height: int
    parts: tuple[tuple[tuple[float, float], ...], ...]
    says: Text


Block = Paragraph | Callout | Bullets | Fields | Table | Letter | Outline


@dataclass(frozen=True)
class Section:
    """A heading and the blocks under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A whole document; ``footer`` stands on every page.

    ``date`` is an ISO date for the file's metadata, and ``day`` the same for people. ``page`` is
    what a page is called, with braces for its number and that of all. ``language`` is the code of
    the language that it is in.
    """

    title: str
    subtitle: Text
    footer: Text
    author: Text
    date: str
    day: str
    page: str
    sections: tuple[Section, ...]
    language: str = ENGLISH.code


def translate(document: Document, language: Language) -> Document:
    """Say a document in a language."""
    said: Document = _translate(document, language)
    return replace(said, language=language.code)


def _translate(part: Any, language: Language) -> Any:
    if isinstance(part, str):
        return speak(part, language)
    if isinstance(part, tuple):
        return tuple(_translate(each, language) for each in part)
    if is_dataclass(part) and not isinstance(part, type):
        parts = {each.name: _translate(getattr(part, each.name), language) for each in fields(part)}
        return type(part)(**parts)
    return part


@dataclass(frozen=True)
class _Safe:
    """What is said, as one line that is safe to show."""

    said: Said

    def render(self, language: Language) -> str:
        return _make_safe(speak(self.said, language))


def text(value: object, *, code: bool = False) -> Text:
    """Return a value as a line of text that is safe to show; None becomes a dash.

    Quoted names that run from right to left are isolated, so that they turn nothing around them.
    """
    if value is None or value == "":
        return Text("–", code)
    if isinstance(value, Said):
        return Text(Said(_Safe(value)), code, own=True)
    return Text(_make_safe(str(value)), code)


def _make_safe(line: str) -> str:
    return _isolate_quoted(clean(line, MAX_LINE))


def label(words: Message, *, name: object, **values: object) -> Text:
    """Fill words of our own in with a stranger's name, isolated, which they call ``case``."""
    return Text(words.format(case=isolate(clean(str(name), MAX_LINE)), **values))


def isolate(line: str) -> str:
    """Isolate a cleaned line that runs from right to left, at least in part (UAX 9)."""
    turns = any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for each in line)
    return f"{_FIRST_STRONG_ISOLATE}{line}{_POP_ISOLATE}" if turns else line


def _isolate_quoted(line: str) -> str:
    return _QUOTED.sub(_isolate_found, line)


def _isolate_found(found: re.Match[str]) -> str:
    opening, name, closing = (part for part in found.groups() if part is not None)
    return f"{opening}{isolate(name)}{closing}"


def code(value: object) -> Text:
    """Return a digest, id or command as text."""
    return text(value, code=True)


def code_lines(content: str) -> Text:
    """Return digests or a checkpoint as text; their line breaks stay."""
    return Text(clean_lines(content), code=True) if content else code(None)


def letter(content: str) -> Letter:
    """Return a letter as text that is safe to show; its line breaks stay."""
    if isinstance(content, Said):
        return Letter(Text(Said(_SafeLines(content)), code=True))
    return Letter(Text(_make_lines_safe(content), code=True))


@dataclass(frozen=True)
class _SafeLines:
    """What is said, as lines that are safe to show."""

    said: Said

    def render(self, language: Language) -> str:
        return _make_lines_safe(speak(self.said, language))


def _make_lines_safe(content: str) -> str:
    return _isolate_quoted(clean_lines(content))
