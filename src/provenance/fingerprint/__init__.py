"""Fingerprints of content: PDQ for whole pictures, the lattice fingerprint also for parts.

Only the lattice fingerprint needs SciPy, which is loaded with it on first use.
"""

from typing import TYPE_CHECKING

from provenance.fingerprint.bars import trim_bars
from provenance.fingerprint.hamming import HammingIndex
from provenance.fingerprint.inside import pdq_inside
from provenance.fingerprint.pdq_hash import (
    MATCH_DISTANCE,
    MIN_QUALITY,
    Pdq,
    is_pdq,
    pdq,
    pdq_distance,
    pdq_turned,
    pdq_variants,
)
from provenance.lazily import load_lazily

if TYPE_CHECKING:
    from provenance.fingerprint.lattice_levels import LatticeFingerprint, lattice
    from provenance.fingerprint.matching import LatticeMatch, compare
    from provenance.fingerprint.sealing import UNSEALED, is_sealed, seal, unseal

__all__ = [
    "MATCH_DISTANCE",
    "MIN_QUALITY",
    "UNSEALED",
    "HammingIndex",
    "LatticeFingerprint",
    "LatticeMatch",
    "Pdq",
    "compare",
    "is_pdq",
    "is_sealed",
    "lattice",
    "pdq",
    "pdq_distance",
    "pdq_inside",
    "pdq_turned",
    "pdq_variants",
    "seal",
    "trim_bars",
    "unseal",
]

_MODULES = {
    "lattice_levels": ("LatticeFingerprint", "lattice"),
    "matching": ("LatticeMatch", "compare"),
    "sealing": ("UNSEALED", "is_sealed", "seal", "unseal"),
}
__getattr__ = load_lazily(__name__, _MODULES)
