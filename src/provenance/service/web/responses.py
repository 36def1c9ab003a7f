"""Routes that prove what the registry knows of a stamp."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from provenance.response import MAX_REQUEST_BYTES, RESPONSE_MEDIA_TYPE
from provenance.service.access.scopes import Scope
from provenance.service.refusals import MalformedRequestError
from provenance.service.web.problems import list_problems
from provenance.service.web.site import Site
from provenance.service.web.uploads import read_body
from provenance.stamp_id import STAMP_ID_DIGITS, StampId

_USUAL = (400, 401, 403, 429, 503)


def add_routes(router: APIRouter, site: Site) -> None:
    """Add the routes."""
    found: dict[int | str, dict[str, Any]] = {
        200: {
            "description": "The signed response, also where there is no such stamp.",
            "content": {RESPONSE_MEDIA_TYPE: {"schema": {"type": "object"}}},
        }
    }

    @router.get(
        "/responses/{stamp_id}",
        summary="Prove what is known of a stamp",
        response_class=Response,
        responses={**found, **list_problems(*_USUAL, 404)},
    )
    async def respond(request: Request, stamp_id: str) -> Response:
        """Answer as ``provenance respond STAMP_ID`` does, without any account."""
        caller = site.admit(request, Scope.RESPONSES)
        asked = StampId.parse(stamp_id)
        if asked is None:
            raise MalformedRequestError(f"A stamp id has {STAMP_ID_DIGITS} lower-case hex digits.")
        await site.look_up(site.lookups.write, caller, "response", asked)
        response = await site.look_up(site.engine.respond, asked)
        return Response(response, media_type=RESPONSE_MEDIA_TYPE)

    @router.post(
        "/responses",
        summary="Answer a request that somebody signed",
        response_class=Response,
        responses={**found, **list_problems(*_USUAL, 404, 413)},
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {
                    "application/vnd.provenance.request+json": {"schema": {"type": "object"}}
                },
            }
        },
    )
    async def answer_request(request: Request) -> Response:
        """Answer as ``provenance respond REQUEST`` does: an account only for who may be told."""
        caller = site.admit(request, Scope.RESPONSES)
        body = await read_body(request, MAX_REQUEST_BYTES)
        await site.look_up(site.lookups.write, caller, "request", "as signed")
        response = await site.look_up(site.engine.answer, body)
        return Response(response, media_type=RESPONSE_MEDIA_TYPE)
