"""Keys and certificates: who may speak for a producer, and how to check that it did.

Nothing here knows C2PA; ``manifest`` and ``directory`` build on it. Importing the package is cheap,
the modules that need `cryptography` are loaded on use.
"""

from typing import TYPE_CHECKING, Any

from provenance.signing.base import Signer, open_signer

if TYPE_CHECKING:
    from provenance.signing.callback import CallbackSigner

__all__ = ["CallbackSigner", "Signer", "open_signer"]


def __getattr__(name: str) -> Any:
    """Load the one name that needs `cryptography` on first use (PEP 562)."""
    if name != "CallbackSigner":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from provenance.signing.callback import CallbackSigner

    return CallbackSigner
