"""Fingerprints of content: PDQ for whole pictures, the lattice fingerprint also for parts."""

from provenance.fingerprint.hamming import HammingIndex
from provenance.fingerprint.lattice_bits import LatticeFingerprint, lattice
from provenance.fingerprint.matching import LatticeMatch, compare
from provenance.fingerprint.pdq_hash import (
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
    "HammingIndex",
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
