"""Time stamps (RFC 3161): the policy that asks for them, the asking, and which ones to believe.

``TimeStamps`` is the policy. ``ask`` gets a stamp from an authority and ``read`` reads one; both
need the extra ``timestamp``. ``is_anchored`` says whether a token leads to an anchor of the user's.
"""

from provenance.timestamps.client import TimeStamp, ask, read
from provenance.timestamps.policy import OFF, POLICIES, TimeStamps
from provenance.timestamps.tokens import is_anchored, read_certificates

__all__ = [
    "OFF",
    "POLICIES",
    "TimeStamp",
    "TimeStamps",
    "ask",
    "is_anchored",
    "read",
    "read_certificates",
]
