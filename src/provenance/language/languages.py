"""Languages: one catalogue of translated messages each, as gettext reads them.

A catalogue is ``CODE.mo``; ``python -m translations`` makes it from the translators' file,
``translations/CODE.po``. English is the language of the messages themselves, so it has none.
"""

from __future__ import annotations

import gettext
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

from provenance.errors import ConfigError

NAMES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}
"""Each language by its code (ISO 639-1), in its own name."""


@dataclass(frozen=True)
class Language:
    """A language that sentences are written in."""

    code: str
    catalogue: gettext.NullTranslations = field(repr=False, compare=False)

    def translate(self, text: str, context: str = "") -> str:
        """Return a message in this language; one that the catalogue lacks stays English."""
        if context:
            return self.catalogue.pgettext(context, text)
        return self.catalogue.gettext(text)

    def translate_count(self, one: str, many: str, count: int) -> str:
        """Return the form of a message that this language uses with a number."""
        return self.catalogue.ngettext(one, many, count)


ENGLISH = Language("en", gettext.NullTranslations())
"""The language of the messages, of JSON and of logs."""


@lru_cache(maxsize=len(NAMES))
def open_language(code: str) -> Language:
    """Open a language by its code.

    Raises
    ------
    ConfigError
        There is no catalogue for it.
    """
    if code == ENGLISH.code:
        return ENGLISH
    if code not in NAMES:
        known = ", ".join(f"{each} ({name})" for each, name in NAMES.items())
        raise ConfigError(f"The language {code!r} is not known. Take one of these: {known}.")
    with files("provenance.language").joinpath(f"{code}.mo").open("rb") as file:
        return Language(code, gettext.GNUTranslations(file))
