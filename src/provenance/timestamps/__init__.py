"""Time stamps (RFC 3161): the policy that asks for them, the asking, and which ones to believe.

``TimeStamps`` is the policy. ``ask`` gets a stamp from an authority and ``read`` reads one; both
need the extra ``timestamp``. ``is_anchored`` says whether a token leads to an anchor of the user's.
Only the policy is loaded with the package: the rest needs ``cryptography``.
"""

from typing import TYPE_CHECKING

from provenance.lazily import load_lazily
from provenance.timestamps.policy import OFF, POLICIES, TimeStamps

if TYPE_CHECKING:
    from provenance.timestamps.client import TimeStamp, ask, read
    from provenance.timestamps.tokens import find_unrooted, is_anchored, read_certificates

__all__ = [
    "OFF",
    "POLICIES",
    "TimeStamp",
    "TimeStamps",
    "ask",
    "find_unrooted",
    "is_anchored",
    "read",
    "read_certificates",
]

_MODULES = {
    "client": ("TimeStamp", "ask", "read"),
    "tokens": ("find_unrooted", "is_anchored", "read_certificates"),
}
__getattr__ = load_lazily(__name__, _MODULES)
