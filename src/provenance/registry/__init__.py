"""The registry: an append-only record of stamps, and a Merkle log that shows a rewritten past.

    >>> registry = open_registry("sqlite:///stamps.db")     # doctest: +SKIP
    >>> registry.by_id(StampId("1000a01f00271c0e5ae10f3b")) # doctest: +SKIP

``StampId`` checks what a user typed. Each scheme of a URI has its back end, and each back end does
what ``Registry`` says.
"""

from provenance.registry.audit import Audit, LogFault
from provenance.registry.base import (
    Access,
    AccountAnswer,
    Accounts,
    Inclusion,
    LogEntry,
    Model,
    Registry,
)
from provenance.registry.checkpoint import Checkpoint
from provenance.registry.leaf import encode_leaf, read_leaf
from provenance.registry.opening import open_registry
from provenance.registry.revocation import encode_revocation, read_revocation_leaf

__all__ = [
    "Access",
    "AccountAnswer",
    "Accounts",
    "Audit",
    "Checkpoint",
    "Inclusion",
    "LogEntry",
    "LogFault",
    "Model",
    "Registry",
    "encode_leaf",
    "encode_revocation",
    "open_registry",
    "read_leaf",
    "read_revocation_leaf",
]
