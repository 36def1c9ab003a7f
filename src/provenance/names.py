"""Names of producers and models: what a language needs is accepted, what only deceives refused.

Which characters may stand in a name is decided by PRECIS (RFC 8264, FreeformClass), by the tables
of a library: nothing invisible, no control, no turning of the reading direction; joiners where a
script needs them, as in Persian and Hindi. Which scripts may be mixed in one word follows Unicode's
"highly restrictive" level (UTS 39).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from provenance.text import MAX_NAME, clean, is_joiner

if TYPE_CHECKING:
    from precis_i18n.baseclass import FreeFormClass

LATIN = "Latin"

MIXABLE = (
    frozenset({LATIN, "Cjk", "Hiragana", "Katakana"}),  # Japanese
    frozenset({LATIN, "Cjk", "Bopomofo"}),  # Chinese
    frozenset({LATIN, "Cjk", "Hangul"}),  # Korean
)
"""Scripts that one word may mix."""

ALIKE = frozenset({"Cyrillic", "Greek", "Armenian", "Cherokee", "Coptic", "Lisu"})
"""Scripts with letters that look like Latin ones: a whole word of them can pass for another."""


@dataclass(frozen=True)
class Script:
    """A word of a name, and the scripts of its letters where these can deceive."""

    word: str
    scripts: tuple[str, ...]

    @property
    def mixed(self) -> bool:
        """Whether the word mixes scripts that no language mixes."""
        return len(self.scripts) > 1


def find_fault(name: str, limit: int = MAX_NAME) -> str | None:
    """Say what is wrong with a name, as the end of a sentence; None if nothing is."""
    if not name.strip():
        return "is empty"
    if len(name) > limit:
        return f"has over {limit} characters"
    if name.isascii():
        return None if name.isprintable() else "has a character that can't be shown"
    for at, character in enumerate(name):
        odd_space = character != " " and unicodedata.category(character) == "Zs"
        if odd_space or (clean(character) != character and not is_joiner(name, at)):
            return f"has the character U+{ord(character):04X}, which can't be seen or misleads"
    try:
        _freeform().enforce(name)
    except UnicodeEncodeError as error:
        return f"has the character U+{ord(name[error.start]):04X}, which can't be seen or misleads"
    return None


def find_deceptive_script(name: str) -> Script | None:
    """Return the first word that mixes scripts, or else one whose letters look like Latin ones."""
    found = list(_list_scripts(name))
    return next((each for each in found if each.mixed), next(iter(found), None))


def find_producer_fault(name: str, limit: int = MAX_NAME) -> str | None:
    """Say what is wrong with a producer's name: also a word that mixes scripts."""
    if fault := find_fault(name, limit):
        return fault
    script = find_deceptive_script(name)
    if script is None or not script.mixed:
        return None
    return f"mixes {' and '.join(script.scripts)} letters in one word, {clean(script.word)!r}"


def _list_scripts(name: str) -> Iterator[Script]:
    text = unicodedata.normalize("NFKC", name)
    for word in "".join(
        c if c.isalnum() or unicodedata.combining(c) else " " for c in text
    ).split():
        letters = (c for c in word if unicodedata.category(c) in ("Lu", "Ll", "Lt", "Lo"))
        scripts = frozenset(map(_name_script, letters))
        mixed = len(scripts) > 1 and not any(scripts <= each for each in MIXABLE)
        if mixed or scripts & ALIKE:
            yield Script(word, tuple(sorted(scripts)))


def _name_script(letter: str) -> str:
    """Return the script of a letter: the first word of its Unicode name."""
    return unicodedata.name(letter, "unknown").split()[0].capitalize()


@lru_cache(maxsize=1)
def _freeform() -> FreeFormClass:
    from precis_i18n.baseclass import FreeFormClass
    from precis_i18n.unicode import UnicodeData

    return FreeFormClass(UnicodeData())
