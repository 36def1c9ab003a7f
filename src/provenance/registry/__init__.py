"""The registry: an append-only record of stamps, and a Merkle log that shows a rewritten past.

    >>> registry = open_registry("sqlite:///stamps.db")     # doctest: +SKIP
    >>> registry.by_id(StampId("1000a01f00271c0e5ae10f3b")) # doctest: +SKIP

``StampId`` checks what a user typed. Each scheme of a URI has its back end, and each back end does
what ``Registry`` says. ``tiles`` publishes a registry as static files, and ``mirror`` copies what
somebody published.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from provenance.registry.audit import Audit, LogFault
from provenance.registry.base import (
    Access,
    AccountAnswer,
    Accounts,
    Freshness,
    Inclusion,
    LogEntry,
    Model,
    Registry,
)
from provenance.registry.checkpoint import MAX_NOTE_BYTES, Checkpoint
from provenance.registry.claims import CLAIM_LIFETIME, Claim, ClaimKey, Claims
from provenance.registry.cosignature import Cosignature, cosign, find_cosignatures
from provenance.registry.leaf import MAX_STORE_BYTES, encode_leaf, read_leaf
from provenance.registry.opening import open_registry, read_log_key
from provenance.registry.proof_files import (
    MAX_PROOF_BYTES,
    ConsistencyProof,
    InclusionProof,
    parse_proof,
)
from provenance.registry.proving import prove_revocation, prove_stamp
from provenance.registry.revocation import encode_revocation, read_revocation_leaf
from provenance.registry.vkey import VerifierKey
from provenance.registry.witness import Witness

if TYPE_CHECKING:
    from provenance.registry import mirror, tiles

__all__ = [
    "CLAIM_LIFETIME",
    "MAX_NOTE_BYTES",
    "MAX_PROOF_BYTES",
    "MAX_STORE_BYTES",
    "Access",
    "AccountAnswer",
    "Accounts",
    "Audit",
    "Checkpoint",
    "Claim",
    "ClaimKey",
    "Claims",
    "ConsistencyProof",
    "Cosignature",
    "Freshness",
    "Inclusion",
    "InclusionProof",
    "LogEntry",
    "LogFault",
    "Model",
    "Registry",
    "VerifierKey",
    "Witness",
    "cosign",
    "encode_leaf",
    "encode_revocation",
    "find_cosignatures",
    "mirror",
    "open_registry",
    "parse_proof",
    "prove_revocation",
    "prove_stamp",
    "read_leaf",
    "read_log_key",
    "read_revocation_leaf",
    "tiles",
]


def __getattr__(name: str) -> ModuleType:
    """Load what only mirrors and publishers need on first use (PEP 562)."""
    if name in ("mirror", "tiles"):
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
