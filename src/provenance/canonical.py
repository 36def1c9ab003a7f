"""One value, one sequence of bytes: the JSON that gets hashed and signed."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any, TypeGuard

SHA256_DIGITS = 64
"""Hex digits of a SHA-256."""

_HEX = re.compile("[0-9a-f]*")
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def to_canonical_json(value: Any) -> bytes:
    """Serialise strings, integers, booleans, None, lists and dictionaries as RFC 8785 (JCS) does.

    Keys must be ASCII, so that sorting by code point and by UTF-16 unit agree. Floats are refused,
    since their spelling is the hard part of RFC 8785. With both left out, any language's JSON
    library writes these bytes with sorted keys and no spaces.

    Raises
    ------
    ValueError
        The value holds a float, a key that is not ASCII text, or text that is not Unicode.
    """
    _check(value)
    return _ENCODER.encode(value).encode("utf-8")


def is_hex(value: object, digits: int) -> TypeGuard[str]:
    """Tell whether a value is text of that many lower-case hex digits, our spelling of bytes."""
    return isinstance(value, str) and len(value) == digits and _HEX.fullmatch(value) is not None


def is_sha256(value: object) -> TypeGuard[str]:
    """Tell whether a value is a SHA-256 as text: 64 lower-case hex digits."""
    return is_hex(value, SHA256_DIGITS)


def to_utc_text(moment: datetime) -> str:
    """Spell a moment as UTC with microseconds, ``2026-01-31T12:00:00.000000Z``, to sort as text.

    Raises
    ------
    ValueError
        The moment has no time zone, or in UTC it lies outside the years 1 to 9999.
    """
    if moment.tzinfo is None:
        raise ValueError(f"the time {moment} has no time zone")
    try:
        moment = moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"the time {moment} is too far away") from error
    return moment.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def to_utc_seconds(moment: datetime) -> str:
    """Spell a moment as UTC to the second, ``2026-01-31T12:00:00Z``, as JSON for people has it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _check(value: object) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise ValueError(f"the key {key!r} is not ASCII text")
            _check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    elif not isinstance(value, str | int | None):
        raise ValueError(f"a {type(value).__name__} has no canonical form")
