"""C2PA's Soft Binding Resolution API: which manifests belong to a mark, and the manifests."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from provenance import watermark
from provenance.errors import FetchError
from provenance.fetching import Guard, fetch
from provenance.response import MAX_REQUEST_BYTES
from provenance.service.access.caller import Caller
from provenance.service.access.scopes import Scope
from provenance.service.engine.engine import Found
from provenance.service.refusals import MalformedRequestError
from provenance.service.web.pictures import BODY
from provenance.service.web.problems import answer, answer_json, list_problems
from provenance.service.web.site import Site
from provenance.service.web.uploads import read_body, refuse_large
from provenance.stamp_id import StampId
from provenance.strict_json import SchemaError, check_number, check_object, check_text, parse

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
_REFERENCE: dict[str, Any] = {
    "type": "object",
    "required": ["referenceUrl", "assetLength"],
    "properties": {
        "referenceUrl": {"type": "string"},
        "assetLength": {"type": "integer", "minimum": 1},
        "assetType": {"type": "string"},
        "region": {"type": "array"},
    },
}
_LARGEST = 2**53
"""The largest length that every JSON reader keeps whole."""

_BY_HTTPS = Guard(schemes=("https",))
Limit = Annotated[int, Query(alias="maxResults", ge=1, le=2**31 - 1)]


def add_routes(router: APIRouter, site: Site) -> None:
    """Add the operations that a registry can answer."""
    _add_by_binding(router, site)
    _add_manifests(router, site)

    _add_by_content(router, site)
    if site.section.fetch_addresses:
        _add_by_reference(router, site)


class Hints(BaseModel):
    """What the caller says of a picture's mark, and how many matches it takes."""

    alg: str | None = None
    max_results: Annotated[int, Field(alias="maxResults", ge=1, le=2**31 - 1)] = 10
    hint_alg: Annotated[str | None, Field(alias="hintAlg")] = None
    hint_value: Annotated[str | None, Field(alias="hintValue")] = None

    def read(self) -> StampId | None:
        """Check what is said, and return the stamp that the hint names, if it names one.

        Raises
        ------
        MalformedRequestError
            The algorithm is another one, or the value is not of it.
        """
        for each in (self.alg, self.hint_alg):
            if each is not None:
                _check_algorithm(each)
        return None if self.hint_value is None else _read_value(self.hint_value)


def _add_by_content(router: APIRouter, site: Site) -> None:
    @router.post(
        "/matches/byContent",
        summary="Find manifests by a picture",
        response_class=Response,
        responses={200: _MATCHES, **list_problems(*_USUAL, 413, 415, 422)},
        openapi_extra=BODY,
    )
    async def match_content(request: Request, hints: Annotated[Hints, Query()]) -> Response:
        """Read the marks of a picture, and find the manifests that they lead to."""
        caller = site.admit(request, Scope.MANIFESTS)
        hint = hints.read()
        async with site.upload(request) as upload:
            found = await site.work(site.engine.find_by_content, upload.picture)
        return await _tell_matches(site, caller, found, hint, hints.max_results)


def _add_by_reference(router: APIRouter, site: Site) -> None:
    @router.post(
        "/matches/byReference",
        summary="Find manifests by the address of a picture",
        response_class=Response,
        responses={200: _MATCHES, **list_problems(*_USUAL, 413, 415, 422, 502)},
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": _REFERENCE}},
            }
        },
    )
    async def match_reference(request: Request, hints: Annotated[Hints, Query()]) -> Response:
        """Fetch a picture from a public https address, and go on as with its bytes.

        All of it is examined, also where a region is named.
        """
        caller = site.admit(request, Scope.MANIFESTS)
        hint = hints.read()
        body = await read_body(request, MAX_REQUEST_BYTES)
        address, length = _read_reference(body)
        if length > site.max_bytes:
            refuse_large(site.max_bytes)
        async with site.room():
            picture = (await site.work(fetch, address, length, _BY_HTTPS)).data
            if len(picture) != length:
                raise FetchError(f"The picture has {len(picture)} bytes and not {length}.")
            found = await site.work(site.engine.find_by_content, picture)
        return await _tell_matches(site, caller, found, hint, hints.max_results)


async def _tell_matches(
    site: Site, caller: Caller, found: list[Found], hint: StampId | None, limit: int
) -> Response:
    """Write the look-up down, and answer with what was found, or what the hint leads to."""
    if not found and hint is not None:
        found = await _find(site, hint)
    for match in found:
        await site.look_up(site.lookups.write, caller, "match", match.record.stamp_id)
    return _answer_matches(found, limit)


def _read_reference(body: bytes) -> tuple[str, int]:
    """Read the address of a picture and its length."""
    try:
        found = parse(body)
        needed = {key: found.get(key) for key in _REFERENCE["required"]} if found else {}
        fields = check_object(needed, "The body", _REFERENCE["required"])
        address = check_text(fields["referenceUrl"], "The referenceUrl")
        return address, check_number(fields["assetLength"], "The assetLength", _LARGEST)
    except (SchemaError, AttributeError) as error:
        raise MalformedRequestError("Send referenceUrl and assetLength as JSON.") from error


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


async def _match(site: Site, caller: Caller, alg: str, value: str, limit: int) -> Response:
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
    return answer_json({"matches": matches})
