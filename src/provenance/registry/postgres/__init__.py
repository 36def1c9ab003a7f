"""The back end for several machines: a registry in a PostgreSQL database (extra ``[postgres]``)."""

from provenance.registry.postgres.registry import PostgresRegistry

__all__ = ["PostgresRegistry"]
