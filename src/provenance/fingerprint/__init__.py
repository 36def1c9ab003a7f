"""Fingerprints of content: PDQ for whole pictures, the lattice fingerprint for parts of them."""

from provenance.fingerprint.lattice import LatticeFingerprint, lattice
from provenance.fingerprint.matching import LatticeMatch, compare
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
    "LatticeFingerprint",
    "LatticeMatch",
    "Pdq",
    "compare",
    "is_pdq",
    "lattice",
    "pdq",
    "pdq_dihedral",
    "pdq_distance",
]
