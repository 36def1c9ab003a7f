"""Routes that take a picture: verify, results, stamp, trace."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from provenance.files import encode_line
from provenance.registry import ClaimKey
from provenance.service.access.scopes import Scope
from provenance.service.engine.stamping import StampAnswer, StampOrder
from provenance.service.refusals import ForbiddenError, MalformedRequestError
from provenance.service.web.problems import list_problems
from provenance.service.web.site import Site
from provenance.strict_json import MAX_TEXT
from provenance.verify import RESULT_MEDIA_TYPE

_BINARY = {"type": "string", "format": "binary"}
_FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": _BINARY, "manifest": _BINARY},
}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The picture: its bytes as they are, or a form with the field file, and "
        "the field manifest for a sidecar.",
        "content": {
            "multipart/form-data": {"schema": _FORM},
            "image/*": {"schema": _BINARY},
            "application/octet-stream": {"schema": _BINARY},
        },
    }
}
_USUAL = (400, 401, 403, 413, 415, 422, 429, 503)


class StampQuery(BaseModel):
    """What is said of a picture that is to be stamped.

    A misspelt parameter is refused: what it leaves out could never be added to the record.
    """

    model_config = ConfigDict(extra="forbid")

    model: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
    model_version: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    created: datetime | None = None
    action: Literal["created", "edited", "placed"] = "created"
    force: bool = False
    best_effort: bool = False
    strict: bool = False


def add_routes(router: APIRouter, site: Site) -> None:
    """Add the routes that the config allows."""
    _add_verifying(router, site)
    if site.engine.stamps:
        _add_stamping(router, site)
    if site.gate.offers_keys:
        _add_tracing(router, site)


def _add_verifying(router: APIRouter, site: Site) -> None:
    engine = site.engine

    @router.post(
        "/verify",
        summary="Say where a picture comes from",
        response_class=Response,
        responses={
            200: _describe("The verdict.", "application/json", {"$ref": _VERDICT}),
            **list_problems(*_USUAL),
        },
        openapi_extra=BODY,
    )
    async def verify(request: Request) -> Response:
        """Examine a picture and answer as ``provenance verify --json`` does."""
        site.admit(request, Scope.VERIFY)
        async with site.upload(request) as upload:
            verdict = await site.work(engine.verify, upload.picture, upload.manifest)
        return Response(encode_line(verdict.to_json_dict()), media_type="application/json")

    @router.post(
        "/results",
        summary="Say where a picture comes from, in a file that can be kept",
        response_class=Response,
        responses={
            200: _describe("The result, signed where the service has a key.", RESULT_MEDIA_TYPE),
            **list_problems(*_USUAL),
        },
        openapi_extra=BODY,
    )
    async def write_result(request: Request) -> Response:
        """Examine a picture and answer with verdict, text, digest and time in one signed file."""
        site.admit(request, Scope.VERIFY)
        async with site.upload(request) as upload:
            result = await site.work(engine.write_result, upload.picture, upload.manifest)
        return Response(result, media_type=RESULT_MEDIA_TYPE)


def _add_stamping(router: APIRouter, site: Site) -> None:
    @router.post(
        "/stamp",
        summary="Mark, sign and record a picture",
        response_class=Response,
        responses={
            200: {
                "description": "The stamped picture, in its own format.",
                "content": {"image/*": {"schema": _BINARY}},
                "headers": {
                    name: {"schema": {"type": "string"}, "description": says}
                    for name, says in _STAMP_HEADERS.items()
                },
            },
            **list_problems(*_USUAL, 409),
        },
        openapi_extra=BODY,
    )
    async def stamp(
        request: Request,
        said: Annotated[StampQuery, Query()],
        idempotency_key: Annotated[str | None, Header(max_length=255)] = None,
        provenance_account: Annotated[str | None, Header(max_length=MAX_TEXT)] = None,
    ) -> Response:
        """Stamp a picture. With an Idempotency-Key, a request that comes twice is one stamp."""
        caller = site.admit(request, Scope.STAMP)
        async with site.upload(request) as upload:
            claim = None
            if idempotency_key is not None:
                asked = repr((said, provenance_account)).encode()
                claim = ClaimKey.of(caller.name, idempotency_key, upload.picture, asked)
            order = StampOrder(
                upload.picture, **said.model_dump(), account=provenance_account, claim=claim
            )
            answer = await site.work(site.engine.stamp, order)
        return Response(answer.data, 200, _tell_stamp(answer), answer.mime)


def _add_tracing(router: APIRouter, site: Site) -> None:
    @router.post(
        "/trace",
        summary="Examine a picture for a case",
        response_class=Response,
        responses={
            200: _describe("The case folder, as a zip archive.", "application/zip"),
            **list_problems(*_USUAL),
        },
        openapi_extra=BODY,
    )
    async def trace(
        request: Request,
        case: Annotated[str, Query(min_length=1, max_length=MAX_TEXT)],
        purpose: Annotated[str | None, Query(min_length=1, max_length=MAX_TEXT)] = None,
    ) -> Response:
        """Write the report of one picture; with a purpose it tells the account, which is logged."""
        caller = site.admit(request, Scope.TRACE)
        if purpose is not None and Scope.ACCOUNTS not in caller.scopes:
            raise ForbiddenError(
                "This key does not have the scope accounts: leave out the purpose."
            )
        if not case.strip() or (purpose is not None and not purpose.strip()):
            raise MalformedRequestError("Case and purpose need words.")
        async with site.upload(request) as upload:
            await site.look_up(site.lookups.write, caller, "trace", case, purpose)
            files = await site.work(site.engine.trace, upload.picture, case, purpose)
        return Response(_pack(files), media_type="application/zip")


_VERDICT = "#/components/schemas/Verdict"
_STAMP_HEADERS = {
    "Provenance-Stamp-Id": "The stamp: the mark's 96 bits, in hex.",
    "Provenance-Sha256": "SHA-256 of the picture as it was recorded.",
    "Provenance-Marked": "Whether the picture holds a readable mark: true or false.",
    "Provenance-Losses": "What the picture held and the stamped one does not, as JSON.",
}


def _tell_stamp(answer: StampAnswer) -> dict[str, str]:
    record = answer.record
    losses = encode_line({"losses": [each.says for each in answer.losses]})
    values = (record.stamp_id, record.sha256, str(answer.marked).lower(), losses)
    return dict(zip(_STAMP_HEADERS, values, strict=True))


def _describe(says: str, media_type: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"description": says, "content": {media_type: {"schema": schema or {}}}}


def _pack(files: Mapping[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return archive.getvalue()
