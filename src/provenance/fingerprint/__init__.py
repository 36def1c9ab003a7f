"""Fingerprints of content: PDQ for whole pictures, the lattice fingerprint for parts of them."""

from provenance.fingerprint.pdq import (
    MATCH_DISTANCE,
    MIN_QUALITY,
    Pdq,
    is_pdq,
    pdq,
    pdq_dihedral,
    pdq_distance,
)

__all__ = [
    "MATCH_DISTANCE",
    "MIN_QUALITY",
    "Pdq",
    "is_pdq",
    "pdq",
    "pdq_dihedral",
    "pdq_distance",
]
