"""Strangers' text made safe to show.

What a file, a certificate or a registry says is chosen by a stranger and ends up in terminals, web
pages, PDFs, letters and logs. There it must not move a cursor, fake a line, turn the reading
direction around, hide a letter or bury the rest. One rule holds for all of them: ``clean``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MAX_NAME = 256
"""Characters of a name or version. The longest in certificates and manifests has 90."""

MAX_LINE = 2**16
"""Characters of any other line. A lattice fingerprint, the longest honest text, has kilobytes."""

_REPLACED = "\N{REPLACEMENT CHARACTER}"  # shows that something was there

_HIDDEN_OR_LINE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories: controls, formats (bidirectional marks, zero width), surrogates, private use,
unassigned, line and paragraph separators. Nobody knows what a font shows for them."""

_INVISIBLE = frozenset(
    "\u034f"  # combining grapheme joiner
    "\u115f\u1160\u3164\uffa0"  # Hangul fillers
    "\u17b4\u17b5"  # Khmer inherent vowels
    "\u180b\u180c\u180d\u180f"  # Mongolian variation selectors
)
"""Letters and marks without a glyph: with one of them two different names look the same. The other
variation selectors stay, because emoji and Japanese names are written with them."""

JOINERS = "\u200c\u200d"
"""Zero width non-joiner and joiner."""

_PLAIN_NAME = re.compile(r"[\w./\\@%+=~,-]+")

_BLANK = "\u2800"  # Braille pattern blank: a symbol by category, a space to the eye


def clean(text: str, limit: int = MAX_NAME) -> str:
    """Return a stranger's text as one line that is safe to show, of at most ``limit`` characters.

    What could hide or mislead becomes U+FFFD, which shows that something was there. Every kind of
    space becomes a plain one.
    """
    text = text[:limit]
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character if is_joiner(text, at) else _clean_character(character)
        for at, character in enumerate(text)
    )


def is_joiner(text: str, at: int) -> bool:
    """Tell whether a joiner stands where a script needs one (RFC 5892, A.1 and A.2).

    So Persian and Hindi names stay as they are; anywhere else a joiner only hides.
    """
    if text[at] not in JOINERS:
        return False
    from precis_i18n.context import context_rule_error
    from precis_i18n.unicode import UnicodeData

    return not context_rule_error(text, at, UnicodeData())


def is_showable(text: str) -> bool:
    """Tell whether a text is one line that can be shown as it is."""
    return all(each.isprintable() or is_joiner(text, at) for at, each in enumerate(text))


def show_name(name: str) -> str:
    """Show the name of a file so that nobody can mistake it for words around it.

    A name with anything but letters, digits and what paths are made of stands in quotation marks.
    """
    shown = clean(name, MAX_LINE)
    if _PLAIN_NAME.fullmatch(shown):
        return shown
    return '"' + shown.replace('"', "'") + '"'


def clean_lines(text: str) -> str:
    """Return text of our own as safe lines; only its line breaks (U+000A) stay."""
    return "\n".join(clean(line, MAX_LINE) for line in text.split("\n"))


def _clean_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Zs" or character == _BLANK:
        return " "
    return _REPLACED if category in _HIDDEN_OR_LINE or character in _INVISIBLE else character


def suggest(word: str, known: Iterable[str]) -> str:
    """Return a question to add to a refusal: the known word that was probably meant, or nothing."""
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), 1)
    return f" Did you mean {close[0]!r}?" if close else ""
