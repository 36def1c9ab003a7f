"""Whom a report may name, and which records it shows."""

from __future__ import annotations

from dataclasses import replace

from provenance.case import references
from provenance.directory import CertificateBinding, Directory, DirectoryProducer, is_self_drawn
from provenance.verify import decide
from provenance.verify.evidence import Evidence
from tests.unit.verify.conftest import NUMBERS, STAMPED, evidence_of

SELF_DRAWN, ASSIGNED = NUMBERS["X"], NUMBERS["A"]
DIRECTORY = Directory(
    [
        DirectoryProducer(
            number=number,
            name=f"Producer {number}",
            contact="abuse@example.com",
            binding=CertificateBinding("0" * 64),
            valid_from=STAMPED,
        )
        for number in (SELF_DRAWN, ASSIGNED)
    ]
)


def named(evidence: Evidence) -> set[int]:
    return set(references.find_producers(decide(evidence), DIRECTORY))


def test_a_mark_names_the_holder_of_an_assigned_number_only() -> None:
    assert is_self_drawn(SELF_DRAWN)
    assert named(evidence_of("-", "A", "none")) == {ASSIGNED}
    assert named(evidence_of("-", "X", "none")) == set()


def test_a_certificate_bound_to_a_self_drawn_number_names_its_holder() -> None:
    evidence = evidence_of("A")
    assert evidence.manifest is not None
    bound = replace(evidence.manifest, number=SELF_DRAWN)
    assert named(replace(evidence, manifest=bound)) == {SELF_DRAWN}
    assert named(replace(evidence, manifest=replace(bound, trusted=False))) == set()


def test_without_a_directory_nobody_is_named() -> None:
    assert references.find_producers(decide(evidence_of("-", "A", "none")), None) == {}
