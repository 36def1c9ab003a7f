"""Verification: gather evidence about a picture, then judge it.

A ``Verifier`` examines a picture. ``gather_evidence`` reduces the examination to frozen
``Evidence``. ``decide`` is the pure function from evidence to a ``Verdict``. A ``Policy`` says what
a caller insists on. All is loaded on first use: commands that look at no picture need little of it.
"""

from typing import TYPE_CHECKING

from provenance.lazily import load_lazily

if TYPE_CHECKING:
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
    from provenance.verify.verifier import Switches, Verifier
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
    "Switches",
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

_MODULES = {
    "brought_trust": ("scope_trust",),
    "decision": (
        "Match",
        "Origin",
        "State",
    ),
    "evidence": (
        "Depth",
        "Evidence",
        "Manifest",
        "NameClaim",
        "NumberClaim",
    ),
    "freshness": ("Freshness", "Word"),
    "gathering": ("gather_evidence",),
    "policy": (
        "AllOf",
        "AnyOf",
        "MaxFalsePositive",
        "RequireBound",
        "RequireCoverage",
        "RequireExact",
        "RequireProducer",
        "RequireProvedTime",
        "RequireTrusted",
    ),
    "reasons": (
        "Reason",
        "Thresholds",
    ),
    "verdict": (
        "Policy",
        "Verdict",
        "decide",
    ),
    "verdict_json": (
        "write_facts",
        "write_failure",
    ),
    "verifier": ("Switches", "Verifier"),
    "weighing": ("weigh",),
    "wording.finding": ("Finding",),
    "wording.rates": ("ERROR_RATES",),
}
__getattr__ = load_lazily(__name__, _MODULES)
