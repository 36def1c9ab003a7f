"""Revocation of certificates (OCSP, RFC 6960): asking an issuer, and judging what it answered.

``Stapling`` is the policy of a signer that puts its issuer's answer into what it signs. ``judge``
says what such an answer proves to a verifier, who asks nobody. Only the policy is loaded with the
package: the rest needs ``cryptography``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from provenance.revocation.policy import OFF, Stapling

if TYPE_CHECKING:
    from provenance.revocation.responses import Status, judge

__all__ = ["OFF", "Stapling", "Status", "judge"]


def __getattr__(name: str) -> Any:
    """Load what needs ``cryptography`` on first use (PEP 562)."""
    if name not in ("Status", "judge"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.responses"), name)
