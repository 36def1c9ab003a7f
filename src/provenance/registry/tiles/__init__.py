"""A registry as static files, by C2SP's tlog-tiles: published by ``export``, read by mirrors."""

from provenance.registry.tiles.publishing import Exported, export

__all__ = ["Exported", "export"]
