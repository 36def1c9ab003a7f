"""A document as its parts, for any renderer: headings, paragraphs, tables; no pictures.

Text from files, certificates and directories is hostile. It is cleaned here, once: control
characters and those that turn the direction of writing become U+FFFD, so that no renderer shows a
line that reads otherwise than its bytes.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


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
    """The verdict: its state for colours, in two words, and in a sentence."""

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
    """A heading and what stands under it."""

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
    """Return a value as text that is safe to show; None becomes a dash."""
    shown = "–" if value is None or value == "" else str(value)
    cleaned = (
        "\ufffd" if unicodedata.category(letter) in _UNPRINTABLE and letter != "\n" else letter
        for letter in shown
    )
    return Text("".join(cleaned), code)


def code(value: object) -> Text:
    """Return a digest, id or command as text."""
    return text(value, code=True)
