"""The embedded back end: a registry in one SQLite file."""

from provenance.registry.sqlite.registry import SqliteRegistry

__all__ = ["SqliteRegistry"]
