"""Routes that look a stamp up: responses, and C2PA's Soft Binding Resolution API."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from provenance import watermark
from provenance.files import encode_line
from provenance.response import MAX_REQUEST_BYTES, RESPONSE_MEDIA_TYPE
from provenance.service.access.scopes import Scope
from provenance.service.engine.engine import Found
from provenance.service.refusals import MalformedRequestError
from provenance.service.web.pictures import BODY
from provenance.service.web.problems import answer, list_problems
from provenance.service.web.site import Site
from provenance.service.web.uploads import read_body
from provenance.stamp_id import STAMP_ID_DIGITS, StampId
from provenance.strict_json import SchemaError, check_object, check_text, parse

SPECIFICATION = "2.4.0"
"""The version of C2PA's specification whose operations these are."""

MAX_VALUE = 1_024
"""Characters of a binding's value in an address; 96 bits take 16."""

_USUAL = (400, 401, 403, 429, 503)
_MATCH: dict[str, Any] = {
    "type": "object",
    "required": ["manifestId"],
    "properties": {
        "manifestId": {"type": "string"},
        "endpoint": {"type": "string"},
        "similarityScore": {"type": "integer", "minimum": 0, "maximum": 100},
    },
}
_MATCHES: dict[str, Any] = {
    "description": "Manifests, the best match first.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["matches"],
                "properties": {"matches": {"type": "array", "items": _MATCH}},
            }
        }
    },
}
Limit = Annotated[int, Query(alias="maxResults", ge=1, le=2**31 - 1)]


def add_responses(router: APIRouter, site: Site) -> None:
    """Add the routes of responses."""
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


def add_resolution(router: APIRouter, site: Site) -> None:
    """Add the Soft Binding Resolution API: the operations that a registry can answer."""
    _add_by_binding(router, site)
    _add_manifests(router, site)

    @router.post(
        "/matches/byContent",
        summary="Find manifests by a picture",
        response_class=Response,
        responses={200: _MATCHES, **list_problems(*_USUAL, 413, 415, 422)},
        openapi_extra=BODY,
    )
    async def match_content(
        request: Request,
        alg: str | None = None,
        max_results: Limit = 10,
        hint_alg: Annotated[str | None, Query(alias="hintAlg")] = None,
        hint_value: Annotated[str | None, Query(alias="hintValue")] = None,
    ) -> Response:
        """Read the marks of a picture, and find the manifests that they lead to."""
        caller = site.admit(request, Scope.MANIFESTS)
        hint = None
        for each in (alg, hint_alg):
            if each is not None:
                _check_algorithm(each)
        if hint_value is not None:
            hint = _read_value(hint_value)
        async with site.upload(request) as upload:
            found = await site.work(site.engine.find_by_content, upload.picture)
        if not found and hint is not None:
            found = await _find(site, hint)
        for match in found:
            await site.look_up(site.lookups.write, caller, "match", match.record.stamp_id)
        return _answer_matches(found, max_results)


def _add_by_binding(router: APIRouter, site: Site) -> None:
    @router.get(
        "/matches/byBinding",
        summary="Find manifests by the value of a mark",
        response_class=Response,
        responses={200: _MATCHES, **list_problems(*_USUAL, 414)},
    )
    async def match_binding(
        request: Request,
        value: str,
        alg: str,
        max_results: Limit = 10,
    ) -> Response:
        """Find the manifests of a mark's 96 bits, in base64."""
        caller = site.admit(request, Scope.MANIFESTS)
        if len(value) > MAX_VALUE:
            return answer(414, "service.request", "The value is too long: send it as a body.")
        return await _match(site, caller, alg, value, max_results)

    @router.post(
        "/matches/byBinding",
        summary="Find manifests by the value of a mark",
        response_class=Response,
        responses={200: _MATCHES, **list_problems(*_USUAL, 413)},
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "required": ["alg", "value"],
                            "properties": {"alg": {"type": "string"}, "value": {"type": "string"}},
                        }
                    }
                },
            }
        },
    )
    async def match_sent_binding(
        request: Request,
        max_results: Limit = 10,
    ) -> Response:
        """Find the manifests of a mark's 96 bits, in base64, sent as a body."""
        caller = site.admit(request, Scope.MANIFESTS)
        body = await read_body(request, MAX_REQUEST_BYTES)
        try:
            fields = check_object(parse(body), "The body", ("alg", "value"))
            texts = (check_text(fields[key], f"The {key}") for key in ("alg", "value"))
            alg, value = texts
        except SchemaError as error:
            raise MalformedRequestError(f"{error} Send alg and value as JSON.") from error
        return await _match(site, caller, alg, value, max_results)


