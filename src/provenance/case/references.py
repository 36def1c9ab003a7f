"""The entries of registry and directories on those to whom the evidence points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from provenance.directory import Directory, DirectoryProducer, Listing
from provenance.examine import LookupStatus, RecordLookup
from provenance.records import StampRecord
from provenance.response import Checked, Disclosed
from provenance.verify import Manifest, NameClaim, NumberClaim, Verdict


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
    Where two signers are, nobody knows to whom it belongs.
    """
    if directory is None:
        return {}
    marks = verdict.weighed.marks
    manifests = (verdict.weighed.manifest, *(mark.manifest for mark in marks))
    bound = {(m.number, m.producer_name) for m in manifests if m is not None and _is_bound(m)}
    holders = Counter(number for number, _ in bound)
    named = {number: name for number, name in bound if holders[number] == 1}
    for mark in marks:
        if assigned := directory.producer(mark.found.producer):
            named.setdefault(assigned.number, assigned.name)
    return {
        each.entry.number: each.entry
        for each in reversed(directory.listings)  # the highest standing is the last, and stays
        if named.get(each.entry.number) == each.entry.name
    }


def find_listings(verdict: Verdict, directory: Directory | None) -> dict[int, Listing]:
    """Return what lists the numbers of marks, where nobody assigned them."""
    if directory is None:
        return {}
    numbers = (mark.found.producer for mark in verdict.weighed.marks)
    found = {number: directory.find_listing(number) for number in numbers}
    return {number: listing for number, listing in found.items() if listing is not None}


def find_told(answers: Iterable[Checked]) -> Disclosed | None:
    """Return the account that a good response tells, if it is the one that was signed."""
    for each in answers:
        said, told = each.response.account, each.response.disclosed
        if each.fault or said is None or told is None:
            continue
        if said.sha256 == told.digest(each.stamp_id):
            return told
    return None


def _is_bound(manifest: Manifest) -> bool:
    """Tell whether a directory binds a trusted signer to name and number."""
    named = manifest.name_claim is not NameClaim.OTHER
    return manifest.authentic and named and manifest.binding is NumberClaim.BOUND
