"""Verdict and evidence as JSON: every key is always there, also for a failure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from provenance.canonical import to_utc_seconds
from provenance.errors import ProvenanceError
from provenance.examine import LogStanding
from provenance.geometry import Region
from provenance.jsonable import to_jsonable
from provenance.manifest import ActionEntry, HistoryEntry
from provenance.verify.decision import Decision, Origin
from provenance.verify.evidence import Evidence
from provenance.verify.freshness import Freshness
from provenance.verify.listed import Listed
from provenance.verify.of_films import FilmSeen
from provenance.verify.past import PastItem
from provenance.verify.weighing import Weighed, WeighedMark
from provenance.verify.wording.finding import Finding

SCHEMA = "provenance.verdict/1"
"""Name and version of the object that ``verify --json`` prints."""


def write_verdict(
    decision: Decision,
    findings: Iterable[Finding],
    evidence: Evidence,
    past: Iterable[PastItem],
    freshness: Freshness,
    listed: Iterable[Listed] | None,
    source: str | None = None,
) -> dict[str, Any]:
    """Return a verdict as the documented object; ``source`` is the input's name."""
    return {
        "schema": SCHEMA,
        "input": source,
        "sha256": evidence.sha256,
        "depth": evidence.depth.value,
        "state": decision.state.value,
        "origin": None if decision.origin is None else _write_origin(decision.origin),
        "history": [_write_manifest(entry) for entry in evidence.history],
        "summary": [_write_summary(each) for each in past],
        "freshness": _write_freshness(freshness, evidence),
        "lists": None if listed is None else [write_listed(each) for each in listed],
        "film": None if evidence.film is None else _write_film(evidence.film),
        "evidence": [_write_finding(finding) for finding in findings],
        "error": None,
    }


def write_facts(evidence: Evidence, weighed: Weighed) -> dict[str, Any]:
    """Return the evidence as inspections and reports hold it, without the time of examination."""
    return {
        "sha256": evidence.sha256,
        "manifest": to_jsonable(weighed.manifest),
        "marks": [_write_mark(mark) for mark in weighed.marks],
        "responses": to_jsonable(evidence.replies),
        "similar": to_jsonable(evidence.similar),
        "notes": to_jsonable(evidence.notes),
    }


def _write_mark(weighed: WeighedMark) -> dict[str, Any]:
    mark, lookup = weighed.found, weighed.lookup
    values = {
        "payload": mark.payload,
        "version": mark.version,
        "producer": mark.producer,
        "model": mark.model,
        "minute": mark.minute,
        "false_positive_probability": mark.false_positive_probability,
        "region": weighed.region,
        "private": mark.private,
        "producer_name": mark.producer_name,
        "model_name": mark.model_name,
        "record": weighed.record,
        "other_records": lookup.others,
        "recorded": lookup.recorded,
        "record_created": lookup.created,
        "manifest": weighed.manifest,
        "comparison": weighed.comparison,
    }
    return {name: to_jsonable(value) for name, value in values.items()}


def write_failure(
    error: ProvenanceError, source: str | None = None, sha256: str | None = None
) -> dict[str, Any]:
    """Return the object for an input that could not be examined."""
    return {
        "schema": SCHEMA,
        "input": source,
        "sha256": sha256,
        "depth": None,
        "state": None,
        "origin": None,
        "history": [],
        "summary": [],
        "freshness": None,
        "lists": None,
        "film": None,
        "evidence": [],
        "error": {"code": error.code, "message": str(error)},
    }


def _write_film(film: FilmSeen) -> dict[str, Any]:
    """Write how much of a film was looked at, in seconds and frames."""
    marked = film.marked and {
        "from": round(film.marked[0], 3),
        "to": round(film.marked[1], 3),
        "share": round(film.share or 0.0, 4),
        "stamp_id": film.stamp_id,
    }
    return {
        "seconds": round(film.seconds, 3),
        "frames": film.frames,
        "looked_at": film.looked_at,
        "marked": marked,
    }


