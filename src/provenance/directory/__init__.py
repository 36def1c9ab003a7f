"""The directory: which producer has which number, in signed files that anyone can carry offline.

Its one rule: a number that its user drew names nobody. ``Directory.producer`` and
``Directory.model`` answer for such a number only when they are given the signer's certificate, and
an entry binds it.
"""

from provenance.directory.directory import Directory
from provenance.directory.entries import (
    FIRST_SELF_DRAWN,
    CertificateBinding,
    DirectoryModel,
    DirectoryProducer,
    EntryStatus,
    IssuerBinding,
    draw_number,
    is_self_drawn,
)
from provenance.directory.file import export

__all__ = [
    "FIRST_SELF_DRAWN",
    "CertificateBinding",
    "Directory",
    "DirectoryModel",
    "DirectoryProducer",
    "EntryStatus",
    "IssuerBinding",
    "draw_number",
    "export",
    "is_self_drawn",
]
