"""StopNCII's records in JSON: an answer of its API, a list of records, or one of these a line.

Two keys are ours: ``otherHashes`` holds further hashes of the same picture by kind, among them its
stamp, and ``use`` says what the list asks for. Readers who don't know them lose nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from provenance.errors import HashListError
from provenance.hashlists.json_records import check_record, dump, unwrap
from provenance.hashlists.records import (
    PDQ,
    SALTED_STAMP,
    STAMP,
    Form,
    Hash,
    HashRecord,
    HashStatus,
    ListUse,
    check_hash,
)

_PAGE = "hashRecords"  # the key under which the API answers with records
_NAMES = {PDQ: "ImagePDQ", STAMP: "ProvenanceStamp", SALTED_STAMP: "ProvenanceStampSalted"}
_SIGNALS = {name.lower(): kind for kind, name in _NAMES.items()}
_TIME, _CASES = "lastModtimestamp", "caseNumbers"
_OTHER, _USE = "otherHashes", "use"  # our own keys


def read(values: list[Any]) -> list[HashRecord]:
    """Read records.

    Raises
    ------
    HashListError
        They are not of this kind.
    """
    found = enumerate(unwrap(values, _PAGE), start=1)
    return [_read_record(number, check_record(raw, number)) for number, raw in found]


def write(records: Iterable[HashRecord]) -> bytes:
    """Write records as one answer of the API, sorted, with all that they came with."""
    kept = sorted(records, key=lambda record: record.key)
    return dump({"count": len(kept), _PAGE: [_format_record(record) for record in kept]})


def _read_record(number: int, raw: dict[str, Any]) -> HashRecord:
    signal, value = raw.get("signalType"), raw.get("hashValue")
    modified, cases = raw.get(_TIME, 0), raw.get(_CASES) or {}
    if not isinstance(signal, str) or not isinstance(value, str) or not value.strip():
        raise HashListError(f"Record {number} has no signalType or no hashValue.")
    if not isinstance(modified, int) or not isinstance(cases, dict):
        raise HashListError(f"Record {number} needs a number as {_TIME} and an object as {_CASES}.")
    signal = _SIGNALS.get(signal.lower(), signal.lower())
    signal, value = check_hash(signal, value, f"Record {number}")
    open_cases = tuple(sorted(n for n, status in cases.items() if not _read_status(status).gone))
    status = _read_status(raw.get("hashStatus"))
    if cases and not open_cases and status.live:
        status = HashStatus.WITHDRAWN  # everybody behind the hash took it back
    also = _read_others(number, raw.get(_OTHER))
    use = _read_use(number, raw.get(_USE))
    return HashRecord(
        signal, value, status, open_cases, modified, also, use, form=Form.STOPNCII, raw=raw
    )


def _read_others(number: int, raw: Any) -> tuple[Hash, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, dict) or not all(isinstance(value, str) for value in raw.values()):
        raise HashListError(f"Record {number} needs an object of kinds and values as {_OTHER}.")
    return tuple(
        check_hash(kind.lower(), value, f"A hash of record {number}") for kind, value in raw.items()
    )


def _read_use(number: int, raw: Any) -> ListUse:
    try:
        return ListUse.KNOWN if raw is None else ListUse(raw)
    except ValueError as error:
        uses = " or ".join(ListUse)
        raise HashListError(f"Record {number} has an unknown use; write {uses}.") from error


def _read_status(text: Any) -> HashStatus:
    try:
        return HashStatus(text)
    except ValueError:
        return HashStatus.UNKNOWN


def _format_record(record: HashRecord) -> dict[str, Any]:
    """Return the record as it was read, without the cases that were closed."""
    raw = record.take_raw(Form.STOPNCII) or {
        "signalType": _NAMES.get(record.signal, record.signal),
        "hashValue": record.value,
        "hashStatus": record.status.value,
    }
    if raw.get(_TIME, 0) != record.modified:
        raw[_TIME] = record.modified
    if record.cases or _CASES in raw:
        known = raw.get(_CASES) or {}
        raw[_CASES] = {n: known.get(n, HashStatus.ACTIVE.value) for n in record.cases}
    if record.also:
        raw[_OTHER] = dict(record.also)
    if record.use is not ListUse.KNOWN:
        raw[_USE] = record.use.value
    return raw
