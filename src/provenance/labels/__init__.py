"""Labels beside mark and manifest: the ones that laws ask for, visible or in metadata.

They are put on before a picture is signed: `visible` before it is marked, `written` before it is
encoded. `found` reads them back.
"""

from provenance.labels.badge import CORNERS, Badge
from provenance.labels.labelling import Found, found, visible, written
from provenance.labels.profiles import NO_LABELS, PROFILES, Labels, profile

__all__ = [
    "CORNERS",
    "NO_LABELS",
    "PROFILES",
    "Badge",
    "Found",
    "Labels",
    "found",
    "profile",
    "visible",
    "written",
]
