"""The bench of agreement: what counts as one, as a wrong payload, as a claim."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.agreement import UNMARKED, Copy, Row, ask_reader, report

ONE, OTHER = "10" * 12, "20" * 12


def row(python: str | None, *reader: str, payload: str | None = ONE) -> Row:
    family = UNMARKED if payload is None else "codecs"
    return Row(Copy("picture", f"{python} {reader}", family, payload), python, reader)


def test_both_agree_by_the_first_payload_or_by_none() -> None:
    assert row(ONE, ONE).agree
    assert row(ONE, ONE, OTHER).agree
    assert row(None).agree
    assert not row(ONE).agree
    assert not row(None, ONE).agree
    assert not row(ONE, OTHER, ONE).agree


def test_every_other_payload_is_wrong() -> None:
    assert row(ONE, ONE).wrong == (False, False)
    assert row(OTHER, ONE, OTHER).wrong == (True, True)
    assert row(None, ONE, payload=None).wrong == (False, True)


def test_the_report_counts_and_names_what_differs() -> None:
    rows = [row(ONE, ONE), row(None), row(None, ONE), row(ONE), row(None, payload=None)]
    text = report(rows)
    assert "| all | 4 | 1 | 1 | 1 | 1 | 50.0 % (15.0 to 85.0) |" in text
    assert "wrong payloads in marked copies: reader 0 of 4" in text
    assert "claims in unmarked pictures: reader 0 of 1" in text
    assert text.count("picture, ") == 2


def test_the_reader_is_asked_for_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program that prints the same lines can stand in its place."""
    stand_in = tmp_path / "node"
    stand_in.write_text(
        '#!/bin/sh\necho \'{"marks": [{"payload": "aa"}]}\'\necho \'{"marks": []}\'\nexit 1\n'
    )
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert ask_reader([tmp_path / "a.png", tmp_path / "b.png"], tmp_path) == [("aa",), ()]
