"""C2PA manifests: sign what is said of a picture, and read what others say.

``sign`` and ``read`` are the two ways in. How far a manifest holds comes from its validation codes
(docs/adr/0003), and what it says from defensive parsers, since an attacker may have written it.
"""

from provenance.manifest.assertions import choose_source_type, draw_urn
from provenance.manifest.claims import Claims
from provenance.manifest.codes import is_identity_problem
from provenance.manifest.credential import Credential
from provenance.manifest.history import HistoryEntry, list_history
from provenance.manifest.sidecar import extract, read_sidecar, reattach, reattach_if_possible
from provenance.manifest.statement import ModelAction, StampStatement, Training
from provenance.manifest.trust import Trust, TrustList, is_purpose
from provenance.manifest.validation import ANY_TYPE, ManifestReading, read
from provenance.manifest.writing import Parent, SignedImage, sign

__all__ = [
    "ANY_TYPE",
    "Claims",
    "Credential",
    "HistoryEntry",
    "ManifestReading",
    "ModelAction",
    "Parent",
    "SignedImage",
    "StampStatement",
    "Training",
    "Trust",
    "TrustList",
    "choose_source_type",
    "draw_urn",
    "extract",
    "is_identity_problem",
    "is_purpose",
    "list_history",
    "read",
    "read_sidecar",
    "reattach",
    "reattach_if_possible",
    "sign",
]
