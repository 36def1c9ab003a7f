"""Verification: gather evidence about a picture, then judge it.

A ``Verifier`` examines a picture. ``gather_evidence`` reduces the examination to frozen
``Evidence``. ``decide`` is the pure function from evidence to a ``Verdict``. A ``Policy`` says what
a caller insists on.
"""

from provenance.verify.brought_trust import scope_trust
from provenance.verify.decision import Match, Origin, State
from provenance.verify.evidence import Depth, Evidence, Manifest, NameClaim, NumberClaim
from provenance.verify.freshness import Freshness, Word
from provenance.verify.gathering import gather_evidence
from provenance.verify.policy import (
    AllOf,
    AnyOf,
    MaxFalsePositive,
    RequireBound,
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
from provenance.verify.wording.finding import Finding
from provenance.verify.wording.rates import ERROR_RATES

__all__ = [
    "ERROR_RATES",
    "AllOf",
    "AnyOf",
    "Depth",
    "Evidence",
    "Finding",
    "Freshness",
    "Manifest",
    "Match",
    "MaxFalsePositive",
    "NameClaim",
    "NumberClaim",
    "Origin",
    "Policy",
    "Reason",
    "RequireBound",
    "RequireCoverage",
    "RequireExact",
    "RequireProducer",
    "RequireProvedTime",
    "RequireTrusted",
    "State",
    "Thresholds",
    "Verdict",
    "Verifier",
    "Word",
    "decide",
    "gather_evidence",
    "scope_trust",
    "weigh",
    "write_facts",
    "write_failure",
]
