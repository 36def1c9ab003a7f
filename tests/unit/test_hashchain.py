"""A hash chain: what was altered, removed, inserted or reordered no longer follows."""

from __future__ import annotations

import json
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance import hashchain

ENTRIES = st.lists(st.dictionaries(st.sampled_from("abc"), st.integers() | st.text()), max_size=5)


def linked(entries: list[dict[str, int | str]]) -> list[bytes]:
    lines: list[bytes] = []
    previous = hashchain.START
    for n, entry in enumerate(entries):
        lines.append(hashchain.link(n, previous, entry))
        previous = hashchain.digest(lines[-1])
    return lines


@settings(deadline=None)
@given(ENTRIES)
def test_what_was_linked_is_read_back(entries: list[dict[str, int | str]]) -> None:
    found, head = hashchain.verify(linked(entries))
    assert [{k: v for k, v in e.items() if k in "abc"} for e in found] == entries
    assert head == (hashchain.digest(linked(entries)[-1]) if entries else hashchain.START)


@settings(deadline=None)
@given(ENTRIES.filter(len), st.data())
def test_a_changed_line_is_found(entries: list[dict[str, int | str]], data: st.DataObject) -> None:
    lines = linked(entries)
    n = data.draw(st.integers(0, len(lines) - 1))
    at = data.draw(st.integers(0, len(lines[n]) - 1))
    changed = bytearray(lines[n])
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    lines[n] = bytes(changed)
    if n < len(lines) - 1:
        with pytest.raises(hashchain.ChainError):
            hashchain.verify(lines)
    else:  # no line names the last one: whoever knows the head sees the change
        assert hashchain.digest(lines[n]) != hashchain.digest(linked(entries)[n])


def test_a_line_that_is_missing_added_or_moved_is_found() -> None:
    lines = linked([{"a": 0}, {"a": 1}, {"a": 2}])
    for wrong in (lines[1:], [lines[0], lines[2]], [*lines[:2], lines[1]], lines[::-1]):
        with pytest.raises(hashchain.ChainError):
            hashchain.verify(wrong)


@pytest.mark.parametrize("line", [b"", b"[]", b"nonsense", b'{"n": 0}', b'{"n":0.5}'])
def test_what_is_no_line_is_refused(line: bytes) -> None:
    with pytest.raises(hashchain.ChainError, match="line 0"):
        hashchain.verify([line])


def test_a_line_that_nests_too_deep_for_the_parser_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (line,) = linked([{"a": 0}])
    monkeypatch.setattr(json, "loads", Mock(side_effect=RecursionError))
    with pytest.raises(hashchain.ChainError, match="line 0"):
        hashchain.verify([line])


def test_a_line_is_canonical_json() -> None:
    assert (
        hashchain.link(0, hashchain.START, {"b": 1, "a": "é"})
        == ('{"a":"é","b":1,"n":0,"previous":"' + "0" * 64 + '"}').encode()
    )
    assert json.loads(hashchain.link(1, "f" * 64, {}))["previous"] == "f" * 64
