"""Pages that load nothing from another host: a survivor's helper reads them offline, unwatched."""

from __future__ import annotations

import re
from pathlib import Path

_LOAD = re.compile(
    r"""<(?:script|img|iframe|source|link|object|embed|video|audio)\b[^>]*?"""
    r"""\b(?:src|href|srcset|data)\s*=\s*["']?((?:https?:)?//[^"'\s>]+)"""
    r"""|(?:url\(|@import)\s*["']?((?:https?:)?//[^"'\s)]+)"""
)
_FALLBACKS = re.compile(r"https://unpkg\.com/[^\"']*")


def strip(site: Path) -> None:
    """Take out of the theme's scripts what they would load from a host in old browsers."""
    for file in site.joinpath("assets", "javascripts").rglob("*"):
        if file.suffix == ".map":
            file.unlink()
        elif file.suffix == ".js":
            text = file.read_text(encoding="utf-8")
            file.write_text(_FALLBACKS.sub("", text), encoding="utf-8")


def loads(site: Path) -> list[str]:
    """Return what pages and styles load from other hosts; links that a reader follows are none."""
    files = (file for file in sorted(site.rglob("*")) if file.suffix in (".html", ".css"))
    return [f"{file.name}: {load}" for file in files for load in loads_of(file.read_text("utf-8"))]


def loads_of(text: str) -> list[str]:
    """Return the addresses on other hosts that a page or a style loads."""
    return [one or other for one, other in _LOAD.findall(text)]
