"""StopNCII's records in JSON: an answer of its API, a list of records, or one of these a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from provenance.errors import HashListError
from provenance.fingerprint import is_pdq
from provenance.hashlists.records import PDQ, HashRecord, Status

_PAGE = "hashRecords"  # the key under which the API answers with records
_SIGNALS = {"imagepdq": PDQ}


def read(text: str) -> list[HashRecord]:
    """Read records.

    Raises
    ------
    HashListError
        It is no JSON of this kind.
    """
    return [_record(n, each) for n, each in enumerate(_each(_parsed(text)), start=1)]


def write(records: Iterable[HashRecord]) -> bytes:
    """Write records as one answer of the API, sorted, with all that they came with."""
    kept = sorted(records, key=lambda record: record.key)
    page = {"count": len(kept), _PAGE: [_raw(record) for record in kept]}
    return json.dumps(page, indent=1, ensure_ascii=False).encode() + b"\n"


def _parsed(text: str) -> Iterator[Any]:
    try:
        yield json.loads(text)
    except (ValueError, RecursionError) as whole:
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip():
                continue
            try:
                yield json.loads(line)
            except (ValueError, RecursionError):
                raise HashListError(f"line {number} is no JSON") from whole


def _each(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, dict) and isinstance(value.get(_PAGE), list):
            yield from value[_PAGE]
        elif isinstance(value, list):
            yield from value
        else:
            yield value


def _record(number: int, raw: Any) -> HashRecord:
    if not isinstance(raw, dict):
        raise HashListError(f"record {number} is no object")
    signal, value = raw.get("signalType"), raw.get("hashValue")
    modified, cases = raw.get("lastModtimestamp", 0), raw.get("caseNumbers") or {}
    if not isinstance(signal, str) or not isinstance(value, str) or not value.strip():
        raise HashListError(f"record {number} has no signalType or no hashValue")
    if not isinstance(modified, int) or not isinstance(cases, dict):
        raise HashListError(f"record {number} has a strange lastModtimestamp or caseNumbers")
    signal = _SIGNALS.get(signal.lower(), signal.lower())
    if signal == PDQ and not is_pdq(value := value.strip().lower()):
        raise HashListError(f"record {number} has a PDQ hash that is not 64 hex digits")
    open_cases = tuple(sorted(n for n, status in cases.items() if not _status(status).gone))
    status = _status(raw.get("hashStatus"))
    if cases and not open_cases and status.live:
        status = Status.WITHDRAWN  # everybody behind the hash took it back
    return HashRecord(signal, value, status, open_cases, modified, raw)


def _status(text: Any) -> Status:
    try:
        return Status(text)
    except ValueError:
        return Status.UNKNOWN


def _raw(record: HashRecord) -> dict[str, Any]:
    """Return the record as it came, less the cases that were closed."""
    if not record.raw:
        signal = "ImagePDQ" if record.signal == PDQ else record.signal
        return {"signalType": signal, "hashValue": record.value, "hashStatus": record.status.value}
    raw = dict(record.raw)
    if isinstance(raw.get("caseNumbers"), dict):
        raw["caseNumbers"] = {n: raw["caseNumbers"][n] for n in record.cases}
    return raw
