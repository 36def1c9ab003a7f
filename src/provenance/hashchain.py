"""A hash chain of log lines: none can be changed, removed or inserted without breaking it.

Each line is canonical JSON (RFC 8785) and names the SHA-256 of the line before it::

    {"n":1,"previous":"9f86d0…","step":"examined","time":"2026-01-31T12:00:00.000000Z"}

A chain shows only that it was not changed after its last hash became known elsewhere: a person who
can write all of it can write it anew. A signature, or a copy that others hold, pins it down.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from provenance.canonical import to_canonical_json

START = "0" * 64
"""What the first line names, since there is no line before it."""


class ChainError(ValueError):
    """A line does not follow the one before it; ``n`` is its number, from 0."""

    def __init__(self, n: int, problem: str) -> None:
        super().__init__(f"line {n} {problem}")
        self.n = n


def link(n: int, previous: str, entry: Mapping[str, Any]) -> bytes:
    """Write line ``n``, which follows the line whose digest is ``previous``; no line break.

    Raises
    ------
    ValueError
        The entry has no canonical form.
    """
    return to_canonical_json({**entry, "n": n, "previous": previous})


def digest(line: bytes) -> str:
    """Return what the next line has to name: the SHA-256 of a line without its line break."""
    return hashlib.sha256(line).hexdigest()


def read_number(line: bytes) -> int:
    """Return the number that a line states, for whoever goes on after it.

    Raises
    ------
    ChainError
        It is not a line of a chain.
    """
    try:
        entry = json.loads(line)
        n = entry["n"] if to_canonical_json(entry) == line else None
    except (ValueError, KeyError, TypeError, RecursionError):
        n = None
    if not isinstance(n, int):
        raise ChainError(0, "is not JSON of this kind")
    return n


def verify(lines: Iterable[bytes]) -> tuple[list[dict[str, Any]], str]:
    """Read a chain from its start; return its entries and the digest of the last line.

    Raises
    ------
    ChainError
        A line is not canonical JSON, is out of place, or does not name the one before it.
    """
    entries: list[dict[str, Any]] = []
    previous = START
    for n, line in enumerate(lines):
        try:
            entry = json.loads(line)
            canonical = to_canonical_json(entry)
        except (ValueError, RecursionError) as error:
            raise ChainError(n, "is not JSON of this kind") from error
        if not isinstance(entry, dict) or canonical != line:
            raise ChainError(n, "is not a canonical JSON object")
        if (entry.get("n"), entry.get("previous")) != (n, previous):
            raise ChainError(n, "does not follow the line before it")
        entries.append(entry)
        previous = digest(line)
    return entries, previous
