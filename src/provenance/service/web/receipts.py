"""Receipts of C2PA's Soft Binding Resolution API: the log's own proof that it holds a manifest."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from provenance.registry import MAX_PROOF_BYTES
from provenance.service.access.scopes import Scope
from provenance.service.web.problems import answer_json, list_problems
from provenance.service.web.site import Site
from provenance.service.web.uploads import read_body

MAX_RECEIPT_BYTES = 2 * MAX_PROOF_BYTES
"""The proof in base64, and some names."""

_CONTENT = {"application/json": {"schema": {"type": "object"}}}
_USUAL = (400, 401, 403, 404, 429, 503)


def add_routes(router: APIRouter, site: Site) -> None:
    """Add the routes."""
    found: dict[int | str, dict[str, Any]] = {
        200: {"description": "The receipt, and whether it holds.", "content": _CONTENT}
    }

    @router.get(
        "/manifests/{manifest_id}/receipts",
        summary="Get the receipt of a manifest",
        response_class=Response,
        responses={**found, **list_problems(*_USUAL)},
    )
    async def get_receipt(request: Request, manifest_id: str) -> Response:
        """Prove that this registry's signed log holds the manifest."""
        caller = site.admit(request, Scope.MANIFESTS)
        base = site.find_base(request)
        receipt = await site.look_up(site.engine.write_receipt, manifest_id, base)
        await site.look_up(site.lookups.write, caller, "receipt", manifest_id)
        return answer_json(receipt)

    @router.post(
        "/manifests/{manifest_id}/receipts",
        summary="Check a receipt",
        response_class=Response,
        responses={**found, **list_problems(*_USUAL, 413)},
        openapi_extra={"requestBody": {"required": True, "content": _CONTENT}},
    )
    async def check_receipt(request: Request, manifest_id: str) -> Response:
        """Tell whether a receipt proves that this registry's log holds the manifest."""
        site.admit(request, Scope.MANIFESTS)
        body = await read_body(request, MAX_RECEIPT_BYTES)
        return answer_json(await site.look_up(site.engine.check_receipt, manifest_id, body))
