"""ThreatExchange's lists of hashes: lines, or the CSV that its own command writes.

A line holds a kind and a value, ``pdq <64 hex digits>``; before them may stand the quoted name of a
collaboration, and behind them what else is known. A value without a kind is a PDQ hash, or by its
length an MD5 or SHA-1 digest. Lines that begin with ``#`` are comments. Other kinds are kept as
they are.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

from provenance.canonical import is_hex
from provenance.errors import HashListError
from provenance.fingerprint import is_pdq
from provenance.hashlists.records import DIGESTS, PDQ, HashRecord

_LINE = re.compile(
    r"""(?:'(?:[^'\\]|\\.)*'[ ]|"(?:[^"\\]|\\.)*"[ ])?"""  # the name of a collaboration
    r"(?:(?P<signal>[A-Za-z0-9_]+)[ \t]+)?(?P<value>\S(?:.*\S)?)"
)
_BARE = {32: "md5", 40: "sha1"}  # hex digits of values without a kind; 64 are a PDQ hash

CSV_KIND, CSV_VALUE = "signal_type", "signal_str"
"""Columns of the CSV that hold kind and value."""


def read(text: str) -> list[HashRecord]:
    """Read a file.

    Raises
    ------
    HashListError
        A line holds no hash. A damaged list must not look like a list without matches.
    """
    numbered = enumerate(text.splitlines(), start=1)
    lines = [(n, line.strip()) for n, line in numbered if line.strip() and line.strip()[0] != "#"]
    head = next(csv.reader([lines[0][1]]), []) if lines else []
    if {CSV_KIND, CSV_VALUE} <= set(head):
        return list(_read_table(lines, head))
    return [_read_record(number, line) for number, line in lines]


def write(records: Iterable[HashRecord]) -> bytes:
    """Write a file of lines, sorted, each hash once."""
    lines = sorted({f"{record.signal} {record.value}\n" for record in records})
    return "".join(lines).encode()


def _read_table(lines: list[tuple[int, str]], head: list[str]) -> Iterator[HashRecord]:
    kind, value = head.index(CSV_KIND), head.index(CSV_VALUE)
    for number, line in lines[1:]:
        row = next(csv.reader([line]), [])
        if len(row) != len(head):
            raise HashListError(f"Line {number} has {len(row)} columns, and the first {len(head)}.")
        yield _make_record(number, row[kind].lower(), row[value])


def _read_record(number: int, line: str) -> HashRecord:
    match = _LINE.fullmatch(line)
    signal = (match["signal"] or "").lower() if match else ""
    value = match["value"] if match else ""
    if not signal:
        signal = _BARE.get(len(value), PDQ)
    elif is_hex(signal, len(signal)) and len(signal) in (*_BARE, 64):
        signal, value = _BARE.get(len(signal), PDQ), signal  # a value, then what is known of it
    return _make_record(number, signal, value)


def _make_record(number: int, signal: str, value: str) -> HashRecord:
    if signal not in (PDQ, *DIGESTS):
        return HashRecord(signal, value)
    value = value.split(maxsplit=1)[0].lower() if value.strip() else ""
    fits = is_pdq(value) if signal == PDQ else is_hex(value, DIGESTS[signal])
    if not fits:
        what = "'pdq' and 64 hex digits" if signal == PDQ else f"{signal!r} and its hex digits"
        raise HashListError(f"Line {number} is not a hash: write {what}.")
    return HashRecord(signal, value)