def _write_manifest(entry: HistoryEntry) -> dict[str, Any]:
    return {
        "urn": entry.urn,
        "active": entry.active,
        "signer": entry.signer.name if entry.signer else None,
        "trusted": entry.trusted,
        "signed_at": _write_time(entry.signed_at),
        "stamp_id": entry.stamp_id,
        "actions": [_write_action(action) for action in entry.actions],
        "ingredients": [
            {"relationship": each.relationship, "urn": each.urn, "source_type": each.source_type}
            for each in entry.ingredients
        ],
        "redactions": list(entry.redactions),
    }


def _write_action(action: ActionEntry) -> dict[str, Any]:
    return {
        "action": action.action,
        "model": action.model,
        "model_version": action.model_version,
        "time": _write_time(action.when),
        "source_type": action.source_type,
        "stated": action.created,
    }


def _write_summary(each: PastItem) -> dict[str, Any]:
    item = each.item
    return {
        "signal": item.signal.value,
        "model": item.model,
        "model_version": item.model_version,
        "time": _write_time(item.time),
        "source_type": item.source_type,
        "signer": item.signer,
        "trusted": item.trusted,
        "stated": item.stated,
        "part": item.part,
        "link": each.link.value,
        "urn": item.urn,
    }


def _write_origin(origin: Origin) -> dict[str, Any]:
    return {
        "producer": origin.producer,
        "model": origin.model,
        "model_version": origin.model_version,
        "created": _write_time(origin.created),
        "recorded": _write_time(origin.recorded),
        "time_basis": origin.time_basis.value,
        "source_type": origin.source_type,
        "match": origin.match.value,
        "stamp_id": origin.stamp_id,
    }


def _write_freshness(freshness: Freshness, evidence: Evidence) -> dict[str, Any]:
    return {
        "examined": _write_time(evidence.examined_at),
        "revocation": freshness.revocation.value,
        "revocation_as_of": _write_time(freshness.as_of),
        "registry": _write_log(evidence.log),
        "directories": [
            {
                "file": each.file,
                "sha256": each.sha256,
                "issued": _write_time(each.issued),
                "valid_until": _write_time(each.valid_until),
                "lists_producer": each == freshness.directory,
            }
            for each in evidence.directories
        ],
        "responses": [
            {
                "stamp_id": each.stamp_id,
                "outcome": each.outcome.value,
                "as_of": _write_time(each.as_of),
                "fault": each.fault.value if each.fault else None,
            }
            for each in evidence.replies
        ],
    }


def write_listed(listed: Listed) -> dict[str, Any]:
    """Write a hit on a hash list; a stamp has no distance."""
    match = listed.match
    return {
        "list": match.list,
        "kind": match.kind,
        "basis": listed.basis.value,
        "distance": None if match.stamp_id else match.distance,
        "cases": list(match.cases),
        "use": match.use.value,
        "stamp_id": match.stamp_id,
        "region": None if listed.region is None else _write_region(listed.region),
    }


def _write_log(log: LogStanding | None) -> dict[str, Any] | None:
    """Write how a registry that was asked stood; ``source`` and ``synced`` are those of a copy."""
    if log is None:
        return None
    return {
        "source": log.source,
        "synced": _write_time(log.synced),
        "stale": log.stale,
        "witnesses": log.witnesses,
        "cosigned": [
            {"witness": each.witness, "time": _write_time(each.time)} for each in log.cosigned
        ],
    }


def _write_finding(finding: Finding) -> dict[str, Any]:
    return {
        "layer": finding.layer,
        "finding": finding.finding,
        "says": finding.says,
        "codes": list(finding.codes),
        "region": None if finding.region is None else _write_region(finding.region),
        "false_positive_probability": finding.false_positive_probability,
    }


def _write_region(region: Region) -> dict[str, Any]:
    return {
        "corners": [[round(x, 1), round(y, 1)] for x, y in region.corners],
        "coverage": round(region.coverage, 4),
    }


def _write_time(time: datetime | None) -> str | None:
    """Write a time as ISO 8601 in UTC with a Z, to the second."""
    return None if time is None else to_utc_seconds(time)
