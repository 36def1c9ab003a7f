"""``report.json``: everything about one exhibit as one plain object."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from provenance import __version__
from provenance.canonical import to_utc_seconds
from provenance.case.report import sentences
from provenance.case.report.exhibit import Account, Exhibit
from provenance.case.report.preservation import Request, write_requests
from provenance.case.report.readers import tell_readers
from provenance.certificates import SignerCertificate
from provenance.records import StampRecord
from provenance.verify import ERROR_RATES, write_facts

SCHEMA = "provenance.trace/1"
"""Name and version of ``report.json``."""


def write_report(exhibit: Exhibit) -> dict[str, Any]:
    """Write the report as an object for JSON; every key is always there."""
    verdict = exhibit.verdict
    headline, *rest = verdict.explain().split("\n")
    meaning = rest[: rest.index("")] if "" in rest else rest
    letters = write_requests(exhibit)
    readers = tell_readers(verdict, len(letters))
    return {
        "schema": SCHEMA,
        "case": exhibit.case,
        "examined": to_utc_seconds(exhibit.examined_at),
        "clock": exhibit.clock,
        "examiner": _examiner(exhibit.examiner),
        "input": asdict(exhibit.input),
        "verdict": verdict.to_json_dict(exhibit.input.name),
        "facts": write_facts(verdict.evidence, verdict.weighed),
        "headline": headline,
        "meaning": meaning,
        "readers": [{"reader": who, "says": says} for who, says in readers.items()],
        "limits": list(sentences.LIMITS),
        "error_rates": list(ERROR_RATES),
        "producers": _producers(exhibit),
        "records": [_record(record) for record in exhibit.records],
        "candidates": [
            {**_record(record), "distance": distance} for record, distance in exhibit.candidates
        ],
        "account": _account(exhibit.account),
        "preservation_requests": [_request(each) for each in letters],
        "method": {
            "tool": {"name": "provenance", "version": __version__},
            "software": dict(exhibit.software),
            "command": exhibit.command,
            "consulted": asdict(exhibit.consulted),
        },
        "seal": {
            "signed": exhibit.examiner is not None,
            "time_stamped": exhibit.time_stamped,
        },
        "custody": [dict(entry) for entry in exhibit.custody],
    }


def _examiner(certificate: SignerCertificate | None) -> dict[str, Any] | None:
    if certificate is None:
        return None
    return {
        "name": certificate.name,
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "development": certificate.from_development,
        "sha256": certificate.sha256,
        "valid_from": to_utc_seconds(certificate.not_before),
        "valid_to": to_utc_seconds(certificate.not_after),
    }


def _producers(exhibit: Exhibit) -> list[dict[str, Any]]:
    """Describe the producers that the directories list under the numbers that were found."""
    entries = exhibit.producers or {}
    return [
        {
            "number": number,
            "name": entry.name,
            "contact": entry.contact,
            "valid_from": to_utc_seconds(entry.valid_from),
            "valid_to": to_utc_seconds(entry.valid_to) if entry.valid_to else None,
            "revoked_at": to_utc_seconds(entry.revoked_at) if entry.revoked_at else None,
            "reason": entry.reason,
        }
        for number, entry in sorted(entries.items())
    ]


def _record(record: StampRecord) -> dict[str, Any]:
    return {
        "stamp_id": record.stamp_id,
        "producer": record.producer_name,
        "producer_number": record.producer,
        "model": record.model,
        "model_version": record.model_version,
        "created": to_utc_seconds(record.created),
        "recorded": to_utc_seconds(record.recorded),
        "manifest": record.manifest_urn,
        "sha256": record.sha256,
        "pdq": record.pdq,
        "parent": record.parent,
    }


def _account(account: Account | None) -> dict[str, Any] | None:
    return asdict(account) if account else None


def _request(request: Request) -> dict[str, Any]:
    return {**asdict(request), "created": to_utc_seconds(request.created)}
