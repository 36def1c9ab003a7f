"""The JSON of ``verify --json``: every key always there, the same shape for a failure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from provenance.canonical import utc_seconds
from provenance.errors import ProvenanceError

if TYPE_CHECKING:
    from provenance.geometry import Region
    from provenance.verify.findings import Finding
    from provenance.verify.outcome import Origin
    from provenance.verify.verdict import Verdict

SCHEMA = "provenance.verdict/1"


def verdict(value: Verdict, source: str | None = None) -> dict[str, Any]:
    """Return a verdict as the documented object; ``source`` is the input's name."""
    return {
        "schema": SCHEMA,
        "input": source,
        "sha256": value.facts.sha256,
        "state": value.state.value,
        "origin": None if value.origin is None else _origin(value.origin),
        "evidence": [_finding(finding) for finding in value.evidence],
        "error": None,
    }


def failure(
    error: ProvenanceError, source: str | None = None, sha256: str | None = None
) -> dict[str, Any]:
    """Return the object for an input that could not be examined."""
    return {
        "schema": SCHEMA,
        "input": source,
        "sha256": sha256,
        "state": None,
        "origin": None,
        "evidence": [],
        "error": {"code": error.code, "message": str(error)},
    }


def _origin(origin: Origin) -> dict[str, Any]:
    return {
        "producer": origin.producer,
        "model": origin.model,
        "model_version": origin.model_version,
        "created": _time(origin.created),
        "recorded": _time(origin.recorded),
        "time_basis": origin.time_basis.value,
        "source_type": origin.source_type,
        "match": origin.match.value,
        "stamp_id": origin.stamp_id,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "layer": finding.layer,
        "finding": finding.finding,
        "says": finding.says,
        "codes": list(finding.codes),
        "region": None if finding.region is None else _region(finding.region),
        "false_positive_probability": finding.false_positive_probability,
    }


def _region(region: Region) -> dict[str, Any]:
    return {
        "corners": [[round(x, 1), round(y, 1)] for x, y in region.corners],
        "coverage": round(region.coverage, 4),
    }


def _time(time: datetime | None) -> str | None:
    """Write a time as ISO 8601 in UTC with a Z, to the second."""
    return None if time is None else utc_seconds(time)
