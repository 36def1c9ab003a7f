"""The directory: whose a producer number is, as signed files say that anyone can carry offline.

Its one rule: a number drawn by its user names nobody. `Directory.producer` and `Directory.model`
answer for such a number only when they are given the certificate that signed, and it is bound.
"""

from provenance.directory.directory import Directory
from provenance.directory.entries import (
    FIRST_SELF_DRAWN,
    CertificateBinding,
    DirectoryModel,
    DirectoryProducer,
    IssuerBinding,
    Status,
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
    "IssuerBinding",
    "Status",
    "draw_number",
    "export",
    "is_self_drawn",
]
