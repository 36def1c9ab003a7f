"""``report.json``: everything about one case as one plain object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from provenance import __version__
from provenance.canonical import to_utc_seconds
from provenance.case.report import sentences
from provenance.case.report.exhibit import Case, Exhibit
from provenance.case.report.preservation import Letter, write_requests
from provenance.case.report.readers import tell_readers
from provenance.certificates import SignerCertificate
from provenance.records import StampRecord
from provenance.verify import ERROR_RATES, write_facts

SCHEMA = "provenance.trace/1"
"""Name and version of ``report.json``."""


def write_report(case: Case) -> dict[str, Any]:
    """Write the report as an object for JSON; every key is always there.

    Its sentences are English, and remember how to be said in other languages.
    """
    letters = write_requests(case)
    return {
        "schema": SCHEMA,
        "case": case.name,
        "examined": to_utc_seconds(case.examined_at),
        "clock": case.clock,
        "clock_check": case.clock_check,
        "examiner": _examiner(case.certificate),
        "people": asdict(case.people),
        "exhibits": [_exhibit(each, letters) for each in case.exhibits],
        "limits": list(sentences.LIMITS),
        "error_rates": list(ERROR_RATES),
        "letters": [_request(each) for each in letters],
        "method": {
            "tool": {"name": "provenance", "version": __version__},
            "software": dict(case.software),
            "command": case.command,
            "consulted": asdict(case.consulted),
            "steps": list(sentences.METHOD),
            "validation": list(sentences.VALIDATION),
        },
        "seal": {
            "signed": case.certificate is not None,
            "time_stamped": case.time_stamped,
        },
        "custody": [dict(entry) for entry in case.custody],
    }


def _exhibit(exhibit: Exhibit, letters: Sequence[Letter]) -> dict[str, Any]:
    verdict = exhibit.verdict
    about = [each for each in letters if exhibit.number in each.exhibits]
    readers = tell_readers(verdict, len(about))
    headline, *meaning = verdict.opening
    return {
        "number": exhibit.number,
        "acquired": exhibit.acquired,
        "examined": to_utc_seconds(exhibit.examined_at),
        "input": asdict(exhibit.input),
        "verdict": verdict.to_json_dict(exhibit.input.name),
        "facts": write_facts(verdict.evidence, verdict.weighed),
        "headline": headline,
        "meaning": meaning,
        "readers": [{"reader": who, "says": says} for who, says in readers.items()],
        "producers": _producers(exhibit),
        "records": [_record(record) for record in exhibit.records],
        "candidates": [
            {**_record(record), "distance": distance} for record, distance in exhibit.candidates
        ],
        "account": asdict(exhibit.account) if exhibit.account else None,
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


def _request(letter: Letter) -> dict[str, Any]:
    return {
        **{each.name: getattr(letter, each.name) for each in fields(letter)},
        "exhibits": list(letter.exhibits),
        "created": to_utc_seconds(letter.created),
    }
