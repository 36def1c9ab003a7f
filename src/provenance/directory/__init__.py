"""The directory: which producer has which number, in signed files that anyone can carry offline.

Its one rule: a number that its user drew names nobody. ``Directory.producer`` and
``Directory.model`` answer for such a number only when they are given the signer's certificate, and
an entry binds it.
"""

from provenance.directory.bound_keys import bind_keys
from provenance.directory.directory import Directory
from provenance.directory.edition import Edition, Listing, Standing
from provenance.directory.entries import (
    FIRST_SELF_DRAWN,
    BoundKey,
    CertificateBinding,
    DirectoryModel,
    DirectoryProducer,
    EntryStatus,
    IssuerBinding,
    KeyUse,
    OwnWord,
    draw_number,
    is_self_drawn,
)
from provenance.directory.file import export
from provenance.directory.merging import merge
from provenance.directory.names import fold_name
from provenance.directory.signpost import make_signpost

__all__ = [
    "FIRST_SELF_DRAWN",
    "BoundKey",
    "CertificateBinding",
    "Directory",
    "DirectoryModel",
    "DirectoryProducer",
    "Edition",
    "EntryStatus",
    "IssuerBinding",
    "KeyUse",
    "Listing",
    "OwnWord",
    "Standing",
    "bind_keys",
    "draw_number",
    "export",
    "fold_name",
    "is_self_drawn",
    "make_signpost",
    "merge",
]
