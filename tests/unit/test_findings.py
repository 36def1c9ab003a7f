"""Findings show others' software by itself: pinned, in a folder of their own, and able to fail."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "findings"
SCRIPTS = sorted(FOLDER.glob("*.sh"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_finding_stands_by_itself(script: Path) -> None:
    text = script.read_text()
    assert os.access(script, os.X_OK)
    assert text.startswith("#!/usr/bin/env bash\n# ")
    for needed in ("set -euo pipefail", "mktemp -d", "trap 'rm -rf", "assert ", "\n# Seen"):
        assert needed in text
    installed = re.findall(r"pip install --quiet (.+)", text)
    assert installed
    assert all(
        re.fullmatch(r"'[\w.\[\]-]+==[\d.]+'", each) for line in installed for each in line.split()
    )
    from_npm = re.findall(r"npm install --silent (.+)", text)
    assert all(
        re.fullmatch(r"'[\w@/.-]+@\d[\d.]+'", each) for line in from_npm for each in line.split()
    )
    assert text.count("npm install") == len(from_npm)
    assert not re.search(r"import provenance|provenance (stamp|verify)", text)
    assert len(text.splitlines()) <= 80


def test_the_page_lists_each_of_them() -> None:
    listed = re.findall(r"^\| \[([\w-]+)\]\(\1\.sh\)", (FOLDER / "README.md").read_text(), re.M)
    assert listed == [script.stem for script in SCRIPTS]
