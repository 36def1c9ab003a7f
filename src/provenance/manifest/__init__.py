"""C2PA manifests: sign what is said of a picture, and read what others say.

``sign`` and ``read`` are the two ways in. The verdict on a manifest comes from its validation codes
(docs/adr/0003), what it says from defensive parsers, since both may be an attacker's.
"""

from provenance.manifest.assertions import new_urn, source_type
from provenance.manifest.chain import Entry, chain
from provenance.manifest.content import Content
from provenance.manifest.credential import Credential
from provenance.manifest.reading import ANY_TYPE, Reading, read
from provenance.manifest.recovery import extract, joined, read_beside, reattach
from provenance.manifest.statement import ModelAction, StampStatement, Training
from provenance.manifest.timestamps import TimeStamps
from provenance.manifest.trust import Trust, TrustList
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
    "TimeStamps",
    "Training",
    "Trust",
    "TrustList",
    "chain",
    "extract",
    "joined",
    "new_urn",
    "read",
    "read_beside",
    "reattach",
    "sign",
    "source_type",
]
