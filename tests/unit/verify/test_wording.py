"""Odds, names and times as people read them."""

from __future__ import annotations

import pytest

from provenance.verify.wording.phrases import listed, odds, percent, quoted


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
    assert odds(probability) == text


def test_quoted_is_one_bounded_line() -> None:
    assert quoted("  Example\r\n AI ") == '"Example AI"'
    assert quoted('say "yes"') == "\"say 'yes'\""
    assert len(quoted("x" * 10_000)) <= 122


def test_percent_and_lists() -> None:
    assert (percent(0.0213), percent(0.4), percent(1.0)) == ("2.1%", "40%", "100%")
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
