"""The form of a letter: lines of a width that e-mail passes on without breaking them.

Lines are broken when a letter is written in a language, not before: each has words of its length.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import fill

from provenance.language import Language, Said, speak

WIDTH = 78
"""Columns of a letter."""


@dataclass(frozen=True)
class _Paragraph:
    text: str
    opening: str = ""

    def render(self, language: Language) -> str:
        return _fill(self.opening + speak(self.text, language), " " * len(self.opening))


@dataclass(frozen=True)
class _Rows:
    rows: tuple[tuple[str, str], ...]
    indent: int

    def render(self, language: Language) -> str:
        labels = [f"{speak(label, language)}  " for label, _ in self.rows]
        width = self.indent + max(map(len, labels))
        return "\n".join(
            _fill((" " * self.indent + label).ljust(width) + speak(value, language), " " * width)
            for label, (_, value) in zip(labels, self.rows, strict=True)
        )


def paragraph(text: str) -> Said:
    """Break a paragraph into lines."""
    return Said(_Paragraph(text))


def indented(opening: str, text: str) -> Said:
    """Break an item of a list into lines under its opening."""
    return Said(_Paragraph(text, opening))


def rows(found: Iterable[tuple[str, str]], indent: int = 0) -> Said:
    """Write labels and values in two columns."""
    return Said(_Rows(tuple(found), indent))


def _fill(text: str, hanging: str) -> str:
    return fill(
        text,
        WIDTH,
        subsequent_indent=hanging,
        break_on_hyphens=False,
        break_long_words=False,
        replace_whitespace=False,
        drop_whitespace=True,
    )
