"""Write vectors/verdict: evidence in, verdict out, for every row of docs/verdicts.md and more.

Usage: PYTHONPATH=. python vectors/generate/verdict.py

The rows are read from the page, and their words are those of ``tests/unit/verify``. What a row says
is what is expected; reasons, time and freshness are this library's.
"""

from __future__ import annotations

import json
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Any

from verdict_rules import further

from provenance.canonical import to_utc_text
from provenance.examine import Content, LookupStatus
from provenance.geometry import Region
from provenance.verify import Evidence, Manifest, decide
from provenance.verify.evidence import Candidate, Lookup, Mark, Reply
from tests.unit.test_standing import rows as standing_rows
from tests.unit.verify.conftest import (
    SHA256,
    evidence_of,
)
from tests.unit.verify.test_table import COMBINATIONS, NAMES, ROWS, WORDS

FOLDER = Path(__file__).resolve().parent.parent / "verdict"
GENERATOR = "vectors/generate/verdict.py"
STRIDE = 2503
"""Of all combinations of the words, every so many-th is a case: a prime, so that all words meet."""

Json = dict[str, Any]


class Writer:
    """Writes evidence; each manifest once, under a number."""

    def __init__(self) -> None:
        self.manifests: list[Json] = []

    def manifest(self, given: Manifest | None) -> int | None:
        if given is None:
            return None
        written = {
            "urn": given.urn,
            "integrity": given.integrity.value,
            "trusted": given.trusted,
            "vetted": given.vetted,
            "name_claim": given.name_claim.value,
            "number_claim": given.binding.value,
            "number": given.number,
            "payload": given.payload.hex() if given.payload else None,
            "stamped_minute": spell(given.stamped_minute),
            "created": spell(given.created),
            "producer_name": given.producer_name,
            "model": given.model,
            "model_version": given.model_version,
            "source_type": given.source_type,
            "ancestors": sorted(given.ancestors),
            "content": given.comparison.content.value,
            "beside": given.beside,
            "revoked_at": spell(given.revoked_at),
            "proved_at": spell(given.proved_at),
            "time_basis": given.time_basis.value,
            "other_log": given.other_log,
            "replies": [self.reply(each) for each in given.replies],
        }
        if written not in self.manifests:
            self.manifests.append(written)
        return self.manifests.index(written)

    def reply(self, given: Reply | None) -> Json | None:
        return given and {"as_of": spell(given.as_of), "lookup": lookup(given.lookup)}

    def candidate(self, given: Candidate) -> Json:
        return {
            "manifest": self.manifest(given.manifest),
            "recorded": given.recorded,
            "reply": self.reply(given.reply),
            "content": given.comparison.content.value,
            "region": region(given.region),
        }

    def mark(self, given: Mark) -> Json:
        return {
            "payload": given.payload.hex(),
            "version": given.version,
            "producer": given.producer,
            "minute": spell(given.minute),
            "region": region(given.region),
            "lookup": lookup(given.lookup),
            "candidates": [self.candidate(each) for each in given.candidates],
        }

    def evidence(self, given: Evidence) -> Json:
        return {
            "sha256": given.sha256,
            "examined_at": spell(given.examined_at),
            "manifest": self.manifest(given.manifest),
            "lookup": lookup(given.lookup),
            "marks": [self.mark(each) for each in given.marks],
            "similar": bool(given.similar),
            **({"notes": [each.code for each in given.notes]} if given.notes else {}),
        }


def spell(time: datetime | None) -> str | None:
    return to_utc_text(time) if time else None


def region(given: Region | None) -> Json | None:
    if given is None:
        return None
    corners = [list(map(float, each)) for each in given.corners]
    return {"corners": corners, "coverage": given.coverage}


def lookup(given: Lookup) -> Json:
    gone = given.revocation
    return {
        "status": given.status.value,
        "urn": given.urn,
        "sha256": given.sha256,
        "created": spell(given.created),
        "recorded": spell(given.recorded),
        "revocation": gone
        and {
            "stamp_id": str(gone.stamp_id),
            "revoked": spell(gone.revoked),
            "since": spell(gone.since),
        },
    }


