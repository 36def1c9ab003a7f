"""What the documentation says of each kind of picture is so."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.kinds import KINDS, judge

PAGE = Path(__file__).resolve().parents[2] / "docs" / "formats.md"


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_becomes_what_the_page_says(name: str) -> None:
    found = judge(KINDS[name]())
    assert found.startswith(("kept", "refused"))
    assert f"| {name} | {found} |" in PAGE.read_text(encoding="utf-8")
