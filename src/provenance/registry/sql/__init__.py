"""A registry in SQL, whatever the database: back ends bring the database, and their migrations."""

from provenance.registry.sql.database import Connection, Database
from provenance.registry.sql.models import keep_model
from provenance.registry.sql.records import keep_record
from provenance.registry.sql.registry import SqlRegistry
from provenance.registry.sql.revocations import keep_revocation
from provenance.registry.sql.tree import SqlTree, keep_tree, read_edge

__all__ = [
    "Connection",
    "Database",
    "SqlRegistry",
    "SqlTree",
    "keep_model",
    "keep_record",
    "keep_revocation",
    "keep_tree",
    "read_edge",
]
