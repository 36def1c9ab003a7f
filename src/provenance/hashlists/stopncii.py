"""StopNCII's records in JSON: an answer of its API, a list of records, or one of these a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from provenance.errors import HashListError
from provenance.fingerprint import is_pdq
from provenance.hashlists.records import PDQ, HashRecord, HashStatus

_PAGE = "hashRecords"  # the key under which the API answers with records
_SIGNALS = {"imagepdq": PDQ}


def read(text: str) -> list[HashRecord]:
    """Read records.

    Raises
    ------
    HashListError
        It is not JSON of this kind.
    """
    return [_read_record(n, each) for n, each in enumerate(_unwrap(_parse(text)), start=1)]


def write(records: Iterable[HashRecord]) -> bytes:
    """Write records as one answer of the API, sorted, with all that they came with."""
    kept = sorted(records, key=lambda record: record.key)
    page = {"count": len(kept), _PAGE: [_format_record(record) for record in kept]}
    return json.dumps(page, indent=1, ensure_ascii=False).encode() + b"\n"


def _parse(text: str) -> Iterator[Any]:
    try:
        yield json.loads(text)
    except (ValueError, RecursionError):
        yield from _parse_lines(text)


def _parse_lines(text: str) -> Iterator[Any]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except (ValueError, RecursionError) as error:
            raise HashListError(f"Line {number} is not JSON.") from error


def _unwrap(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, dict) and isinstance(value.get(_PAGE), list):
            yield from value[_PAGE]
        elif isinstance(value, list):
            yield from value
        else:
            yield value


def _read_record(number: int, raw: Any) -> HashRecord:
    if not isinstance(raw, dict):
        raise HashListError(f"Record {number} is not a JSON object.")
    signal, value = raw.get("signalType"), raw.get("hashValue")
    modified, cases = raw.get("lastModtimestamp", 0), raw.get("caseNumbers") or {}
    if not isinstance(signal, str) or not isinstance(value, str) or not value.strip():
        raise HashListError(f"Record {number} has no signalType or no hashValue.")
    if not isinstance(modified, int) or not isinstance(cases, dict):
        raise HashListError(
            f"Record {number} needs a number as lastModtimestamp and an object as caseNumbers."
        )
    signal = _SIGNALS.get(signal.lower(), signal.lower())
    if signal == PDQ and not is_pdq(value := value.strip().lower()):
        raise HashListError(f"The PDQ hash of record {number} must be 64 hex digits.")
    open_cases = tuple(sorted(n for n, status in cases.items() if not _read_status(status).gone))
    status = _read_status(raw.get("hashStatus"))
    if cases and not open_cases and status.live:
        status = HashStatus.WITHDRAWN  # everybody behind the hash took it back
    return HashRecord(signal, value, status, open_cases, modified, raw)


def _read_status(text: Any) -> HashStatus:
    try:
        return HashStatus(text)
    except ValueError:
        return HashStatus.UNKNOWN


def _format_record(record: HashRecord) -> dict[str, Any]:
    """Return the record as it was read, without the cases that were closed."""
    if not record.raw:
        signal = "ImagePDQ" if record.signal == PDQ else record.signal
        return {"signalType": signal, "hashValue": record.value, "hashStatus": record.status.value}
    raw = dict(record.raw)
    if isinstance(raw.get("caseNumbers"), dict):
        raw["caseNumbers"] = {n: raw["caseNumbers"][n] for n in record.cases}
    return raw
