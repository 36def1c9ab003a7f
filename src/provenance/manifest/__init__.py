"""C2PA manifests: sign what is said of a picture, and read what others say.

``sign`` and ``read`` are the two ways in. How far a manifest holds comes from its validation codes
(docs/adr/0003), and what it says from defensive parsers, since an attacker may have written it.
"""

from provenance.manifest.assertions import choose_source_type, draw_urn
from provenance.manifest.claims import Claims
from provenance.manifest.code_meanings import explain_code
from provenance.manifest.codes import is_identity_problem, is_rule
from provenance.manifest.coverage import Coverage, Omission, find_coverage
from provenance.manifest.credential import Credential
from provenance.manifest.history import (
    ActionEntry,
    HistoryEntry,
    HistorySigner,
    list_history,
    list_signers,
)
from provenance.manifest.parts import PartKind
from provenance.manifest.sdk import load as load_sdk
from provenance.manifest.sidecar import (
    adds_only_store,
    extract,
    read_sidecar,
    reattach,
    reattach_if_possible,
)
from provenance.manifest.statement import ModelAction, StampStatement, Training
from provenance.manifest.summary import Signal, SummaryItem, summarise
from provenance.manifest.trust import ScopedAnchor, Trust, TrustList, is_purpose
from provenance.manifest.validation import ANY_TYPE, ManifestReading, read
from provenance.manifest.writing import Parent, SignedImage, sign

__all__ = [
    "ANY_TYPE",
    "ActionEntry",
    "Claims",
    "Coverage",
    "Credential",
    "HistoryEntry",
    "HistorySigner",
    "ManifestReading",
    "ModelAction",
    "Omission",
    "Parent",
    "PartKind",
    "ScopedAnchor",
    "Signal",
    "SignedImage",
    "StampStatement",
    "SummaryItem",
    "Training",
    "Trust",
    "TrustList",
    "adds_only_store",
    "choose_source_type",
    "draw_urn",
    "explain_code",
    "extract",
    "find_coverage",
    "is_identity_problem",
    "is_purpose",
    "is_rule",
    "list_history",
    "list_signers",
    "load_sdk",
    "read",
    "read_sidecar",
    "reattach",
    "reattach_if_possible",
    "sign",
    "summarise",
]
