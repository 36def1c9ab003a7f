"""A registry in SQL, whatever the database: back ends bring the database, and their migrations."""

from provenance.registry.sql.database import Connection, Database
from provenance.registry.sql.registry import SqlRegistry

__all__ = ["Connection", "Database", "SqlRegistry"]
