"""Fingerprints of content: PDQ for whole pictures, the lattice fingerprint also for parts.

Only the lattice fingerprint needs SciPy, which is loaded with it on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from provenance.fingerprint.hamming import HammingIndex
from provenance.fingerprint.pdq_hash import (
    MATCH_DISTANCE,
    MIN_QUALITY,
    Pdq,
    is_pdq,
    pdq,
    pdq_dihedral,
    pdq_distance,
    pdq_variants,
)

if TYPE_CHECKING:
    from provenance.fingerprint.lattice_levels import LatticeFingerprint, lattice
    from provenance.fingerprint.matching import LatticeMatch, compare

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
    "pdq_variants",
]

_HOMES = {
    "LatticeFingerprint": "lattice_levels",
    "LatticeMatch": "matching",
    "compare": "matching",
    "lattice": "lattice_levels",
}


def __getattr__(name: str) -> Any:
    """Load what needs SciPy on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
