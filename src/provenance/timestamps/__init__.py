"""Time stamps (RFC 3161): the policy by which they are asked for, the asking, and whom to believe.

`TimeStamps` is the policy, ``ask`` and ``read`` talk to an authority and need the extra
``timestamp``, and ``is_anchored`` says whether a token leads to an anchor of the user's.
"""

from provenance.timestamps.client import TimeStamp, ask, read
from provenance.timestamps.policy import OFF, POLICIES, TimeStamps
from provenance.timestamps.tokens import certificates, is_anchored

__all__ = [
    "OFF",
    "POLICIES",
    "TimeStamp",
    "TimeStamps",
    "ask",
    "certificates",
    "is_anchored",
    "read",
]
