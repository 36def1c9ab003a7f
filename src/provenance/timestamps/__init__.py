"""Time stamps (RFC 3161): the policy that asks for them, the asking, and which ones to believe.

``TimeStamps`` is the policy. ``ask`` gets a stamp from an authority and ``read`` reads one; both
need the extra ``timestamp``. ``is_anchored`` says whether a token leads to an anchor of the user's.
Only the policy is loaded with the package: the rest needs ``cryptography``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

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

_HOMES = {
    "TimeStamp": "client",
    "ask": "client",
    "find_unrooted": "tokens",
    "is_anchored": "tokens",
    "read": "client",
    "read_certificates": "tokens",
}


def __getattr__(name: str) -> Any:
    """Load what needs ``cryptography`` on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
