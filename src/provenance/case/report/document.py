"""A document as its parts, for any renderer: headings, paragraphs, tables; no pictures.

Text from files, certificates and directories is hostile. It is cleaned here, once, by the rule of
``provenance.text``, so that every renderer shows it as what it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.text import MAX_LINE, clean, clean_lines


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
    """Return a value as a line of text that is safe to show; None becomes a dash."""
    return Text("–" if value is None or value == "" else clean(str(value), MAX_LINE), code)


def code(value: object) -> Text:
    """Return a digest, id or command as text."""
    return text(value, code=True)


def code_lines(content: str) -> Text:
    """Return digests or a checkpoint as text; their line breaks stay."""
    return Text(clean_lines(content), code=True) if content else code(None)


def letter(content: str) -> Letter:
    """Return a letter as text that is safe to show; its line breaks stay."""
    return Letter(Text(clean_lines(content), code=True))
