"""Text from strangers, made safe to show."""

from __future__ import annotations

# Names and versions in certificates and manifests; the longest seen in the wild has 90 characters.
MAX_NAME = 256


def printable(text: str, limit: int = MAX_NAME) -> str:
    """Replace what could steer a terminal or reorder a line, and cut to `limit` characters."""
    return "".join(
        sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[:limit]
    )