def _add_manifests(router: APIRouter, site: Site) -> None:
    @router.get(
        "/manifests/{manifest_id}",
        summary="Fetch a manifest store",
        response_class=Response,
        responses={
            200: {
                "description": "The C2PA manifest store.",
                "content": {"application/c2pa": {"schema": {"type": "string", "format": "binary"}}},
            },
            **list_problems(*_USUAL, 404),
        },
    )
    async def fetch_manifest(
        request: Request,
        manifest_id: str,
        returnActiveManifest: bool = False,  # noqa: N803, ARG001 - C2PA's name; see the text
    ) -> Response:
        """Fetch a manifest store by its name.

        It is one store either way: the active manifest can't be checked without its ingredients.
        """
        caller = site.admit(request, Scope.MANIFESTS)
        store = await site.look_up(site.engine.read_manifest, manifest_id)
        await site.look_up(site.lookups.write, caller, "manifest", manifest_id)
        return Response(store, media_type="application/c2pa")


def add_services(router: APIRouter, site: Site) -> None:
    """Add what the Soft Binding Resolution API says of itself, to everybody."""
    capabilities = ["queryByContent"]
    listed: dict[int | str, dict[str, Any]] = {
        200: {
            "description": "What this service offers.",
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    }

    @router.get(
        "/services/supportedAlgorithms",
        summary="List the marks that are read",
        response_class=Response,
        responses=listed,
    )
    async def list_algorithms() -> Response:
        """List the algorithms of marks and fingerprints."""
        return _json({"watermarks": [{"alg": watermark.ALG}], "fingerprints": []})

    @router.get(
        "/services/capabilities",
        summary="List the optional operations",
        response_class=Response,
        responses=listed,
    )
    async def list_capabilities() -> Response:
        """List the optional operations that are offered."""
        return _json(
            {"c2paSpecificationVersion": SPECIFICATION, "supportedCapabilities": capabilities}
        )

    @router.get(
        "/services/status",
        summary="Say whether the service works",
        response_class=Response,
        responses=listed,
    )
    async def tell_status() -> Response:
        """Say whether the service works."""
        return _json({"status": "degraded" if site.draining else "ok"})


def add_discovery(router: APIRouter, site: Site) -> None:
    """Add the well-known document."""

    @router.get(
        "/.well-known/c2pa-soft-binding-resolution",
        summary="Say where the Soft Binding Resolution API is",
        response_class=Response,
        responses={
            200: {
                "description": "The discovery document.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            }
        },
    )
    async def discover(request: Request) -> Response:
        """Say where the Soft Binding Resolution API is."""
        base = (site.section.address or str(request.base_url)).rstrip("/") + "/v1"
        return _json(
            {
                "apiEndpoint": base,
                "c2paSpecificationVersion": SPECIFICATION,
                "capabilitiesEndpoint": f"{base}/services/capabilities",
                "statusEndpoint": f"{base}/services/status",
            }
        )


async def _match(site: Site, caller: Any, alg: str, value: str, limit: int) -> Response:
    _check_algorithm(alg)
    stamp_id = _read_value(value)
    await site.look_up(site.lookups.write, caller, "match", stamp_id)
    return _answer_matches(await _find(site, stamp_id), limit)


async def _find(site: Site, stamp_id: StampId) -> list[Found]:
    found = await site.look_up(site.engine.find_by_id, stamp_id)
    return [] if found is None else [found]


def _check_algorithm(alg: str) -> None:
    if alg != watermark.ALG:
        raise MalformedRequestError(
            f"This service reads only marks of the algorithm {watermark.ALG}."
        )


def _read_value(value: str) -> StampId:
    try:
        payload = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedRequestError("The value is not base64.") from error
    stamp_id = StampId.parse(payload.hex())
    if stamp_id is None:
        raise MalformedRequestError("The value does not have 12 bytes.")
    return stamp_id


def _answer_matches(found: list[Found], limit: int) -> Response:
    matches = [
        {"manifestId": each.record.manifest_urn, "similarityScore": each.score}
        for each in found[:limit]
    ]
    return _json({"matches": matches})


def _json(value: dict[str, Any]) -> Response:
    return Response(encode_line(value), media_type="application/json")
