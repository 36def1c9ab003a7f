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
    from provenance.verify.listed import Basis, Listed, Standing, judge_listed
    from provenance.verify.listing import ForList, make_records
    from provenance.verify.parts import PartVerdict
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
        RequireUnlisted,
    )
    from provenance.verify.reasons import Reason, Thresholds
    from provenance.verify.results import (
        MAX_RESULT_BYTES,
        RESULT_MEDIA_TYPE,
        RESULT_TYPE,
        Result,
        read_result,
        write_result,
    )
    from provenance.verify.verdict import Policy, Verdict, decide
    from provenance.verify.verdict_json import write_facts, write_failure, write_listed
    from provenance.verify.verifier import Switches, Verifier
    from provenance.verify.weighing import weigh
    from provenance.verify.wording.explanation import describe_layer, describe_state
    from provenance.verify.wording.finding import Finding
    from provenance.verify.wording.rates import ERROR_RATES

__all__ = [
    "ERROR_RATES",
    "MAX_RESULT_BYTES",
    "RESULT_MEDIA_TYPE",
    "RESULT_TYPE",
    "AllOf",
    "AnyOf",
    "Basis",
    "Depth",
    "Evidence",
    "Finding",
    "ForList",
    "Freshness",
    "Listed",
    "Manifest",
    "Match",
    "MaxFalsePositive",
    "NameClaim",
    "NumberClaim",
    "Origin",
    "PartVerdict",
    "Policy",
    "Reason",
    "RequireBound",
    "RequireCoverage",
    "RequireExact",
    "RequireProducer",
    "RequireProvedTime",
    "RequireTrusted",
    "RequireUnlisted",
    "Result",
    "Standing",
    "State",
    "Switches",
    "Thresholds",
    "Verdict",
    "Verifier",
    "Word",
    "decide",
    "describe_layer",
    "describe_state",
    "gather_evidence",
    "judge_listed",
    "make_records",
    "read_result",
    "scope_trust",
    "weigh",
    "write_facts",
    "write_failure",
    "write_listed",
    "write_result",
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
    "listing": ("ForList", "make_records"),
    "listed": ("Basis", "Listed", "Standing", "judge_listed"),
    "parts": ("PartVerdict",),
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
        "RequireUnlisted",
    ),
    "reasons": (
        "Reason",
        "Thresholds",
    ),
    "results": (
        "MAX_RESULT_BYTES",
        "RESULT_MEDIA_TYPE",
        "RESULT_TYPE",
        "Result",
        "read_result",
        "write_result",
    ),
    "verdict": (
        "Policy",
        "Verdict",
        "decide",
    ),
    "verdict_json": (
        "write_facts",
        "write_failure",
        "write_listed",
    ),
    "verifier": ("Switches", "Verifier"),
    "weighing": ("weigh",),
    "wording.explanation": ("describe_layer", "describe_state"),
    "wording.finding": ("Finding",),
    "wording.rates": ("ERROR_RATES",),
}
__getattr__ = load_lazily(__name__, _MODULES)
