"""The embedded back end: a registry in one SQLite file."""

from provenance.registry.sqlite.connection import SqliteDatabase
from provenance.registry.sqlite.registry import SqliteRegistry

__all__ = ["SqliteDatabase", "SqliteRegistry"]
