"""Labels besides mark and manifest: the ones that laws ask for, visible or in metadata.

They are added before a picture is signed: ``add_badge`` before it is marked, ``write_labels``
before it is encoded. ``read_labels`` reads those in metadata back.
"""

from provenance.labels.badge import CORNERS, Badge
from provenance.labels.labelling import FoundLabels, add_badge, read_labels, write_labels
from provenance.labels.profiles import NO_LABELS, PROFILES, Labels, apply_profiles

__all__ = [
    "CORNERS",
    "NO_LABELS",
    "PROFILES",
    "Badge",
    "FoundLabels",
    "Labels",
    "add_badge",
    "apply_profiles",
    "read_labels",
    "write_labels",
]
