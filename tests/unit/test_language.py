"""Sentences that can be said in several languages."""

from __future__ import annotations

import copy
import gettext
import json
import pickle
from datetime import UTC, datetime, timedelta

import pytest

from provenance.errors import ConfigError
from provenance.language import (
    ENGLISH,
    NAMES,
    Language,
    Message,
    Said,
    join,
    message,
    message_in,
    messages,
    open_language,
    say_count,
    speak,
)
from provenance.text import (
    format_age,
    format_number,
    format_odds,
    format_percent,
    format_time,
    join_names,
    quote,
)

GREETING = message("{who} greets {whom}.")
SPEAKING = messages("One person speaks.", "{count} people speak.")
NOON = datetime(2026, 3, 5, 12, 30, tzinfo=UTC)


class Backwards(gettext.NullTranslations):
    """A language that turns the words of a message around, so that nothing passes untranslated."""

    def gettext(self, text: str) -> str:
        return " ".join(reversed(text.split(" ")))

    def pgettext(self, context: str, text: str) -> str:
        return {"before decimals": ",", "between thousands": "."}.get(context, text)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.gettext(one if n == 1 else many)


STRANGE = Language("xx", Backwards())


def test_a_sentence_is_its_english_text() -> None:
    said = GREETING.format(who="Ada", whom=quote('B"b'))
    assert said == 'Ada greets "B\'b".'
    assert json.dumps({"says": said}) == json.dumps({"says": str(said)})
    assert len({said, str(said)}) == 1


def test_a_sentence_is_said_again_with_its_values() -> None:
    inner = message("a friend of {whom}").format(whom="Bob")
    said = join((GREETING.format(who="Ada", whom=inner), "", say_count(*SPEAKING, 2)))
    assert said == "Ada greets a friend of Bob. 2 people speak."
    assert speak(said, STRANGE) == "Bob of friend a. greets Ada speak. people 2"
    assert speak(say_count(*SPEAKING, 1), STRANGE) == "speaks. person One"


@pytest.mark.parametrize("again", [copy.deepcopy, lambda said: pickle.loads(pickle.dumps(said))])
def test_a_copy_can_still_be_said(again: object) -> None:
    said = GREETING.format(who="Ada", whom=format_time(NOON))
    copied = again(said)  # type: ignore[operator]
    assert copied == said
    assert copied.form == said.form
    assert isinstance(again(GREETING), Message)  # type: ignore[operator]


def test_what_is_no_message_stays() -> None:
    assert speak("urn:c2pa:1", STRANGE) == "urn:c2pa:1"
    assert speak(7, STRANGE) == "7"


def test_a_value_with_braces_fills_in_nothing() -> None:
    assert GREETING.format(who="{whom}", whom="{0}") == "{whom} greets {0}."


def test_values_have_names() -> None:
    with pytest.raises(TypeError, match="have names"):
        GREETING.format("Ada")


@pytest.mark.parametrize(
    ("said", "english", "strange"),
    [
        (format_number(1234567), "1,234,567", "1.234.567"),
        (format_percent(0.0213), "2.1%", "2,1%"),
        (format_percent(0.4), "40%", "40%"),
        (format_odds(1e-9), "one in 1,000,000,000", "1.000.000.000 in one"),
        (format_odds(1e-40), "one in 10^40", "10^40 in one"),
        (format_age(timedelta(days=3)), "3 days", "days 3"),
        (join_names(["a", "b", "c"]), "a, b and c", "c and a, b"),
        (format_time(None), "an unknown time", "time unknown an"),
    ],
)
def test_numbers_times_and_lists_have_the_forms_of_the_language(
    said: Said, english: str, strange: str
) -> None:
    assert (said, speak(said, STRANGE)) == (english, strange)


def test_a_name_can_not_end_its_own_quotation() -> None:
    german = open_language("de")
    assert speak(quote("A“ hat dies bewiesen. „B"), german).count("“") == 1


def test_a_context_tells_two_messages_apart() -> None:
    assert message_in("a month", "May") == "May"
    assert speak(message_in("before decimals", "."), STRANGE) == ","


def test_each_language_opens() -> None:
    assert open_language("en") is ENGLISH
    assert [open_language(code).code for code in NAMES] == list(NAMES)


@pytest.mark.parametrize("code", ["", "xx", "DE", "../de", "de-AT"])
def test_an_unknown_language_is_refused_with_those_that_are_known(code: str) -> None:
    with pytest.raises(ConfigError, match=r"en \(English\), de \(Deutsch\)"):
        open_language(code)
