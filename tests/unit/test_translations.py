"""The catalogues: nothing is missing or left over, and what is compiled is what is written."""

from __future__ import annotations

import gettext
import re
from datetime import UTC, datetime
from string import Formatter

import pytest
from babel.messages.catalog import Catalog

from provenance.language import ENGLISH, NAMES, open_language, speak
from provenance.text import format_number, format_time, quote
from translations.catalogues import COMPILED, extract, find_missing, messages_of, read, to_mo

LANGUAGES = [code for code in NAMES if code != ENGLISH.code]


@pytest.fixture(scope="module")
def template() -> Catalog:
    return extract()


@pytest.fixture(scope="module", params=LANGUAGES)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return read(request.param)


def texts(string: object) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, tuple | list) else (str(string),)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def keys(catalogue: Catalog) -> set[tuple[str, str]]:
    return {(texts(each.id)[0], each.context or "") for each in messages_of(catalogue)}


def test_there_are_messages(template: Catalog) -> None:
    assert len(keys(template)) > 500


def test_every_message_is_translated(template: Catalog, catalogue: Catalog) -> None:
    assert keys(template) - keys(catalogue) == set(), "run python -m translations"
    assert list(find_missing(catalogue)) == []


def test_no_translation_is_left_over(template: Catalog, catalogue: Catalog) -> None:
    assert keys(catalogue) - keys(template) == set(), "run python -m translations"


def test_translations_have_the_braces_of_the_message(catalogue: Catalog) -> None:
    for each in messages_of(catalogue):
        wanted = fields(texts(each.id)[-1])
        for text in texts(each.string):
            assert fields(text) | {"count"} == wanted | {"count"}, text
            assert (fields(text) == wanted) or isinstance(each.id, tuple), text


def test_sentences_end_as_the_message_does(catalogue: Catalog) -> None:
    """A full stop tells whether more may follow; spaces at the ends join parts of a sentence."""
    for each in messages_of(catalogue):
        for one, other in zip(texts(each.id), texts(each.string), strict=False):
            assert each.context or other[-1].isspace() == one[-1].isspace(), other
            short = len(one.split()) < 4  # "No." is "N°" elsewhere
            assert short or (one[-1] in ".!?") == (other[-1] in ".!?"), other


def test_nothing_is_left_in_english(catalogue: Catalog) -> None:
    """Whole sentences differ from the message; words can be the same in two languages."""
    for each in messages_of(catalogue):
        words = re.sub(r"\{\w*\}|SHA-256", "", texts(each.id)[0]).split()
        assert len(words) < 4 or texts(each.string) != texts(each.id), each.id


def test_each_catalogue_is_compiled(catalogue: Catalog) -> None:
    file = COMPILED / f"{catalogue.locale}.mo"
    assert file.read_bytes() == to_mo(catalogue), "run python -m translations"
    with file.open("rb") as opened:
        assert gettext.GNUTranslations(opened).gettext("Findings:") != "Findings:"


@pytest.mark.parametrize(
    ("code", "quoted"), [("de", "„Ada“"), ("fr", "«\u00a0Ada\u00a0»"), ("es", "«Ada»")]
)
def test_forms_of_each_language(code: str, quoted: str) -> None:
    language = open_language(code)
    assert speak(quote("Ada"), language) == quoted
    assert re.fullmatch(r"1[.\u202f]234", speak(format_number(1234), language))
    time = datetime(2026, 11, 30, 14, 5, tzinfo=UTC)
    assert re.match(r"30[./]11[./]2026 .*14:05 UTC$", speak(format_time(time), language))
