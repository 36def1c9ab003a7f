"""Evidence written in the words of docs/verdicts.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from provenance.examine import BOUND, NOT_COMPARED, Comparison, Content, LookupStatus, Note, Similar
from provenance.geometry import Region
from provenance.manifest import Coverage, Omission, PartKind
from provenance.records import Revocation
from provenance.response import Fault, Outcome
from provenance.stamp_id import StampId
from provenance.verify import Manifest, NameClaim, NumberClaim
from provenance.verify.evidence import (
    NOT_LOOKED_UP,
    Candidate,
    Evidence,
    Integrity,
    Lookup,
    Mark,
    Reply,
    TimeBasis,
)

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
STAMPED = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
NUMBERS = {"A": 7, "B": 8, "U": 9, "X": 600_000}
NAMES = {"A": "Producer A", "B": "Producer B", "T": "Third Party", "U": "Unlisted", "X": "Anybody"}
UNLISTED = ("U",)
HALVES = {
    "left": Region(((0, 0), (55, 0), (55, 100), (0, 100)), 0.55),
    "right": Region(((50, 0), (100, 0), (100, 100), (50, 100)), 0.5),
}
RECORD_WORDS = (
    *("refused", "late", "withdrawn", "withdrawn-since", "misnamed", "bytes"),
    *("answered", "doctored"),
)
SHA256 = "0" * 64
STORE = Omission(PartKind.STORE, 100, 1_300, by_standard=True)


def payload_of(who: str) -> bytes:
    return NUMBERS.get(who, 0).to_bytes(12, "big")


def region(coverage: float) -> Region:
    return Region(((0, 0), (100, 0), (100, 100 * coverage), (0, 100 * coverage)), coverage)


@cache
def manifest_of(words: str) -> Manifest | None:
    """Read words such as "A revoked later" or "T of A"."""
    if words in ("-", "remote", "none", "no registry", "denied") or "doctored" in words.split():
        return None
    if words.startswith("unreadable"):
        beside = "beside" in words
        return Manifest(integrity=Integrity.UNREADABLE, beside=beside, codes=("manifest.damaged",))
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
        coverage=Coverage("c2pa.hash.data", (STORE,)),
    )


def _stamp_of(who: str) -> Manifest:
    return replace(
        _third_party(who),
        binding=NumberClaim.UNKNOWN if who in UNLISTED else NumberClaim.BOUND,
        number=NUMBERS[who],
        payload=payload_of(who),
        stamped_minute=STAMPED,
        created=STAMPED + timedelta(seconds=42),
        model="example-diffusion",
        model_version="3",
        source_type="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
    )


def _altered(manifest: Manifest, who: str, word: str, argument: str) -> Manifest:
    if word in RECORD_WORDS:  # they say something about the record, not about the manifest
        return manifest
    change = {
        "changed": {"integrity": Integrity.CHANGED, "codes": ("assertion.dataHash.mismatch",)},
        "moved": {"integrity": Integrity.CHANGED, "comparison": compared("far")},
        "near": {"comparison": compared("near")},
        "beside": {"beside": True},
        "broken": {"integrity": Integrity.BROKEN, "codes": ("claimSignature.mismatch",)},
        "unbound": {"integrity": Integrity.UNBOUND},
        "untrusted": {
            "trusted": False,
            "binding": NumberClaim.UNKNOWN if who == "X" else NumberClaim.OTHER,
            "codes": ("signingCredential.untrusted",),
        },
        "as": {
            "urn": f"urn:c2pa:{who}-as-{argument}",
            "binding": NumberClaim.OTHER,
            "payload": payload_of(argument or who),
            "number": NUMBERS.get(argument),
        },
        "name-of-another": {"name_claim": NameClaim.OTHER},
        "of": {"ancestors": frozenset({f"urn:c2pa:{argument}"})},
        "lapsed": {"binding": NumberClaim.LAPSED},
        "unlisted": {"binding": NumberClaim.UNKNOWN},
        "revoked": {"revoked_at": NOW - timedelta(days=1)},
        "later": {"proved_at": NOW - timedelta(days=2), "time_basis": TimeBasis.LOG},
        "times": {"created": STAMPED + timedelta(minutes=3)},
        "other": {"payload": payload_of("X")},
    }[word]
    return replace(manifest, **change)  # type: ignore[arg-type]


@cache
def mark_of(words: str, record: str, fingerprint: str, own: Manifest | None) -> Mark:
    """Read a mark such as "A private part", with its record and its fingerprints.

    Of two fingerprints, as in "far / near", the second is that of the file's own manifest.
    """
    who, *rest = words.split()
    in_record, _, in_file = fingerprint.partition(" / ")
    recorded, candidates = manifest_of(record), []
    reply = reply_of(who, record)
    if recorded is not None and reply is not None:
        answered = replace(recorded, replies=(reply,))
        candidates.append(Candidate(answered, False, compared(in_record), reply=reply))
    elif recorded is not None:
        candidates.append(Candidate(recorded, True, compared(in_record)))
    if own is not None and own.payload == payload_of(who):
        candidates.append(Candidate(own, False, compared(in_file or in_record)))
    return Mark(
        payload=payload_of(who),
        version=9 if "version" in rest else 1,
        producer=NUMBERS[who],
        model=2,
        minute=STAMPED,
        false_positive_probability=1e-12,
        region=HALVES.get(rest[-1] if rest else "", region(0.4 if "part" in rest else 0.96)),
        private="private" in rest,
        producer_name=None if who in UNLISTED else NAMES[who],
        lookup=NOT_LOOKED_UP if reply else lookup_of(who, record),
        candidates=tuple(candidates),
    )


def reply_of(who: str, words: str) -> Reply | None:
    """Read a producer's response about its stamp: "A answered", "A doctored" or "denied"."""
    said = words.split()
    kind = next((word for word in ("answered", "doctored", "denied") if word in said), None)
    if kind is None:
        return None
    outcome = Outcome.NONE if kind == "denied" else Outcome.FOUND
    lookup = lookup_of(who, words) if kind == "answered" else Lookup()
    return Reply(
        StampId.from_payload(payload_of(who)),
        outcome,
        NOW - timedelta(days=1),
        fault=Fault.LOG if kind == "doctored" else None,
        producer_name=NAMES[who],
        listed_by="a directory",
        signer="the responder",
        signer_sha256="0" * 64,
        lookup=Lookup(LookupStatus.NONE) if kind == "denied" else lookup,
        index=0,
        size=5,
    )


