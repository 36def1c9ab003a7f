"""Policies refuse with a reason, combine, and never accept by default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from provenance.errors import VerificationError
from provenance.verify import (
    AllOf,
    AnyOf,
    Evidence,
    MaxFalsePositive,
    Policy,
    RequireBound,
    RequireCoverage,
    RequireExact,
    RequireProducer,
    RequireProvedTime,
    RequireTrusted,
    Verdict,
    decide,
)

Build = Callable[..., Evidence]


@pytest.fixture
def exact(build: Build) -> Verdict:
    return decide(build("A bytes"))


@pytest.fixture
def bound(build: Build) -> Verdict:
    return decide(build("A"))


@pytest.fixture
def derived(build: Build) -> Verdict:
    return decide(build("-", "A", "A", "near"))


@pytest.fixture
def claimed(build: Build) -> Verdict:
    return decide(build("X untrusted"))


def test_a_verdict_is_never_a_bool(exact: Verdict) -> None:
    with pytest.raises(TypeError, match="not a yes or a no"):
        bool(exact)


def test_met_policies_say_nothing(exact: Verdict, derived: Verdict) -> None:
    exact.require(
        AllOf(RequireTrusted(), RequireExact(), RequireBound(), RequireProducer("Producer A"))
    )
    derived.require(AllOf(RequireTrusted(), MaxFalsePositive(1e-9)))
    derived.require(AnyOf(RequireExact(), RequireProducer("Producer A")))


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (RequireTrusted(), "the verdict is claimed"),
        (RequireExact(), "the verdict is claimed"),
        (RequireProducer("Anybody"), "the verdict is claimed"),
        (MaxFalsePositive(1.0), "the verdict is claimed"),
        (RequireProvedTime(), "the verdict is claimed"),
        (RequireCoverage(0.0), "the verdict is claimed"),
        (AllOf(), "accepts nothing"),
        (AnyOf(), "accepts nothing"),
        (AnyOf(RequireExact(), RequireTrusted()), "Or: "),
    ],
)
def test_unproved_is_refused(claimed: Verdict, policy: Policy, reason: str) -> None:
    with pytest.raises(VerificationError, match=reason):
        claimed.require(policy)


def test_derived_is_not_exact(derived: Verdict) -> None:
    with pytest.raises(VerificationError, match="changed since"):
        derived.require(RequireExact())


def test_bound_is_not_exact(exact: Verdict, bound: Verdict, derived: Verdict) -> None:
    """A hard binding leaves bytes out, so nobody knows whether those are as they were."""
    exact.require(RequireBound())
    bound.require(RequireBound())
    with pytest.raises(VerificationError, match="no record states its SHA-256"):
        bound.require(RequireExact())
    with pytest.raises(VerificationError, match="changed since"):
        derived.require(RequireBound())


def test_a_time_that_is_only_stated_is_refused(derived: Verdict, build: Build) -> None:
    with pytest.raises(VerificationError, match="own statement"):
        derived.require(RequireProvedTime())
    decide(build("-", "A", "A revoked later", "near")).require(RequireProvedTime())


def test_a_part_is_refused_where_the_whole_is_required(exact: Verdict, build: Build) -> None:
    part = decide(build("-", "A part", "A", "near"))
    part.require(RequireCoverage(0.4))
    with pytest.raises(VerificationError, match="covers 40% of the picture, but at least 70%"):
        part.require(RequireCoverage(0.7))
    exact.require(RequireCoverage(1.0))


def test_another_producer_is_refused(exact: Verdict) -> None:
    with pytest.raises(VerificationError, match="'Producer B' is required"):
        exact.require(RequireProducer("Producer B"))


def test_a_likelier_mark_is_refused(build: Build) -> None:
    evidence = build("-", "A", "A", "near")
    weak = replace(evidence.marks[0], false_positive_probability=1e-6)
    with pytest.raises(VerificationError, match=r"1\.0e-06"):
        decide(replace(evidence, marks=(weak,))).require(MaxFalsePositive(1e-9))
