"""ThreatExchange's file of hashes: a line for each, its kind and its value, ``pdq <64 hex>``.

A bare value is taken for a PDQ hash. Other kinds are kept as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from provenance.errors import HashListError
from provenance.fingerprint import is_pdq
from provenance.hashlists.records import PDQ, HashRecord

_LINE = re.compile(r"(?:(?P<signal>[A-Za-z0-9_]+)[ \t]+)?(?P<value>\S(?:.*\S)?)")


def read(text: str) -> list[HashRecord]:
    """Read a file.

    Raises
    ------
    HashListError
        A line holds no hash; a list that is damaged must not pass for one without matches.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            found.append(_record(number, line.strip()))
    return found


def write(records: Iterable[HashRecord]) -> bytes:
    """Write a file, sorted, each hash once."""
    lines = sorted({f"{record.signal} {record.value}\n" for record in records})
    return "".join(lines).encode()


def _record(number: int, line: str) -> HashRecord:
    match = _LINE.fullmatch(line)
    signal = (match["signal"] or PDQ).lower() if match else PDQ
    value = match["value"] if match else ""
    if signal != PDQ:
        return HashRecord(signal, value)
    if not is_pdq(value.lower()):
        raise HashListError(f"line {number} is no hash: it should read 'pdq' and 64 hex digits")
    return HashRecord(PDQ, value.lower())
