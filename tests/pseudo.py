"""A made-up language: English with accents. What has none was never looked up in a catalogue."""

from __future__ import annotations

import gettext
import re

from provenance.language import Language

_ACCENTS = str.maketrans("aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ")
_PLAIN = re.compile(r"\{\w*\}|%[A-Za-z]")  # what is filled in stays as it is

_ENGLISH = re.compile(
    r"(?<![\w/.-])(?:the|this|that|is|are|was|were|of|and|or|not|no|none|by|with|it|its|in|at|as|to|"
    r"from|for|be|been|which|nobody|anybody)(?![\w/-])",
    re.IGNORECASE,
)


class _Accented(gettext.NullTranslations):
    def gettext(self, text: str) -> str:
        parts = _PLAIN.split(text)
        kept = [*_PLAIN.findall(text), ""]
        return "".join(a.translate(_ACCENTS) + b for a, b in zip(parts, kept, strict=True))

    def pgettext(self, context: str, text: str) -> str:
        return self.gettext(text)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.gettext(one if n == 1 else many)


PSEUDO = Language("xx", _Accented())
"""The language."""


def find_english(text: str) -> list[str]:
    """Find what stayed English: its commonest words without accents; names may be any words."""
    text = re.sub(r'"[^"\n]*"', '""', text)
    return [text[max(0, m.start() - 30) : m.end() + 30] for m in _ENGLISH.finditer(text)]
