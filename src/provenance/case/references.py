"""The entries of registry and directories on those to whom the evidence points."""

from __future__ import annotations

from provenance.directory import Directory, DirectoryProducer
from provenance.examine import LookupStatus, RecordLookup
from provenance.records import StampRecord
from provenance.verify import Manifest, NumberClaim, Verdict


def find_used_records(verdict: Verdict, records: RecordLookup) -> list[StampRecord]:
    """Return the records that the verdict used, which the registry's log proves."""
    answers = {mark.found.stamp_id: mark.record for mark in verdict.weighed.marks}
    if verdict.origin is not None and verdict.origin.stamp_id:
        answers.setdefault(verdict.origin.stamp_id, LookupStatus.FOUND)
    found = (stamp_id for stamp_id, answer in answers.items() if answer is LookupStatus.FOUND)
    return [record for each in found if (record := records.find_proved(each))]


def find_similar_records(verdict: Verdict, records: RecordLookup) -> list[tuple[StampRecord, int]]:
    """Return the records of pictures that look alike, with their distances in bits."""
    similar = verdict.evidence.similar
    alike = ((records.find_proved(each.stamp_id), each.distance) for each in similar)
    return [(record, distance) for record, distance in alike if record is not None]


def find_producers(verdict: Verdict, directory: Directory | None) -> dict[int, DirectoryProducer]:
    """Return the directory's entries of the producers that may be named.

    A number that anyone may have drawn names nobody, unless the signing certificate is bound to it.
    """
    if directory is None:
        return {}
    marks = verdict.weighed.marks
    manifests = (verdict.weighed.manifest, *(mark.manifest for mark in marks))
    numbers = {m.number for m in manifests if m is not None and _is_bound(m)}
    found = (mark.found.producer for mark in marks)
    numbers |= {number for number in found if directory.producer(number)}
    return {each.number: each for each in directory.producers if each.number in numbers}


def _is_bound(manifest: Manifest) -> bool:
    return manifest.authentic and manifest.binding is NumberClaim.BOUND
