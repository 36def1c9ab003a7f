"""Labels besides mark and manifest: the ones that laws ask for, visible or in metadata.

They are added before a picture is signed: ``add_badge`` before it is marked, ``write_labels``
before it is encoded. ``read_labels`` reads those in metadata back.
"""

from provenance.labels.badge import CORNERS, ICON_NAME, Badge
from provenance.labels.labelling import (
    FoundLabels,
    add_badge,
    drop_pointer,
    read_labels,
    read_pointer,
    write_labels,
)
from provenance.labels.profiles import NO_LABELS, PROFILES, Labels, apply_profiles
from provenance.labels.statements import Statement, StatementKind, list_statements

__all__ = [
    "CORNERS",
    "ICON_NAME",
    "NO_LABELS",
    "PROFILES",
    "Badge",
    "FoundLabels",
    "Labels",
    "Statement",
    "StatementKind",
    "add_badge",
    "apply_profiles",
    "drop_pointer",
    "list_statements",
    "read_labels",
    "read_pointer",
    "write_labels",
]
