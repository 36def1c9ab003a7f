"""Signers: keys that sign for a producer or a log, in a file, a token or a key management service.

``open_signer`` finds the back end by the scheme of a URI; each back end is one file. Importing the
package is cheap: what needs ``cryptography`` is loaded on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from provenance.signers.base import LocalSigner, Signer, open_signer

if TYPE_CHECKING:
    from provenance.signers import development
    from provenance.signers.callback import CallbackSigner
    from provenance.signers.log_key import LogKey, LogPublicKey
    from provenance.signers.uri import find_key_file, read_secret

__all__ = [
    "CallbackSigner",
    "LocalSigner",
    "LogKey",
    "LogPublicKey",
    "Signer",
    "development",
    "find_key_file",
    "open_signer",
    "read_secret",
]

_HOMES = {
    "CallbackSigner": "callback",
    "LogKey": "log_key",
    "LogPublicKey": "log_key",
    "find_key_file": "uri",
    "read_secret": "uri",
}


def __getattr__(name: str) -> Any:
    """Load what needs ``cryptography`` on first use (PEP 562)."""
    if name == "development":
        return import_module(f"{__name__}.development")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
