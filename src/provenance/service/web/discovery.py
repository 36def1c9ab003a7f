"""What the service says of itself, to everybody: what it reads, what it offers, whose marks."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from provenance import watermark
from provenance.service.access.scopes import Scope
from provenance.service.web.problems import answer_json, list_problems
from provenance.service.web.site import Site
from provenance.stamp_id import LARGEST_PRODUCER

SPECIFICATION = "2.4.0"
"""The version of C2PA's specification whose operations these are."""


def _describe(says: str, *problems: int) -> dict[str, Any]:
    """Describe a route that answers with a JSON object."""
    content = {"application/json": {"schema": {"type": "object"}}}
    found: dict[int | str, dict[str, Any]] = {200: {"description": says, "content": content}}
    return {"response_class": Response, "responses": {**found, **list_problems(*problems)}}


def add_services(router: APIRouter, site: Site) -> None:
    """Add what the Soft Binding Resolution API says of itself."""
    capabilities = ["queryByContent", *(["queryByReference"] * site.section.fetch_addresses)]
    offered = _describe("What this service offers.")

    @router.get("/services/supportedAlgorithms", summary="List the marks that are read", **offered)
    async def list_algorithms() -> Response:
        """List the algorithms of marks and fingerprints."""
        return answer_json({"watermarks": [{"alg": watermark.ALG}], "fingerprints": []})

    @router.get("/services/capabilities", summary="List the optional operations", **offered)
    async def list_capabilities() -> Response:
        """List the optional operations that are offered."""
        found = {"c2paSpecificationVersion": SPECIFICATION, "supportedCapabilities": capabilities}
        return answer_json(found)

    @router.get("/services/status", summary="Say whether the service works", **offered)
    async def tell_status() -> Response:
        """Say whether the service works."""
        return answer_json({"status": "degraded" if site.draining else "ok"})


def add_discovery(router: APIRouter, site: Site) -> None:
    """Add the well-known document."""

    @router.get(
        "/.well-known/c2pa-soft-binding-resolution",
        summary="Say where the Soft Binding Resolution API is",
        **_describe("The discovery document."),
    )
    async def discover(request: Request) -> Response:
        """Say where the Soft Binding Resolution API is."""
        base = site.find_base(request)
        return answer_json(
            {
                "apiEndpoint": base,
                "c2paSpecificationVersion": SPECIFICATION,
                "capabilitiesEndpoint": f"{base}/services/capabilities",
                "statusEndpoint": f"{base}/services/status",
            }
        )


def add_signpost(router: APIRouter, site: Site) -> None:
    """Add the signpost: whose mark is this, and whom to ask."""

    @router.get(
        "/signpost",
        summary="Say whose mark it is, and whom to ask",
        **_describe("The signpost; see the schema of this name.", 400, 401, 403, 429),
    )
    async def point(
        request: Request,
        number: Annotated[int | None, Query(ge=1, le=LARGEST_PRODUCER)] = None,
    ) -> Response:
        """Say who holds a producer number and where proof can be had; all known ones without it."""
        site.admit(request, Scope.VERIFY)
        return answer_json(await site.look_up(site.engine.make_signpost, number))
