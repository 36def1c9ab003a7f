"""Strict reading of JSON that strangers wrote: every key must be known, every value is checked.

The callers catch ``SchemaError`` and say with it which file is meant.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from provenance.canonical import is_sha256, to_utc_text
from provenance.text import is_showable

T = TypeVar("T")

MAX_TEXT = 1024
"""Characters. A name in a certificate has 64 at most, and a whole subject a handful of names."""


class SchemaError(ValueError):
    """A sentence that says what is wrong with the file."""


def parse(data: bytes) -> Any:
    """Parse JSON in which no key occurs twice.

    Raises
    ------
    SchemaError
        It is something else, or too deep.
    """
    try:
        return json.loads(data, object_pairs_hook=_refuse_duplicates)
    except SchemaError:
        raise
    except (ValueError, RecursionError) as error:
        raise SchemaError("It is not a JSON file.") from error


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that two readers could understand differently."""
    result = dict(pairs)
    if len(result) < len(pairs):
        raise SchemaError("A key occurs twice in one object.")
    return result


def check_object(value: Any, what: str, keys: Iterable[str]) -> dict[str, Any]:
    """Check that a value is an object with exactly these keys; ``what`` begins the refusal.

    Raises
    ------
    SchemaError
        It is something else.
    """
    if not isinstance(value, dict):
        raise SchemaError(f"{what} is not an object.")
    keys = tuple(keys)
    for key in keys:
        if key not in value:
            raise SchemaError(f"{what} has no {key}.")
    for key in value:
        if key not in keys:
            raise SchemaError(f"{what} has the unknown key {key!r:.80}.")
    return value


def check_text(value: Any, what: str) -> str:
    """Check that a value is text that is not empty and can be shown as it is.

    Raises
    ------
    SchemaError
        It is something else, or too long.
    """
    if not isinstance(value, str) or not value.strip():
        raise SchemaError(f"{what} is not text.")
    if len(value) > MAX_TEXT or not is_showable(value):
        raise SchemaError(f"{what} is too long or has characters that can't be shown.")
    return value


def check_number(value: Any, what: str, largest: int, least: int = 1) -> int:
    """Check that a value is a whole number in bounds.

    Raises
    ------
    SchemaError
        It is something else.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= largest:
        raise SchemaError(f"{what} is not in {least}..{largest}.")
    return value


def check_sha256(value: Any, what: str) -> str:
    """Check that a value is a SHA-256 in our spelling.

    Raises
    ------
    SchemaError
        It is something else.
    """
    if not is_sha256(value):
        raise SchemaError(f"{what} is not a SHA-256 in lower-case hex.")
    return value


def read_time(value: Any, what: str) -> datetime:
    """Read a time, spelt as ``to_utc_text`` spells it.

    Raises
    ------
    SchemaError
        It is something else.
    """
    try:
        time = datetime.fromisoformat(value)
        if to_utc_text(time) == value:
            return time
    except (TypeError, ValueError):
        pass
    raise SchemaError(f"{what} is not a time like 2026-01-31T12:00:00.000000Z.")


def read_optional(read: Callable[[Any, str], T], value: Any, what: str) -> T | None:
    """Read a value that may be null."""
    return None if value is None else read(value, what)
