"""Keys and certificates: who may speak for a producer, and how to check that it did.

Nothing here knows C2PA; ``manifest`` and ``directory`` build on it. Importing the package is cheap,
the modules that need `cryptography` are loaded on use.
"""

from provenance.signing.base import Signer, open_signer

__all__ = ["Signer", "open_signer"]
