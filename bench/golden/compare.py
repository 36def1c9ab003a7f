"""What two runs differ in, grouped by where it stands."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Key = tuple[str, str]
ABSENT = "(absent)"
SHOWN = 160
"""Characters of a value that are shown."""


@dataclass(frozen=True)
class Difference:
    """One value that is not as it was; ``place`` has no indexes, so that like ones are a group."""

    command: str
    place: str
    before: str
    after: str
    case: str


def load(file: Path) -> dict[Key, Row]:
    rows = map(json.loads, file.read_text().splitlines())
    return {(row["command"], row["case"]): row for row in rows}


def differences(before: dict[Key, Row], after: dict[Key, Row]) -> Iterator[Difference]:
    """List every value of the shared and missing rows that differs; seconds don't count."""
    for key in sorted(before.keys() | after.keys()):
        command, case = key
        if key not in before or key not in after:
            there = [ABSENT if key not in rows else "(run)" for rows in (before, after)]
            yield Difference(command, "", there[0], there[1], case)
            continue
        old, new = (json.dumps(_said(rows[key]), ensure_ascii=False) for rows in (before, after))
        if old == new:
            continue
        found = list(_places(json.loads(old), json.loads(new)))
        for place, *values in found or [("(order of keys)", old, new)]:
            yield Difference(command, place, values[0], values[1], case)


def show(found: list[Difference]) -> Iterator[str]:
    """Write each group with its commonest change and one case of it."""
    groups: dict[tuple[str, str], list[Difference]] = defaultdict(list)
    for each in found:
        groups[each.command, each.place].append(each)
    for (command, place), members in sorted(groups.items(), key=lambda item: -len(item[1])):
        changes: dict[tuple[str, str], list[str]] = defaultdict(list)
        for each in members:
            changes[each.before, each.after].append(each.case)
        yield f"{command} {place or 'whole'}: {len(members)} times, {len(changes)} changes"
        for (old, new), names in sorted(changes.items(), key=lambda item: -len(item[1]))[:3]:
            yield f"  {len(names)} x, such as {names[0]}"
            yield f"    before {_short(old)}"
            yield f"    after  {_short(new)}"


def speed(before: dict[Key, Row], after: dict[Key, Row]) -> Iterator[str]:
    """Compare processor seconds over the shared rows, command by command."""
    shared = before.keys() & after.keys()
    for command in sorted({command for command, _ in shared}):
        old, new = (
            sum(rows[key]["seconds"] for key in shared if key[0] == command)
            for rows in (before, after)
        )
        yield f"{command}: {old:.1f} s before, {new:.1f} s after, ratio {new / old:.2f}"


def _said(row: Row) -> Row:
    return {name: row[name] for name in ("status", "err", "output")}


def _places(old: Any, new: Any, place: str = "") -> Iterator[tuple[str, str, str]]:
    if type(old) is type(new) and isinstance(old, dict):
        for key in {**old, **new}:
            yield from _places(old.get(key, ABSENT), new.get(key, ABSENT), f"{place}.{key}")
    elif type(old) is type(new) and isinstance(old, list) and len(old) == len(new):
        for each, other in zip(old, new, strict=True):
            yield from _places(each, other, f"{place}[]")
    elif old != new or type(old) is not type(new):
        written = [json.dumps(each, ensure_ascii=False) for each in (old, new)]
        yield place.lstrip("."), written[0], written[1]


def _short(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
