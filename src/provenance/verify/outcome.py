"""What an examination can come to: the six states, a proof, and a proved origin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provenance.stamp_id import StampId
from provenance.verify.evidence import Manifest, Mark, TimeBasis


class State(StrEnum):
    """What the evidence amounts to."""

    ATTRIBUTED = "attributed"
    CONFLICT = "conflict"
    TAMPERED = "tampered"
    CLAIMED = "claimed"
    SIMILAR = "similar"
    NONE = "none"


class Match(StrEnum):
    """How the picture relates to what was signed."""

    EXACT = "exact"  # the signed bytes
    DERIVED = "derived"  # content that descends from a stamped picture


@dataclass(frozen=True)
class Origin:
    """A proved origin: this producer signed this statement. Set for `attributed` only.

    All of it is signed except `recorded`, which is the registry's word, and `producer`, which is
    the name in the directory or in the certificate.
    """

    producer: str
    model: str | None
    model_version: str | None
    created: datetime | None
    recorded: datetime | None
    time_basis: TimeBasis
    source_type: str | None
    match: Match
    stamp_id: StampId | None


@dataclass(frozen=True)
class Proof:
    """One way in which an origin is proved: a manifest and, for derived content, its mark."""

    manifest: Manifest
    mark: Mark | None = None

    @property
    def match(self) -> Match:
        """Whether the proof speaks of the very bytes or of what they descend from."""
        return Match.EXACT if self.mark is None else Match.DERIVED

    def covers(self, other: Proof) -> bool:
        """Whether the other proof is of the same stamp, or of a recorded ancestor of this one.

        The same stamp is the same 96 bits, which a directory binds to one signer. An equal URN
        shows nothing: a signer chooses it.
        """
        if other is self:
            return True
        ours, theirs = self.manifest, other.manifest
        same_stamp = theirs.payload is not None and theirs.payload == ours.payload
        return same_stamp or (bool(theirs.urn) and theirs.urn in ours.ancestors)
