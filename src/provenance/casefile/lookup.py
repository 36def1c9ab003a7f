"""What registry and directories hold about those whom the evidence points to."""

from __future__ import annotations

from dataclasses import dataclass

from provenance.directory import Directory, DirectoryProducer
from provenance.errors import RegistryError
from provenance.records import StampRecord
from provenance.registry import Registry
from provenance.stamp_id import StampId
from provenance.verify import Verdict
from provenance.verify.evidence import Binding, Manifest, Record


@dataclass(frozen=True)
class Records:
    """A registry, asked for a report; one that fails leaves things out, the verdict says why."""

    registry: Registry | None

    def head(self) -> str | None:
        """Return the head of the log as text, or that it could not be asked."""
        if self.registry is None:
            return None
        try:
            return self.registry.checkpoint().text
        except RegistryError as error:
            return f"could not be asked [{error.code}]"

    def used(self, verdict: Verdict) -> list[StampRecord]:
        """Return the records that the verdict used; one that its log contradicts was not."""
        answers = {mark.stamp_id: mark.record for mark in verdict.facts.marks}
        if verdict.origin is not None and verdict.origin.stamp_id:
            answers.setdefault(verdict.origin.stamp_id, Record.FOUND)
        used = (stamp_id for stamp_id, answer in answers.items() if answer is Record.FOUND)
        return [record for each in used if (record := self._record(each))]

    def similar(self, verdict: Verdict) -> list[tuple[StampRecord, int]]:
        """Return the records of pictures that look alike, and how near they are."""
        similar = ((self._record(each.stamp_id), each.distance) for each in verdict.facts.similar)
        return [(record, distance) for record, distance in similar if record is not None]

    def _record(self, stamp_id: StampId) -> StampRecord | None:
        """Return a record, unless its log contradicts it: it may name somebody innocent."""
        registry = self.registry
        if registry is None:
            return None
        try:
            record, store = registry.by_id(stamp_id), registry.store(stamp_id)
            inclusion = registry.inclusion(stamp_id)
            if record is None or store is None or inclusion is None:
                return None
            inclusion.verify(record, store)
        except RegistryError:
            return None  # the verdict says already what is wrong with the registry
        return record


def producers(verdict: Verdict, directory: Directory | None) -> dict[int, DirectoryProducer]:
    """Return the directory's entries of those who may be named.

    A number that anyone may have drawn names nobody, unless the certificate that signed is bound.
    """
    if directory is None:
        return {}
    facts = verdict.facts
    manifests = (facts.manifest, *(mark.manifest for mark in facts.marks))
    numbers = {m.number for m in manifests if m is not None and _is_bound(m)}
    numbers |= {mark.producer for mark in facts.marks if directory.producer(mark.producer)}
    return {each.number: each for each in directory.producers if each.number in numbers}


def _is_bound(manifest: Manifest) -> bool:
    return manifest.authentic and manifest.binding is Binding.BOUND
