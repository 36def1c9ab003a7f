"""The frozen verdicts: evidence that was written as data comes out as it is written there."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from provenance.examine import NOT_COMPARED, Comparison, Content, LookupStatus, Note, Similar
from provenance.geometry import Region
from provenance.records import Revocation
from provenance.response import Outcome
from provenance.stamp_id import StampId
from provenance.verify import Evidence, Manifest, NameClaim, NumberClaim, decide
from provenance.verify.evidence import Candidate, Integrity, Lookup, Mark, Reply, TimeBasis
from tests.unit.test_standing import rows as standing_rows
from tests.unit.verify.test_table import COMBINATIONS, ROWS

VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "verdict"
CASES = json.loads((VECTORS / "cases.json").read_text("ascii"))
ALIKE = (Similar(StampId("ab" * 12), 20),)


def time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def known(text: str) -> datetime:
    return datetime.fromisoformat(text)


def compared(content: str) -> Comparison:
    return NOT_COMPARED if content == "not compared" else Comparison(Content(content))


def region(given: Any) -> Region | None:
    return given and Region(tuple((x, y) for x, y in given["corners"]), given["coverage"])


def lookup(given: Any) -> Lookup:
    gone = given["revocation"]
    return Lookup(
        LookupStatus(given["status"]),
        urn=given["urn"],
        recorded=time(given["recorded"]),
        created=time(given["created"]),
        sha256=given["sha256"],
        revocation=gone
        and Revocation(
            StampId(gone["stamp_id"]), known(gone["revoked"]), "reason", time(gone["since"])
        ),
    )


def reply(given: Any) -> Reply | None:
    """Read a response without a fault; whose stamp it is about is settled already."""
    if given is None:
        return None
    found = lookup(given["lookup"])
    outcome = Outcome.FOUND if found.status is LookupStatus.FOUND else Outcome.NONE
    return Reply(StampId("00" * 12), outcome, known(given["as_of"]), lookup=found)


@cache
def manifest(number: int) -> Manifest:
    given = CASES["manifests"][number]
    same = ("urn", "trusted", "vetted", "number", "producer_name", "model", "model_version")
    return Manifest(
        **{name: given[name] for name in (*same, "source_type", "beside", "other_log")},
        stamped_minute=time(given["stamped_minute"]),
        created=time(given["created"]),
        revoked_at=time(given["revoked_at"]),
        proved_at=time(given["proved_at"]),
        integrity=Integrity(given["integrity"]),
        name_claim=NameClaim(given["name_claim"]),
        binding=NumberClaim(given["number_claim"]),
        payload=bytes.fromhex(given["payload"]) if given["payload"] else None,
        ancestors=frozenset(given["ancestors"]),
        comparison=compared(given["content"]),
        time_basis=TimeBasis(given["time_basis"]),
        replies=tuple(filter(None, map(reply, given["replies"]))),
    )


def candidate(given: Any) -> Candidate:
    return Candidate(
        manifest(given["manifest"]),
        given["recorded"],
        compared(given["content"]),
        region(given["region"]),
        reply(given["reply"]),
    )


def mark(given: Any) -> Mark:
    place = region(given["region"])
    assert place is not None
    return Mark(
        payload=bytes.fromhex(given["payload"]),
        version=given["version"],
        producer=given["producer"],
        model=0,
        minute=known(given["minute"]),
        false_positive_probability=1e-12,
        region=place,
        lookup=lookup(given["lookup"]),
        candidates=tuple(map(candidate, given["candidates"])),
    )


def evidence(given: Any) -> Evidence:
    own = given["manifest"]
    return Evidence(
        sha256=given["sha256"],
        examined_at=known(given["examined_at"]),
        manifest=None if own is None else manifest(own),
        lookup=lookup(given["lookup"]),
        marks=tuple(map(mark, given["marks"])),
        similar=ALIKE if given["similar"] else (),
        notes=tuple(Note("registry", code) for code in given.get("notes", ())),
    )


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_verdict(case: dict[str, Any]) -> None:
    verdict, expected = decide(evidence(case["evidence"])), case["expected"]
    assert verdict.state == expected["state"]
    assert [reason.value for reason in verdict.reasons] == expected["reasons"]
    origin, stated = verdict.origin, expected["origin"]
    assert (origin is None) == (stated is None)
    for name, value in (stated or {}).items():
        found = getattr(origin, name)
        assert found == (time(value) if name in ("created", "recorded") else value), name
    coverage = verdict.proof.coverage if verdict.proof else None
    assert coverage == expected["coverage"]
    assert [each.manifest.producer_name for each in verdict.beside] == expected["beside"]
    fresh = verdict.freshness
    assert (fresh.revocation, fresh.as_of) == (
        expected["revocation"],
        time(expected["revocation_as_of"]),
    )


def test_every_row_of_the_page_is_a_case() -> None:
    frozen = {case["name"]: case["expected"] for case in CASES["cases"]}
    for *words, state, origin, match in ROWS:
        expected = frozen.pop(f"row: {' | '.join(words)}")
        assert expected["state"] == state, words
        assert bool(expected["origin"]) == bool(origin), words
        assert not origin or expected["origin"]["match"] == match, words
    for *words, result in COMBINATIONS:
        expected = frozen.pop(f"combination: {' | '.join(words)}")
        assert expected["state"] == ("attributed" if " " in result else result), words
    assert not [name for name in frozen if name.startswith(("row:", "combination:"))]


def test_every_row_about_standing_is_a_case() -> None:
    frozen = json.loads((VECTORS / "standing.json").read_text("ascii"))["cases"]
    stated = [
        (*case["name"].split(" | "), case["expected"]["name"], case["expected"]["number"])
        for case in frozen
    ]
    assert stated == standing_rows()
