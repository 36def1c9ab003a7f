"""ThreatExchange's lists of hashes: lines, or the CSV that its own command writes.

A line holds a kind and a value, ``pdq <64 hex digits>``; before them may stand the quoted name of a
collaboration, and behind them what else is known. A value without a kind is a PDQ hash, or by its
length an MD5 or SHA-1 digest or a stamp. Lines that begin with ``#`` are comments. Other kinds are
kept as they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from provenance.canonical import is_hex
from provenance.errors import HashListError
from provenance.hashlists.records import PDQ, STAMP, Form, HashRecord, check_hash, is_matched
from provenance.stamp_id import STAMP_ID_DIGITS

_LINE = re.compile(
    r"""(?:'(?:[^'\\]|\\.)*'[ ]|"(?:[^"\\]|\\.)*"[ ])?"""  # the name of a collaboration
    r"(?:(?P<signal>[A-Za-z0-9_]+)[ \t]+)?(?P<value>\S(?:.*\S)?)"
)
_BARE = {32: "md5", 40: "sha1", STAMP_ID_DIGITS: STAMP}
# By hex digits of values without a kind; those of 64 are a PDQ hash.

CSV_KIND, CSV_VALUE = "signal_type", "signal_str"
"""Columns of the CSV that hold kind and value."""

CSV_HEAD = ("collab", CSV_KIND, CSV_VALUE, "category", "tags")
"""Columns that ThreatExchange's command writes."""


def read(text: str) -> tuple[Form, list[HashRecord]]:
    """Read a file, and tell which of the two forms it has.

    Raises
    ------
    HashListError
        A line holds no hash. A damaged list must not look like a list without matches.
    """
    numbered = enumerate(text.splitlines(), start=1)
    lines = [(n, line.strip()) for n, line in numbered if line.strip() and line.strip()[0] != "#"]
    head = next(csv.reader([lines[0][1]]), []) if lines else []
    if {CSV_KIND, CSV_VALUE} <= set(head):
        return Form.CSV, list(_read_table(lines, head))
    return Form.LINES, [_read_record(number, line) for number, line in lines]


def write(records: Iterable[HashRecord]) -> bytes:
    """Write a file of lines, sorted, each hash once."""
    lines = sorted({f"{kind} {value}\n" for record in records for kind, value in record.hashes})
    return "".join(lines).encode()


def write_table(records: Iterable[HashRecord]) -> bytes:
    """Write a table, sorted, with all columns that the records came with."""
    rows = [row for record in records for row in _list_rows(record)]
    rows.sort(key=lambda row: (row[CSV_KIND], row[CSV_VALUE]))
    head = dict.fromkeys((*CSV_HEAD, *(name for row in rows for name in row)))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(head), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _list_rows(record: HashRecord) -> Iterator[dict[str, str]]:
    for kind, value in record.hashes:
        yield {**record.take_raw(Form.CSV), CSV_KIND: kind, CSV_VALUE: value}


def _read_table(lines: list[tuple[int, str]], head: list[str]) -> Iterator[HashRecord]:
    for number, line in lines[1:]:
        cells = next(csv.reader([line]), [])
        if len(cells) != len(head):
            raise HashListError(
                f"Line {number} has {len(cells)} columns, and the first {len(head)}."
            )
        row = dict(zip(head, cells, strict=True))
        kind, value = _read_hash(number, row[CSV_KIND].lower(), row[CSV_VALUE])
        yield HashRecord(kind, value, form=Form.CSV, raw=row)


def _read_record(number: int, line: str) -> HashRecord:
    match = _LINE.fullmatch(line)
    signal = (match["signal"] or "").lower() if match else ""
    value = match["value"] if match else ""
    if not signal:
        signal = _BARE.get(len(value), PDQ)
    elif is_hex(signal, len(signal)) and len(signal) in (*_BARE, 64):
        signal, value = _BARE.get(len(signal), PDQ), signal  # a value, then what is known of it
    return HashRecord(*_read_hash(number, signal, value), form=Form.LINES)


def _read_hash(number: int, kind: str, text: str) -> tuple[str, str]:
    """Read a hash; of kinds that are matched, what stands behind the value is left out."""
    value = next(iter(text.split(maxsplit=1)), "") if is_matched(kind) else text
    return check_hash(kind, value, f"Line {number}")
