"""The pages of the library: a directive for each public name, which mkdocstrings fills."""

from __future__ import annotations

import provenance
from provenance import watermark


def public_names() -> str:
    """Return a directive for each name of ``provenance``."""
    return _directives("provenance", provenance.__all__)


def watermark_names() -> str:
    """Return a directive for each name of ``provenance.watermark``."""
    return _directives("provenance.watermark", watermark.__all__)


def _directives(module: str, names: list[str]) -> str:
    return "\n\n".join(f"::: {module}.{name}" for name in sorted(names, key=str.casefold))
