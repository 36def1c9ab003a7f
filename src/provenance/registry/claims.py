"""Claims: which stamp was promised to a request that may come twice.

A caller that hears no answer asks again, under the same key. The registry promises one stamp id to
each key before anything is stamped, and takes each stamp id once. So however often and wherever a
request comes, and whatever dies in between, there is one record.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from provenance.stamp_id import StampId

CLAIM_LIFETIME = timedelta(days=7)
"""How long a key counts at least: a queue of a week outlasts any honest outage."""

_LABEL = b"provenance.claim.1\0"


@dataclass(frozen=True)
class ClaimKey:
    """A caller's key for one request, and the digest of that request; both are SHA-256."""

    key: bytes = field(repr=False)
    request: bytes = field(repr=False)

    @classmethod
    def of(cls, caller: str, key: str, *request: bytes) -> ClaimKey:
        """Hash a key, which counts for its caller alone, and the parts of the request."""
        parts = (hashlib.sha256(part).digest() for part in request)
        return cls(
            hashlib.sha256(_LABEL + f"{caller}\0{key}".encode()).digest(),
            hashlib.sha256(_LABEL + b"".join(parts)).digest(),
        )


@dataclass(frozen=True)
class Claim:
    """The stamp that was promised, the time it states, and the digest of the request."""

    stamp_id: StampId
    created: datetime
    request: bytes = field(repr=False)


class Claims(Protocol):
    """The promises of a registry, apart from its log."""

    def take(self, key: ClaimKey, stamp_id: StampId, created: datetime) -> Claim | None:
        """Give what was promised to a key, or promise it this stamp id.

        It is on disk when this returns. None when the stamp id is used: draw another.
        """

    def forget(self, before: datetime) -> int:
        """Delete the promises from before a time, and return how many those were."""
