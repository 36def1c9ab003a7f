"""Answers of ThreatExchange's Graph API: ``threat_updates`` and ``threat_descriptors``.

An update names an indicator, with what each member says of it below ``descriptors``; one that
should be deleted, or that has no opinion left, is withdrawn. A descriptor is one member's opinion.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from provenance.errors import HashListError
from provenance.hashlists.json_records import check_record, dump, unwrap
from provenance.hashlists.records import Form, HashRecord, HashStatus, check_hash

_PAGE = "data"
_PREFIX = "HASH_"
_HARMFUL = ("MALICIOUS", "SUSPICIOUS")  # statuses by which a hash is shared to be stopped


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
    """Write records as one answer, sorted; each hash of a picture is an indicator of its own."""
    found = [each for record in records for each in _format_hashes(record)]
    found.sort(key=lambda each: each[:2])
    return dump({_PAGE: [raw for *_, raw in found]})


def _read_record(number: int, raw: dict[str, Any]) -> HashRecord:
    indicator = raw.get("indicator")
    if isinstance(indicator, dict):  # below a descriptor it is an object
        indicator = indicator.get("indicator")
    value, signal = raw.get("raw_indicator", indicator), raw.get("type")
    if not isinstance(signal, str) or not isinstance(value, str) or not value.strip():
        raise HashListError(f"Record {number} has no type or no indicator.")
    signal, value = check_hash(signal.removeprefix(_PREFIX).lower(), value, f"Record {number}")
    modified = _read_time(raw.get("last_updated"))
    return HashRecord(signal, value, _read_status(raw), modified=modified, form=Form.GRAPH, raw=raw)


def _read_status(raw: dict[str, Any]) -> HashStatus:
    if "should_delete" not in raw:
        return _judge([raw.get("status")])
    below = raw.get("descriptors")
    opinions = below.get(_PAGE) if isinstance(below, dict) else None
    if raw["should_delete"] or not isinstance(opinions, list) or not opinions:
        return HashStatus.DELETED
    return _judge([each.get("status") for each in opinions if isinstance(each, dict)])


def _judge(statuses: list[Any]) -> HashStatus:
    harmful = any(status in _HARMFUL for status in statuses)
    return HashStatus.ACTIVE if harmful else HashStatus.UNKNOWN


def _read_time(value: Any) -> int:
    """Read seconds since 1970, as updates have them, or a date, as descriptors do."""
    if isinstance(value, int):
        return value
    try:
        return int(datetime.fromisoformat(value).timestamp())
    except (TypeError, ValueError, OverflowError):
        return 0


def _format_hashes(record: HashRecord) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each hash, and the indicator that it becomes; the first is as it was read."""
    raw = record.take_raw(Form.GRAPH)
    status = _HARMFUL[0] if record.status.live else "UNKNOWN"
    for kind, value in record.hashes:
        made = {
            "raw_indicator": value,
            "type": f"{_PREFIX}{kind.upper()}",
            "status": status,
            "last_updated": record.modified,
        }
        yield kind, value, raw if raw and (kind, value) == record.key else made
