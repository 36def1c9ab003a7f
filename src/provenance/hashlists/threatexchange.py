"""ThreatExchange's file of hashes: each line holds a kind and a value, ``pdq <64 hex digits>``.

A value without a kind is read as a PDQ hash. Other kinds are kept as they are.
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
        A line holds no hash. A damaged list must not look like a list without matches.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            found.append(_read_record(number, line.strip()))
    return found


def write(records: Iterable[HashRecord]) -> bytes:
    """Write a file, sorted, each hash once."""
    lines = sorted({f"{record.signal} {record.value}\n" for record in records})
    return "".join(lines).encode()


def _read_record(number: int, line: str) -> HashRecord:
    match = _LINE.fullmatch(line)
    signal = (match["signal"] or PDQ).lower() if match else PDQ
    value = match["value"] if match else ""
    if signal != PDQ:
        return HashRecord(signal, value)
    if not is_pdq(value.lower()):
        raise HashListError(f"Line {number} is not a hash: write 'pdq' and 64 hex digits.")
    return HashRecord(PDQ, value.lower())
