"""Provenance for generated images: an invisible watermark, a signed manifest and a registry.

    >>> import provenance as pv
    >>> project = pv.load_config("studio/provenance.toml")                   # doctest: +SKIP
    >>> stamped = project.stamper().stamp("picture.png", model="example")    # doctest: +SKIP
    >>> stamped.save("stamped.png")                                          # doctest: +SKIP
    >>> project.verifier().verify("upload.jpg").explain()                    # doctest: +SKIP

All names are loaded on first use, so that importing the package is cheap. The watermark by itself,
pixels only, is in ``provenance.watermark``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from provenance.case import CaseFile, Source, Tracer
    from provenance.config import Config
    from provenance.config import load as load_config
    from provenance.directory import Directory
    from provenance.errors import ProvenanceError
    from provenance.hashlists import HashList
    from provenance.hashlists import load as load_hashlist
    from provenance.labels import Labels
    from provenance.limits import Isolation, Limits
    from provenance.manifest import Trust
    from provenance.records import Revocation, StampRecord
    from provenance.registry import Registry, open_registry
    from provenance.response import Request, Responder, Response, load_response, read_request
    from provenance.signers import CallbackSigner, Signer, open_signer
    from provenance.stamp import (
        AsyncStamper,
        Producer,
        StampedImage,
        Stamper,
        StampOptions,
        stamp_many,
    )
    from provenance.stamp_id import Payload, StampId
    from provenance.timestamps import TimeStamps
    from provenance.verify import (
        AllOf,
        AnyOf,
        Evidence,
        Finding,
        Match,
        MaxFalsePositive,
        Origin,
        Policy,
        RequireBound,
        RequireCoverage,
        RequireExact,
        RequireProducer,
        RequireProvedTime,
        RequireTrusted,
        RequireUnlisted,
        State,
        Verdict,
        Verifier,
    )

__version__ = "0.1.0"

__all__ = [
    "AllOf",
    "AnyOf",
    "AsyncStamper",
    "CallbackSigner",
    "CaseFile",
    "Config",
    "Directory",
    "Evidence",
    "Finding",
    "HashList",
    "Isolation",
    "Labels",
    "Limits",
    "Match",
    "MaxFalsePositive",
    "Origin",
    "Payload",
    "Policy",
    "Producer",
    "ProvenanceError",
    "Registry",
    "Request",
    "RequireBound",
    "RequireCoverage",
    "RequireExact",
    "RequireProducer",
    "RequireProvedTime",
    "RequireTrusted",
    "RequireUnlisted",
    "Responder",
    "Response",
    "Revocation",
    "Signer",
    "Source",
    "StampId",
    "StampOptions",
    "StampRecord",
    "StampedImage",
    "Stamper",
    "State",
    "TimeStamps",
    "Tracer",
    "Trust",
    "Verdict",
    "Verifier",
    "load_config",
    "load_hashlist",
    "load_response",
    "open_registry",
    "open_signer",
    "read_request",
    "stamp_many",
]

_ROOMS = {
    "case": ("CaseFile", "Source", "Tracer"),
    "config": ("Config", "load_config"),
    "directory": ("Directory",),
    "errors": ("ProvenanceError",),
    "hashlists": ("HashList", "load_hashlist"),
    "labels": ("Labels",),
    "limits": ("Isolation", "Limits"),
    "manifest": ("Trust",),
    "records": ("Revocation", "StampRecord"),
    "registry": ("Registry", "open_registry"),
    "response": ("Request", "Responder", "Response", "load_response", "read_request"),
    "signers": ("CallbackSigner", "Signer", "open_signer"),
    "stamp": ("AsyncStamper", "Producer", "StampOptions", "StampedImage", "Stamper", "stamp_many"),
    "stamp_id": ("Payload", "StampId"),
    "timestamps": ("TimeStamps",),
    "verify": (
        "AllOf",
        "AnyOf",
        "Evidence",
        "Finding",
        "Match",
        "MaxFalsePositive",
        "Origin",
        "Policy",
        "RequireBound",
        "RequireCoverage",
        "RequireExact",
        "RequireProducer",
        "RequireProvedTime",
        "RequireTrusted",
        "RequireUnlisted",
        "State",
        "Verdict",
        "Verifier",
    ),
}
_HOMES = {name: room for room, names in _ROOMS.items() for name in names}
_OTHER_NAMES = {"load_config": "load", "load_hashlist": "load"}


def __getattr__(name: str) -> Any:
    """Load what is exported on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room = import_module(f"{__name__}.{_HOMES[name]}")
    value = getattr(room, _OTHER_NAMES.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
