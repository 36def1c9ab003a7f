"""Evidence written in the words of docs/verdicts.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from provenance.types import Region, Revocation
from provenance.verify.evidence import (
    Binding,
    Comparison,
    Content,
    Evidence,
    Integrity,
    Manifest,
    Mark,
    Note,
    Record,
    Similar,
    TimeBasis,
)

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
STAMPED = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
NUMBERS = {"A": 7, "B": 8, "U": 9, "X": 600_000}
NAMES = {"A": "Producer A", "B": "Producer B", "T": "Third Party", "U": "Unlisted", "X": "Anybody"}
UNLISTED = ("U",)


def payload_of(who: str) -> bytes:
    return NUMBERS.get(who, 0).to_bytes(12, "big")


def region(coverage: float) -> Region:
    return Region(((0, 0), (100, 0), (100, 100 * coverage), (0, 100 * coverage)), coverage)


@cache
def manifest_of(words: str) -> Manifest | None:
    """Read words such as "A revoked later" or "T of A"."""
    if words in ("-", "remote", "none", "no registry"):
        return None
    if words == "unreadable":
        return Manifest(integrity=Integrity.UNREADABLE, codes=("manifest.damaged",))
    who, *rest = words.split()
    manifest = _stamp_of(who) if who in NUMBERS else _third_party(who)
    for word, argument in _pairs(rest):
        manifest = _altered(manifest, who, word, argument)
    return manifest


def _pairs(words: list[str]) -> Iterator[tuple[str, str]]:
    """Split into words with the one that belongs to them: "as B", "of A", "revoked later"."""
    rest = iter(words)
    for word in rest:
        yield word, next(rest) if word in ("as", "of", "other") else ""


def _third_party(who: str) -> Manifest:
    return Manifest(
        urn=f"urn:c2pa:{who}",
        trusted=True,
        signer=NAMES[who],
        producer_name=NAMES[who],
        created=NOW,
    )


def _stamp_of(who: str) -> Manifest:
    return replace(
        _third_party(who),
        binding=Binding.UNKNOWN if who in UNLISTED else Binding.BOUND,
        number=NUMBERS[who],
        payload=payload_of(who),
        stamped_minute=STAMPED,
        created=STAMPED + timedelta(seconds=42),
        model="example-diffusion",
        model_version="3",
        source_type="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
    )


def _altered(manifest: Manifest, who: str, word: str, argument: str) -> Manifest:
    if word in ("refused", "late"):  # say something about the record, not about the manifest
        return manifest
    change = {
        "changed": {"integrity": Integrity.CHANGED, "codes": ("assertion.dataHash.mismatch",)},
        "moved": {"integrity": Integrity.CHANGED, "comparison": compared("far")},
        "near": {"comparison": compared("near")},
        "broken": {"integrity": Integrity.BROKEN, "codes": ("claimSignature.mismatch",)},
        "unbound": {"integrity": Integrity.UNBOUND},
        "untrusted": {
            "trusted": False,
            "binding": Binding.UNKNOWN if who == "X" else Binding.OTHER,
            "codes": ("signingCredential.untrusted",),
        },
        "as": {
            "urn": f"urn:c2pa:{who}-as-{argument}",
            "binding": Binding.OTHER,
            "payload": payload_of(argument or who),
            "number": NUMBERS.get(argument),
        },
        "of": {"ancestors": frozenset({f"urn:c2pa:{argument}"})},
        "lapsed": {"binding": Binding.LAPSED},
        "unlisted": {"binding": Binding.UNKNOWN},
        "revoked": {"revoked_at": NOW - timedelta(days=1)},
        "later": {"proved_at": NOW - timedelta(days=2), "time_basis": TimeBasis.LOG},
        "withdrawn": {"revocation": Revocation(payload_of(who).hex(), NOW, "made by mistake")},
        "withdrawn-since": {
            "revocation": Revocation(
                payload_of(who).hex(), NOW, "a break-in", NOW - timedelta(days=1)
            )
        },
        "times": {"created": STAMPED + timedelta(minutes=3)},
        "other": {"payload": payload_of("X")},
    }[word]
    return replace(manifest, **change)  # type: ignore[arg-type]


@cache
def mark_of(words: str, record: str, fingerprint: str) -> Mark:
    """Read a mark such as "A private part", with its record and its fingerprint."""
    who, *rest = words.split()
    late = timedelta(minutes=5 if "late" in record.split() else 0)
    return Mark(
        payload=payload_of(who),
        version=9 if "version" in rest else 1,
        producer=NUMBERS[who],
        model=2,
        minute=STAMPED,
        false_positive_probability=1e-12,
        region=region(0.4 if "part" in rest else 0.96),
        private="private" in rest,
        producer_name=None if who in UNLISTED else NAMES[who],
        record=_answer(record),
        recorded=STAMPED + timedelta(seconds=43) + late,
        record_created=STAMPED + timedelta(seconds=42) + late,
        manifest=manifest_of(record),
        comparison=compared(fingerprint),
    )


def compared(result: str) -> Comparison:
    content = Content.NOT_COMPARED if result == "-" else Content(result)
    if content is Content.NOT_COMPARED:
        return Comparison()
    return Comparison(content, 0.02, 1800, 1e-9, 12)


def _answer(record: str) -> Record:
    if record in ("-", "none", "no registry"):
        return Record.NONE if record == "none" else Record.NOT_ASKED
    return Record.REFUSED if "refused" in record else Record.FOUND


def evidence_of(
    manifest: str = "-", mark: str = "-", record: str = "-", fingerprint: str = "-", like: str = "-"
) -> Evidence:
    """Build the evidence of one row of the table."""
    embedded = manifest_of(manifest)
    marks = []
    for words, kept, print_ in _aligned(mark, record, fingerprint):
        found = mark_of(words, kept, print_)
        if found.manifest is None and embedded and embedded.payload == found.payload:
            found = replace(found, manifest=embedded)
        marks.append(found)
        if embedded and found.manifest and found.manifest.urn == embedded.urn:
            embedded = replace(embedded, revocation=found.manifest.revocation)
    return Evidence(
        sha256="0" * 64,
        examined_at=NOW,
        manifest=embedded,
        marks=tuple(marks),
        similar=(Similar("ab" * 12, 20),) if like == "yes" else (),
        notes=(Note("manifest", "manifest.remote"),) if manifest == "remote" else (),
    )


def _aligned(mark: str, record: str, fingerprint: str) -> Iterator[tuple[str, str, str]]:
    if mark == "-":
        return
    columns = (cell.split(" + ") for cell in (mark, record, fingerprint))
    yield from zip(*columns, strict=True)


@pytest.fixture(scope="session")
def build() -> Callable[..., Evidence]:
    """Build evidence from the table's words."""
    return evidence_of
