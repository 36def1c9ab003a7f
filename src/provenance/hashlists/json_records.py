"""JSON in lists: one value, or one on each line; and which of the three forms it has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from provenance.errors import HashListError
from provenance.hashlists.records import Form

_KEYS = {
    Form.VICS: {"@odata.context", "odata.metadata", "value", "Media", "MD5", "AlternativeHashes"},
    Form.GRAPH: {"data", "indicator", "raw_indicator"},
}
# Keys of pages and of records; what has none of them is StopNCII's.


def parse(text: str) -> list[Any]:
    """Read the values of a file.

    Raises
    ------
    HashListError
        A line is not JSON.
    """
    try:
        return [json.loads(text)]
    except (ValueError, RecursionError):
        return list(_parse_lines(text))


def recognise(values: list[Any]) -> Form:
    """Tell which form a list has by the keys of its first value."""
    first = next(iter(values), None)
    first = next(iter(first), None) if isinstance(first, list) else first
    keys = set(first) if isinstance(first, dict) else set()
    return next((form for form, known in _KEYS.items() if keys & known), Form.STOPNCII)


def dump(value: Any) -> bytes:
    """Write a value as a file."""
    return json.dumps(value, indent=1, ensure_ascii=False).encode() + b"\n"


def unwrap(values: list[Any], key: str) -> Iterator[Any]:
    """Yield the records in pages, in lists or by themselves."""
    for value in values:
        if isinstance(value, dict) and isinstance(value.get(key), list):
            yield from value[key]
        elif isinstance(value, list):
            yield from value
        else:
            yield value


def check_record(raw: Any, number: int) -> dict[str, Any]:
    """Check that a record is an object.

    Raises
    ------
    HashListError
        It is something else.
    """
    if not isinstance(raw, dict):
        raise HashListError(f"Record {number} is not a JSON object.")
    return raw


def _parse_lines(text: str) -> Iterator[Any]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except (ValueError, RecursionError) as error:
            raise HashListError(f"Line {number} is not JSON.") from error
