"""Routes of the offline page: its files as they were built, where this copy has them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response

from provenance.errors import PageError
from provenance.page import FOLDER, Beliefs, find_page

if TYPE_CHECKING:
    from provenance.config import Config

ADDRESS = "/page/"
START = "index.html"

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; "
    "media-src blob:; worker-src 'self' blob:; connect-src 'self'; manifest-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""As the page's own, and no page may frame it: that can be said in a header only."""

_MEDIA_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-cache",
}


def add_routes(router: APIRouter, config: Config) -> bool:
    """Add the page, which believes whom the config names; tell whether there is one."""
    trust = config.trust
    beliefs = Beliefs.read(trust.anchors, trust.directory_anchors, config.directory.files)
    files = _find_files(beliefs)
    for name, data in files.items():
        _add_file(router, name, data)
    return bool(files)


def _add_file(router: APIRouter, name: str, data: bytes) -> None:
    media_type = _MEDIA_TYPES[PurePosixPath(name).suffix]

    async def show() -> Response:
        return Response(data, 200, _HEADERS, media_type)

    router.add_api_route(ADDRESS + name, show, include_in_schema=False)
    if name == START:
        router.add_api_route(ADDRESS, show, include_in_schema=False)


def _find_files(beliefs: Beliefs) -> Mapping[str, bytes]:
    try:
        found = find_page(beliefs)
    except PageError:
        return {}
    inside = f"{FOLDER}/"
    return {
        name.removeprefix(inside): data for name, data in found.items() if name.startswith(inside)
    }
