"""Strangers' text is safe to show; odds, names and times are as people read them."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.text import (
    MAX_LINE,
    MAX_NAME,
    clean,
    clean_lines,
    format_age,
    format_odds,
    format_percent,
    format_time,
    join_names,
    quote,
)


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (1.0, "one in two"),
        (0.5, "one in two"),
        (0.01, "one in 100"),
        (1.1e-9, "one in 900,000,000"),
        (1e-12, "one in 1,000,000,000,000"),
        (3e-40, "one in 10^39"),
        (0.0, "one in more than can be counted"),
    ],
)
def test_odds_never_sound_rarer_than_they_are(probability: float, text: str) -> None:
    assert format_odds(probability) == text


def test_quoted_is_one_bounded_line() -> None:
    assert quote("  Example\r\n AI ") == '"Example AI"'
    assert quote('say "yes"') == "\"say 'yes'\""
    assert len(quote("x" * 10_000)) <= 122


def test_percent_and_lists() -> None:
    assert (format_percent(0.0213), format_percent(0.4), format_percent(1.0)) == (
        "2.1%",
        "40%",
        "100%",
    )
    assert join_names(["a"]) == "a"
    assert join_names(["a", "b", "c"]) == "a, b and c"


STRANGE = (
    "\0\x1b\x7f\x85\u2028\u2029"  # controls and line separators
    "\u200b\u200d\u200e\u202e\u2066\ufeff"  # zero width and bidirectional marks
    "\ue000\U000f0000\u0378\ufdd0\ud800"  # private use, unassigned, surrogate
)
INVISIBLE = "\u034f\u115f\u1160\u3164\uffa0\u17b4\u180b"
ANY_TEXT = st.text(st.characters(codec=None) | st.sampled_from(STRANGE + INVISIBLE + "\n\r\t"))


@given(ANY_TEXT, st.integers(0, 50))
def test_clean_text_is_one_bounded_line_without_what_hides_or_reorders(
    text: str, limit: int
) -> None:
    shown = clean(text, limit)
    assert len(shown) == min(len(text), limit)
    assert shown.isprintable()
    assert not {unicodedata.category(each)[0] for each in shown} & {"C"}
    assert {unicodedata.bidirectional(each) for each in shown}.isdisjoint(
        {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN"}
    )
    assert len(shown.splitlines()) <= 1
    assert clean(shown, limit) == shown
    shown.encode()


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_ascii_is_untouched(text: str) -> None:
    assert clean(text, len(text)) == text


@pytest.mark.parametrize("character", [*STRANGE, *INVISIBLE, "\n", "\r", "\t"])
def test_what_hides_is_seen_to_have_been_there(character: str) -> None:
    assert clean(f"a{character}b") == "a\ufffdb"


@pytest.mark.parametrize("space", [" ", "\xa0", "\u202f", "\u3000", "\u2800"])
def test_every_space_is_a_plain_one(space: str) -> None:
    assert clean(f"a{space}b") == "a b"


@pytest.mark.parametrize("name", ["日本語", "عربي", "Ελλάς", "Київ", "🦊", "❤\ufe0f", "e\u0301"])
def test_names_of_all_scripts_stay(name: str) -> None:
    assert clean(name) == name


def test_limits() -> None:
    assert len(clean("x" * 1000)) == MAX_NAME
    assert len(clean_lines("x" * (MAX_LINE + 1))) == MAX_LINE


@given(ANY_TEXT)
def test_lines_of_our_own_stay_lines(text: str) -> None:
    shown = clean_lines(text)
    assert shown.count("\n") == text.count("\n")
    assert all(line.isprintable() for line in shown.split("\n"))
    assert clean_lines(shown) == shown


@given(ANY_TEXT)
def test_a_quoted_name_can_not_leave_its_quotation_marks(text: str) -> None:
    shown = quote(text)
    assert shown.isprintable()
    assert len(shown) <= 122
    assert (shown[0], shown[-1], shown.count('"')) == ('"', '"', 2)


def test_times_are_utc() -> None:
    cet = timezone(timedelta(hours=1))
    assert format_time(datetime(2026, 1, 31, 0, 30, tzinfo=cet)) == "2026-01-30 23:30 UTC"
    assert format_time(None) == "an unknown time"


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-5), "less than a minute"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=400), "400 days"),
    ],
)
def test_an_age_is_told_in_whole_units(age: timedelta, words: str) -> None:
    assert format_age(age) == words
