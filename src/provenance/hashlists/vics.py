"""Project VIC's data model 2.0: media with their digests, by themselves or within cases.

A medium is one picture. Its MD5 names it; ``AlternativeHashes`` holds the rest by name, here also
PDQ and the stamp. The model has no status, so nothing in it is ever withdrawn: purge such a list by
another list that names the picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from provenance.canonical import to_utc_seconds
from provenance.errors import HashListError
from provenance.hashlists.json_records import check_record, dump, unwrap
from provenance.hashlists.records import (
    PDQ,
    SALTED_STAMP,
    STAMP,
    Form,
    Hash,
    HashRecord,
    check_hash,
)

CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/CUSTOM/$metadata#Cases"
"""What the model is called in a file; other readers look for it."""

_NAMES = {
    "md5": "MD5",
    "sha1": "SHA1",
    "sha256": "SHA256",
    PDQ: "PDQ",
    STAMP: "ProvenanceStamp",
    SALTED_STAMP: "ProvenanceStampSalted",
}
_KINDS = {name.lower(): kind for kind, name in _NAMES.items()}
_OWN = ("MD5", "SHA1")  # digests that are fields of a medium
_ALTERNATIVE = "AlternativeHashes"
_LATEST = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp())  # the last second that can be written


def read(values: list[Any]) -> list[HashRecord]:
    """Read records, one for each medium.

    Raises
    ------
    HashListError
        They are not of this kind.
    """
    found: dict[Hash, HashRecord] = {}
    for number, (raw, case) in enumerate(_list_media(values), start=1):
        record = _read_medium(number, raw, case)
        known = found.get(record.key, record)
        cases = tuple(sorted({*known.cases, *record.cases}))  # one picture in several cases
        found[record.key] = replace(record, cases=cases)
    return list(found.values())


def write(records: Iterable[HashRecord]) -> bytes:
    """Write records as cases with their media; what has no case number stands in one without."""
    cases: dict[str, list[dict[str, Any]]] = {}
    kept = sorted(records, key=lambda record: record.key)
    for number, record in enumerate(kept, start=1):
        for case in record.cases or ("",):
            cases.setdefault(case, []).append(_format_medium(record, number))
    value = [
        {"CaseID": case, "CaseNumber": case, "TotalMediaFiles": len(media), "Media": media}
        for case, media in sorted(cases.items())
    ]
    return dump({"@odata.context": CONTEXT, "value": value})


def _list_media(values: list[Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each medium with the number of its case, if it stands in one."""
    for number, raw in enumerate(unwrap(values, "value"), start=1):
        entry = check_record(raw, number)
        if "Media" not in entry:
            yield entry, ""
            continue
        case, media = entry.get("CaseNumber") or entry.get("CaseID"), entry["Media"]
        if not isinstance(media, list):
            raise HashListError(f"The media of case {number} are not a list.")
        for at, medium in enumerate(media, start=1):
            yield check_record(medium, at), case if isinstance(case, str) else ""


def _read_medium(number: int, raw: dict[str, Any], case: str) -> HashRecord:
    hashes = [
        check_hash(_KINDS.get(name.lower(), name.lower()), value, f"A hash of medium {number}")
        for name, value in _list_hashes(number, raw)
    ]
    if not hashes:
        raise HashListError(f"Medium {number} has no hash.")
    (signal, value), *also = dict.fromkeys(hashes)
    return HashRecord(
        signal,
        value,
        cases=(case,) if case else (),
        modified=_read_time(raw.get("DateUpdated")),
        also=tuple(also),
        form=Form.VICS,
        raw=raw,
    )


def _list_hashes(number: int, raw: dict[str, Any]) -> Iterator[Hash]:
    """Yield names and values; fields that are null or empty are left out."""
    for name in _OWN:
        if raw.get(name):
            yield name, _check_text(number, raw[name])
    others = raw.get(_ALTERNATIVE) or []
    if not isinstance(others, list):
        raise HashListError(f"Medium {number} needs a list as {_ALTERNATIVE}.")
    for each in others:
        entry = check_record(each, number)
        if entry.get("HashValue"):
            name = _check_text(number, entry.get("HashName"))
            yield name, _check_text(number, entry["HashValue"])


def _check_text(number: int, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise HashListError(f"A hash of medium {number} is not text.")
    return value


def _read_time(value: Any) -> int:
    try:
        return int(datetime.fromisoformat(value).timestamp())
    except (TypeError, ValueError, OverflowError):
        return 0


def _format_medium(record: HashRecord, number: int) -> dict[str, Any]:
    """Return the medium as it was read, with the hashes that were added since."""
    raw = record.take_raw(Form.VICS)
    known = {name.lower() for name, _ in _list_hashes(number, raw)}
    named = [(_NAMES.get(kind, kind), value) for kind, value in record.hashes]
    added = [(name, value) for name, value in named if name.lower() not in known]
    others = [{"HashName": name, "HashValue": v} for name, v in added if name not in _OWN]
    updated = datetime.fromtimestamp(min(record.modified, _LATEST), UTC)
    return {
        "MediaID": number,
        "DateUpdated": to_utc_seconds(updated),
        **raw,
        **{name: value.upper() for name, value in added if name in _OWN},
        **({_ALTERNATIVE: [*(raw.get(_ALTERNATIVE) or ()), *others]} if others else {}),
    }