def lookup_of(who: str, words: str) -> Lookup:
    """Read the registry's answer about the stamp of a producer."""
    if words in ("-", "none", "no registry", "denied"):
        return Lookup(LookupStatus.NONE if words == "none" else LookupStatus.NOT_ASKED)
    manifest, stamp_id = manifest_of(words), StampId.from_payload(payload_of(who))
    said = words.split()
    if manifest is None or "refused" in said:
        return Lookup(LookupStatus.REFUSED)
    late = timedelta(minutes=5 if "late" in said else 0)
    since = {"withdrawn": None, "withdrawn-since": NOW - timedelta(days=1)}
    revoked = [Revocation(stamp_id, NOW, "a mistake", since[w]) for w in said if w in since]
    return Lookup(
        LookupStatus.FOUND,
        urn="urn:c2pa:another" if "misnamed" in said else manifest.urn,
        sha256=SHA256 if "bytes" in said else "1" * 64,
        recorded=STAMPED + timedelta(seconds=43) + late,
        created=STAMPED + timedelta(seconds=42) + late,
        revocation=next(iter(revoked), None),
    )


def compared(result: str) -> Comparison:
    content = Content.NOT_COMPARED if result == "-" else Content(result)
    if content is Content.NOT_COMPARED:
        return NOT_COMPARED
    if content is Content.BOUND:
        return BOUND
    return Comparison(content, 0.02, 1800, 1e-9, 12)


def evidence_of(
    manifest: str = "-", mark: str = "-", record: str = "-", fingerprint: str = "-", like: str = "-"
) -> Evidence:
    """Build the evidence of one row of the table."""
    own = manifest_of(manifest)
    marks = tuple(mark_of(*words, own) for words in _aligned(mark, record, fingerprint))
    replies = [
        reply_of(each[0].split()[0], each[1]) for each in _aligned(mark, record, fingerprint)
    ]
    if own is not None:
        if " answered" in manifest:
            replies.append(reply_of(manifest.split(maxsplit=1)[0], manifest))
        good = [each for each in replies if each and not each.fault and _is_about(each, own)]
        own = replace(own, replies=tuple(good))
    looked_up = [each.lookup for each in marks if own and each.payload == own.payload]
    who, *said = manifest.split()
    recorded = any(word.startswith(("withdrawn", "bytes")) for word in said)
    in_words = lookup_of(who, manifest) if recorded else Lookup()
    return Evidence(
        sha256=SHA256,
        examined_at=NOW,
        manifest=own,
        lookup=next(iter(looked_up), in_words),
        marks=marks,
        similar=(Similar(StampId("ab" * 12), 20),) if like == "yes" else (),
        notes=(Note("manifest", "manifest.remote"),) if manifest == "remote" else (),
        replies=tuple(filter(None, replies)),
    )


def _is_about(reply: Reply, own: Manifest) -> bool:
    """Tell whether a response is about a stamp that its own producer signed."""
    ours = own.binding is NumberClaim.BOUND and own.payload is not None
    return ours and reply.stamp_id == StampId.from_payload(own.payload or bytes(12))


def _aligned(mark: str, record: str, fingerprint: str) -> Iterator[tuple[str, str, str]]:
    if mark == "-":
        return
    columns = (cell.split(" + ") for cell in (mark, record, fingerprint))
    yield from zip(*columns, strict=True)


@pytest.fixture(scope="session")
def build() -> Callable[..., Evidence]:
    """Build evidence from the table's words."""
    return evidence_of
