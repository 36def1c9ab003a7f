"""Provenance for generated images: an invisible watermark, a signed manifest and a registry.

    >>> import provenance as pv
    >>> project = pv.load_config("studio/provenance.toml")                   # doctest: +SKIP
    >>> stamped = project.stamper().stamp("picture.png", model="example")    # doctest: +SKIP
    >>> stamped.save("stamped.png")                                          # doctest: +SKIP
    >>> project.verifier().verify("upload.jpg").explain()                    # doctest: +SKIP

What is named here is loaded on first use, so that importing the package is cheap. The watermark by
itself, pixels only, is in `provenance.watermark`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from provenance.config import Config
    from provenance.config import load as load_config
    from provenance.directory import Directory
    from provenance.errors import ProvenanceError
    from provenance.manifest import Trust
    from provenance.registry import open_registry
    from provenance.signers import CallbackSigner, open_signer
    from provenance.stamp import Producer, StampedImage, Stamper
    from provenance.verify import (
        AllOf,
        AnyOf,
        MaxFalsePositive,
        RequireExact,
        RequireProducer,
        RequireTrusted,
        State,
        Verdict,
        Verifier,
    )

__version__ = "0.1.0"

__all__ = [
    "AllOf",
    "AnyOf",
    "CallbackSigner",
    "Config",
    "Directory",
    "MaxFalsePositive",
    "Producer",
    "ProvenanceError",
    "RequireExact",
    "RequireProducer",
    "RequireTrusted",
    "StampedImage",
    "Stamper",
    "State",
    "Trust",
    "Verdict",
    "Verifier",
    "load_config",
    "open_registry",
    "open_signer",
]

_HOMES = {
    "CallbackSigner": "signing",
    "Config": "config",
    "Directory": "directory",
    "Producer": "stamp",
    "ProvenanceError": "errors",
    "StampedImage": "stamp",
    "Stamper": "stamp",
    "Trust": "manifest",
    "load_config": "config:load",
    "open_registry": "registry",
    "open_signer": "signing",
}


def __getattr__(name: str) -> Any:
    """Load what is exported on first use (PEP 562); most of it lives in `provenance.verify`."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, other = _HOMES.get(name, "verify").partition(":")
    value = getattr(import_module(f"{__name__}.{module}"), other or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
