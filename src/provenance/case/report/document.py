"""A document as its parts, for any renderer: headings, paragraphs, tables; no pictures.

Text from files, certificates and directories is hostile. It is cleaned here, once, by the rule of
``provenance.text``, so that every renderer shows it as what it is.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from provenance.text import MAX_LINE, clean, clean_lines

_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
"""Bidirectional classes of letters and digits that turn what stands beside them."""

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"

_QUOTED = re.compile(r'"([^"\n]*)"')
"""A name as ``provenance.text.quote`` writes it."""


@dataclass(frozen=True)
class Text:
    """A run of text; ``code`` is for digests, ids and commands, which may break anywhere."""

    text: str
    code: bool = False


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


Block = Paragraph | Callout | Bullets | Fields | Table | Letter


@dataclass(frozen=True)
class Section:
    """A heading and the blocks under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A whole document; ``date`` is an ISO date and ``footer`` stands on every page."""

    title: str
    subtitle: Text
    footer: Text
    author: Text
    date: str
    sections: tuple[Section, ...]


def text(value: object, *, code: bool = False) -> Text:
    """Return a value as a line of text that is safe to show; None becomes a dash.

    Quoted names that run from right to left are isolated, so that they turn nothing around them.
    """
    if value is None or value == "":
        return Text("–", code)
    return Text(_isolate_quoted(clean(str(value), MAX_LINE)), code)


def label(*parts: str, name: object) -> Text:
    """Return words of our own with a stranger's name in them, isolated; "{}" stands for it."""
    return Text("".join(parts).replace("{}", isolate(clean(str(name), MAX_LINE))))


def isolate(line: str) -> str:
    """Isolate a cleaned line that runs from right to left, at least in part (UAX 9)."""
    turns = any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for each in line)
    return f"{_FIRST_STRONG_ISOLATE}{line}{_POP_ISOLATE}" if turns else line


def _isolate_quoted(line: str) -> str:
    return _QUOTED.sub(lambda found: f'"{isolate(found[1])}"', line)


def code(value: object) -> Text:
    """Return a digest, id or command as text."""
    return text(value, code=True)


def code_lines(content: str) -> Text:
    """Return digests or a checkpoint as text; their line breaks stay."""
    return Text(clean_lines(content), code=True) if content else code(None)


def letter(content: str) -> Letter:
    """Return a letter as text that is safe to show; its line breaks stay."""
    return Letter(Text(_isolate_quoted(clean_lines(content)), code=True))
