"""What a registry keeps: the record of a stamp, and the statement that revokes one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from provenance.stamp_id import StampId


@dataclass(frozen=True)
class StampRecord:
    """What the registry keeps of one stamp: an index to the signed manifest, never pixels.

    ``stamp_id`` is the mark's 96 bits. ``created`` is the producer's statement and ``recorded`` the
    registry's clock, both UTC. ``lattice`` is the sealed lattice fingerprint, and ``pdq`` has 64
    hex digits. ``parent`` is the stamp id of the picture that this one was made from.
    """

    stamp_id: StampId
    manifest_urn: str
    producer: int
    producer_name: str
    model: str
    model_version: str
    model_number: int
    created: datetime
    recorded: datetime
    sha256: str
    format: str
    pdq: str
    pdq_quality: int
    lattice: str
    parent: str | None = None


@dataclass(frozen=True)
class Revocation:
    """A registry's statement that a stamp which it recorded no longer counts.

    ``revoked`` is the registry's clock at that moment, UTC; ``reason`` is in the registry's words.
    A stamp that is proved to be older than ``since`` still counts; None means that it never did.
    """

    stamp_id: StampId
    revoked: datetime
    reason: str
    since: datetime | None = None
