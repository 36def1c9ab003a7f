from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.canonical import is_hex, to_canonical_json, to_utc_text

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="ascii")), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(VALUES)
def test_reading_and_writing_again_gives_the_same_bytes(value: Any) -> None:
    data = to_canonical_json(value)
    assert json.loads(data) == value
    assert to_canonical_json(json.loads(data)) == data


def test_order_of_insertion_does_not_matter() -> None:
    assert to_canonical_json({"b": 1, "a": [True, None]}) == b'{"a":[true,null],"b":1}'
    assert to_canonical_json({"a": [True, None], "b": 1}) == b'{"a":[true,null],"b":1}'


def test_text_is_escaped_as_rfc_8785_has_it() -> None:
    # The string example of RFC 8785, 3.2.2.2, but for its "\/" and "\u20ac" as input spellings.
    assert to_canonical_json('€$\x0f\nA\'B"\\\\"/') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode()


@pytest.mark.parametrize("value", [1.0, {"ä": 1}, {1: 2}, b"x", "\ud800", [object()]])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (JSON's own words, or Unicode's, or ours)
        to_canonical_json(value)


def test_times_are_utc_with_microseconds() -> None:
    moment = datetime(2026, 1, 31, 13, tzinfo=timezone(timedelta(hours=1)))
    assert to_utc_text(moment) == "2026-01-31T12:00:00.000000Z"
    assert to_utc_text(datetime.max.replace(tzinfo=UTC)) == "9999-12-31T23:59:59.999999Z"
    with pytest.raises(ValueError, match="no time zone"):
        to_utc_text(datetime(2026, 1, 31))  # noqa: DTZ001 (the point of the test)


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_times_sort_as_text(first: datetime, second: datetime) -> None:
    assert (to_utc_text(first) < to_utc_text(second)) == (first < second)
    assert datetime.fromisoformat(to_utc_text(first)) == first


@given(
    st.text() | st.text("0123456789abcdefAF\n", min_size=4, max_size=5) | st.none() | st.binary()
)
def test_hex_has_one_spelling(text: object) -> None:
    good = isinstance(text, str) and len(text) == 4 and set(text) <= set("0123456789abcdef")
    assert is_hex(text, 4) == good
