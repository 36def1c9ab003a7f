"""Verification: gather evidence about a picture, then judge it.

A ``Verifier`` examines a picture. ``gather_evidence`` reduces the examination to frozen
``Evidence``. ``decide`` is the pure function from evidence to a ``Verdict``. A ``Policy`` says what
a caller insists on.
"""

from provenance.verify.decision import Match, Origin, State
from provenance.verify.evidence import Evidence, Manifest, NumberClaim
from provenance.verify.gathering import gather_evidence
from provenance.verify.policy import (
    AllOf,
    AnyOf,
    MaxFalsePositive,
    RequireCoverage,
    RequireExact,
    RequireProducer,
    RequireProvedTime,
    RequireTrusted,
)
from provenance.verify.reasons import Reason, Thresholds
from provenance.verify.verdict import Policy, Verdict, decide
from provenance.verify.verdict_json import write_facts, write_failure
from provenance.verify.verifier import Verifier
from provenance.verify.weighing import weigh
from provenance.verify.wording.findings import Finding

__all__ = [
    "AllOf",
    "AnyOf",
    "Evidence",
    "Finding",
    "Manifest",
    "Match",
    "MaxFalsePositive",
    "NumberClaim",
    "Origin",
    "Policy",
    "Reason",
    "RequireCoverage",
    "RequireExact",
    "RequireProducer",
    "RequireProvedTime",
    "RequireTrusted",
    "State",
    "Thresholds",
    "Verdict",
    "Verifier",
    "decide",
    "gather_evidence",
    "weigh",
    "write_facts",
    "write_failure",
]
