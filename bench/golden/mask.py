"""What two runs of one build differ in: the time of the run, the version, and where files lie."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

MASK = "***"

MASKED = re.compile(
    r"examined|custody\.\d+\.time|method\.tool\.version|method\.software\..*",
)
"""Places in a trace's report, whose values say when and with what it was made."""

DATE_OF_LETTER = re.compile(r"^(Date: +)\d{4}-\d\d-\d\d$", re.MULTILINE)
TOOL = re.compile(r"(?<=^Examination begun with provenance )[^\s]+(?=\.$)")


def masked(value: Any, place: str = "") -> Any:
    """Return a JSON value with what changes from run to run replaced."""
    if isinstance(value, dict):
        return {key: masked(each, _below(place, key)) for key, each in value.items()}
    if isinstance(value, list):
        return [masked(each, _below(place, n)) for n, each in enumerate(value)]
    if MASKED.fullmatch(place):
        return MASK
    if isinstance(value, str):
        return TOOL.sub(MASK, DATE_OF_LETTER.sub(rf"\g<1>{MASK}", value))
    return value


def masked_lines(text: str) -> list[Any]:
    """Return the objects of JSON Lines, masked."""
    return [masked(json.loads(line)) for line in text.splitlines()]


def without_paths(text: str, folders: Iterable[tuple[Path, str]]) -> str:
    """Name folders by what they are and not by where they lie."""
    for folder, name in folders:
        text = text.replace(str(folder), name)
    return text


def _below(place: str, key: object) -> str:
    return f"{place}.{key}" if place else str(key)
