"""The likeness index: PDQ hashes of a registry's records in files that all processes share."""

from provenance.registry.likeness.folder import LikenessIndex, remove_index
from provenance.registry.likeness.refusal import refuse_index
from provenance.registry.likeness.segment import Segment

__all__ = ["LikenessIndex", "Segment", "refuse_index", "remove_index"]
