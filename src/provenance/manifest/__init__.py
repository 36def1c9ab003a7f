"""C2PA manifests: sign what is said of a picture, and read what others say.

``sign`` and ``read`` are the two ways in. The verdict on a manifest comes from its validation codes
(docs/adr/0003), what it says from defensive parsers, since both may be an attacker's.
"""

from provenance.manifest.assertions import new_urn, source_type
from provenance.manifest.claims import Content
from provenance.manifest.codes import is_identity_problem
from provenance.manifest.credential import Credential
from provenance.manifest.history import Entry, chain
from provenance.manifest.sidecar import extract, joined, read_beside, reattach
from provenance.manifest.statement import ModelAction, StampStatement, Training
from provenance.manifest.trust import Trust, TrustList, is_purpose
from provenance.manifest.validation import ANY_TYPE, Reading, read
from provenance.manifest.writing import Parent, SignedImage, sign

__all__ = [
    "ANY_TYPE",
    "Content",
    "Credential",
    "Entry",
    "ModelAction",
    "Parent",
    "Reading",
    "SignedImage",
    "StampStatement",
    "Training",
    "Trust",
    "TrustList",
    "chain",
    "extract",
    "is_identity_problem",
    "is_purpose",
    "joined",
    "new_urn",
    "read",
    "read_beside",
    "reattach",
    "sign",
    "source_type",
]
