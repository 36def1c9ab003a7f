"""Locks: the bytes in a mark that open what was sealed with its picture.

Only who has the picture reads them. A site that keeps a key derives the locks of its own pictures
from their payloads, and so knows the whole word of every mark that it made; without one they are
drawn at random.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from provenance.errors import WatermarkKeyError
from provenance.watermark import format as fmt

_LABEL = b"provenance.lock.1"  # other uses of a key would get other bytes


@dataclass(frozen=True)
class LockKey:
    """The secret that a site derives the locks of its marks from; ``repr`` does not show it.

    Raises
    ------
    WatermarkKeyError
        It is not 32 bytes.
    """

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != fmt.KEY_BYTES:
            raise WatermarkKeyError(
                f"A lock key has {fmt.KEY_BYTES} bytes, not {len(self.secret)}."
            )

    @classmethod
    def generate(cls) -> LockKey:
        """Make a new key from the system's randomness."""
        return cls(secrets.token_bytes(fmt.KEY_BYTES))

    def derive(self, payload: bytes) -> bytes:
        """Derive the lock of a payload's mark."""
        return hmac.digest(self.secret, _LABEL + payload, hashlib.sha256)[: fmt.LOCK_BYTES]


def draw_lock() -> bytes:
    """Draw a lock that nobody can derive."""
    return secrets.token_bytes(fmt.LOCK_BYTES)
