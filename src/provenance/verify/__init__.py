"""Verification: gather evidence about a picture, then judge it.

`Verifier` examines a picture; `evidence_of` reduces the examination to frozen `Evidence`; `decide`
is the pure function from evidence to a `Verdict`; a `Policy` is what a caller insists on.
"""

from provenance.verify.evidence import Evidence
from provenance.verify.findings import Finding
from provenance.verify.gathering import evidence_of
from provenance.verify.outcome import Match, Origin, State
from provenance.verify.policy import (
    AllOf,
    AnyOf,
    MaxFalsePositive,
    Policy,
    RequireCoverage,
    RequireExact,
    RequireProducer,
    RequireProvedTime,
    RequireTrusted,
)
from provenance.verify.verdict import Verdict, decide
from provenance.verify.verifier import Verifier

__all__ = [
    "AllOf",
    "AnyOf",
    "Evidence",
    "Finding",
    "Match",
    "MaxFalsePositive",
    "Origin",
    "Policy",
    "RequireCoverage",
    "RequireExact",
    "RequireProducer",
    "RequireProvedTime",
    "RequireTrusted",
    "State",
    "Verdict",
    "Verifier",
    "decide",
    "evidence_of",
]
