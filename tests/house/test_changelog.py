"""Every change is told once: a merge of two branches that both carry an entry leaves it twice."""

from __future__ import annotations

import re
from collections import Counter

from tests.conftest import REPOSITORY


def test_no_entry_of_the_changelog_stands_twice() -> None:
    text = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    entries = Counter(
        each.strip() for each in re.split(r"\n(?=[-#]|\n)", text) if "\n- " in f"\n{each}"
    )
    assert entries
    assert [entry[:70] for entry, count in entries.items() if count > 1] == []
