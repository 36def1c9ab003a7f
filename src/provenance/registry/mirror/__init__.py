"""Mirrors: a copy of somebody else's registry, checked against its signed log, to be asked offline.

``synchronise`` brings one up to date from a folder or an address; ``MirrorRegistry`` reads it.
"""

from provenance.registry.mirror.registry import MirrorRegistry
from provenance.registry.mirror.source import Source, open_source
from provenance.registry.mirror.syncing import MAX_ENTRIES, Synced, synchronise

__all__ = ["MAX_ENTRIES", "MirrorRegistry", "Source", "Synced", "open_source", "synchronise"]