def outcome(evidence: Evidence) -> Json:
    """Decide, and write what another program has to give."""
    verdict = decide(evidence)
    origin, fresh = verdict.origin, verdict.freshness
    return {
        "state": verdict.state.value,
        "origin": origin
        and {
            "producer": origin.producer,
            "match": origin.match.value,
            "stamp_id": origin.stamp_id and str(origin.stamp_id),
            "model": origin.model,
            "model_version": origin.model_version,
            "source_type": origin.source_type,
            "created": spell(origin.created),
            "recorded": spell(origin.recorded),
            "time_basis": origin.time_basis.value,
        },
        "coverage": verdict.proof.coverage if verdict.proof else None,
        "beside": [each.manifest.producer_name for each in verdict.beside],
        "reasons": [reason.value for reason in verdict.reasons],
        "revocation": fresh.revocation.value,
        "revocation_as_of": spell(fresh.as_of),
    }


def case(writer: Writer, kind: str, name: str, evidence: Evidence) -> Json:
    given = writer.evidence(evidence)
    return {"name": f"{kind}: {name}", "evidence": given, "expected": outcome(evidence)}


def cases() -> tuple[list[Json], list[Json]]:
    writer = Writer()
    made = []
    for *words, state, origin, match in ROWS:
        made.append(case(writer, "row", " | ".join(words), evidence_of(*words)))
        check(made[-1], state, origin, match)
    for *words, result in COMBINATIONS:
        made.append(case(writer, "combination", " | ".join(words), evidence_of(*words)))
        state, match = result.split() if " " in result else (result, "")
        check(made[-1], "attributed" if match else state, state if match else "", match)
    made += [case(writer, "words", " | ".join(each), evidence_of(*each)) for each in sample()]
    made += [case(writer, "rule", name, evidence) for name, evidence in further()]
    return writer.manifests, made


def check(made: Json, state: str, origin: str, match: str) -> None:
    """What the page says is what is written."""
    expected = made["expected"]
    assert expected["state"] == state, made["name"]
    found = expected["origin"]
    assert bool(found) == bool(origin), made["name"]
    if found:
        assert (found["producer"], found["match"]) == (NAMES[origin], match), made["name"]


def sample() -> list[tuple[str, ...]]:
    manifests, marks, records, prints, likes = WORDS
    single = [[word for word in words if "+" not in word] for words in (marks, records, prints)]
    return list(product(manifests, *single, likes))[::STRIDE]


# --- who outranks whom --------------------------------------------------------------------------


def standings() -> list[Json]:
    """Write each row of the table as files that list somebody, and what becomes of the signer."""
    made = []
    for signer, own_, other, name, number in standing_rows():
        listed = [("ours", own_), ("theirs", other)]
        files = [{"standing": word, "lists": [who]} for who, word in listed if word != "-"]
        if own_ == other == "authority":
            files = [{"standing": "authority", "lists": ["ours", "theirs, under another number"]}]
        made.append(
            {
                "name": f"{signer} | {own_} | {other}",
                "signer": signer,
                "files": files,
                "expected": {"name": name, "number": number},
            }
        )
    return made


def compact(document: Json, *listed: str) -> str:
    """Write JSON with one element of the long lists on a line."""
    parts = []
    for key, value in document.items():
        if key in listed:
            lines = ",\n".join(f"  {json.dumps(each)}" for each in value)
            parts.append(f' "{key}": [\n{lines}\n ]')
        else:
            parts.append(f' "{key}": {json.dumps(value)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def write(name: str, document: Json, *listed: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    head = {"origin": "docs/verdicts.md; reasons and freshness: provenance", "generator": GENERATOR}
    (FOLDER / name).write_text(compact(head | document, *listed), "ascii")


def main() -> None:
    assert SHA256 == "0" * 64
    assert Content.BOUND.fits
    assert LookupStatus("found")
    manifests, made = cases()
    write("cases.json", {"manifests": manifests, "cases": made}, "manifests", "cases")
    write("standing.json", {"cases": standings()}, "cases")
    print(len(made), "cases,", len(manifests), "manifests")


if __name__ == "__main__":
    main()
