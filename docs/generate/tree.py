"""What the site reads of the repository: its source tree and its pages outside ``docs/``."""

from __future__ import annotations

import ast
import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "provenance"

OUTSIDE = ("*.md", "bench/*.md", "vectors/**/*.md", "reader/*.md", "findings/*.md")
"""Pages that lie beside what they are about and are shown in the site too."""

SHOWN_BELOW = "repository"
"""The folder of the site in which those pages are shown, at their places in the repository."""

_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|#")


def outside_pages() -> dict[str, Path]:
    """Return the pages outside ``docs/``: place in the site to file."""
    found = sorted({file for pattern in OUTSIDE for file in ROOT.glob(pattern)})
    return {f"{SHOWN_BELOW}/{file.relative_to(ROOT).as_posix()}": file for file in found}


@cache
def project() -> Mapping[str, Any]:
    """Return what pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def parse(file: Path) -> ast.Module:
    """Parse a module of the package."""
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def place_in_repository(page: str) -> PurePosixPath:
    """Say where a page of the site lies in the repository."""
    inside = PurePosixPath(page)
    if inside.parts[0] == SHOWN_BELOW:
        return inside.relative_to(SHOWN_BELOW)
    return PurePosixPath("docs") / inside


def with_site_links(text: str, page: str) -> str:
    """Turn links that hold in the repository into links that hold in the site.

    A link to a file that the site does not show (source code, folders, the licence) keeps its text
    and loses its target: a page read offline has no repository around it.
    """
    home = place_in_repository(page)

    def turned(link: re.Match[str]) -> str:
        picture, words, target = link.groups()
        if _ELSEWHERE.match(target):
            return link[0]
        path, _, anchor = target.partition("#")
        place = PurePosixPath(os.path.normpath(home.parent / path))
        shown = _place_in_site(place)
        if shown is None:
            return words
        relative = os.path.relpath(shown, PurePosixPath(page).parent)
        return f"{picture}[{words}]({relative}{'#' + anchor if anchor else ''})"

    return _LINK.sub(turned, text)


def _place_in_site(place: PurePosixPath) -> str | None:
    """Say where the site shows a file of the repository, None when it does not."""
    if place.parts[0] == "docs":
        inside = place.relative_to("docs")
        index = inside / "README.md"
        return str(index if (DOCS / index).is_file() else inside)
    if place.suffix == ".md":
        return f"{SHOWN_BELOW}/{place}"
    index = place / "README.md"
    return f"{SHOWN_BELOW}/{index}" if (ROOT / index).is_file() else None
