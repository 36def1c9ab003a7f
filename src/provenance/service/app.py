"""The application: all routes of one config, with the OpenAPI document that describes them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from provenance import __version__
from provenance.errors import ProvenanceError
from provenance.schemas import read_schema
from provenance.service.access.scopes import Scope
from provenance.service.web import (
    discovery,
    matches,
    offline,
    operating,
    pages,
    pictures,
    receipts,
    responses,
)
from provenance.service.web.frame import Frame
from provenance.service.web.problems import SCHEMA, answer, answer_error
from provenance.service.web.site import Site
from provenance.service.web.upkeep import keep_up
from provenance.text import show_name

if TYPE_CHECKING:
    from provenance.config import Config

TITLE = "provenance"
DESCRIPTION = (
    "Traces generated pictures to producer, model and time. Verdicts are about origin, not truth. "
    "Nothing of an upload is kept."
)

MOST_NAMED = 10
"""Parameters that one refusal names; a request may hold thousands that are not known."""


def build_app(config: Config) -> FastAPI:
    """Build the application; it opens its parts when it is started.

    Raises
    ------
    ConfigError, OutputNotWritableError
        A part can't be built from the config.
    """
    site = Site(config)

    @asynccontextmanager
    async def live(_: FastAPI) -> AsyncIterator[None]:
        try:
            await site.work(site.engine.start)
            upkeep = asyncio.create_task(keep_up(site))
            try:
                yield
            finally:
                upkeep.cancel()
        finally:
            site.draining = True
            site.close()

    app = FastAPI(
        title=TITLE,
        version=__version__,
        lifespan=live,
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.site = site
    _add_routes(app, site)
    _add_handlers(app)
    app.add_middleware(Frame, telemetry=site.telemetry)
    app.openapi = lambda: _describe(app)  # type: ignore[method-assign]
    app.openapi()  # FastAPI builds routes when they are first read: here, not in a user's request
    return app


def _add_routes(app: FastAPI, site: Site) -> None:
    first = APIRouter(prefix="/v1")
    pictures.add_routes(first, site)
    discovery.add_signpost(first, site)
    if site.engine.responds:
        responses.add_routes(first, site)
    if site.engine.has_registry:
        matches.add_routes(first, site)
        receipts.add_routes(first, site)
        discovery.add_services(first, site)
    app.include_router(first)
    plain = APIRouter()
    operating.add_routes(plain, site)
    if Scope.VERIFY in site.gate.public:
        pages.add_routes(plain, site, offline=offline.add_routes(plain, site.config))
    if site.engine.has_registry:
        discovery.add_discovery(plain, site)
    app.include_router(plain)


def _add_handlers(app: FastAPI) -> None:
    @app.exception_handler(ProvenanceError)
    async def refuse(_: Request, error: ProvenanceError) -> Response:
        return answer_error(error)

    @app.exception_handler(RequestValidationError)
    async def refuse_malformed(_: Request, error: RequestValidationError) -> Response:
        names = sorted({str(each["loc"][-1]) for each in error.errors()})
        named = ", ".join(map(show_name, names[:MOST_NAMED]))
        return answer(400, "service.request", f"These parameters are missing or wrong: {named}.")

    @app.exception_handler(HTTPException)
    async def refuse_route(_: Request, error: HTTPException) -> Response:
        code = {404: "service.not_offered", 405: "service.method"}.get(
            error.status_code, "service.request"
        )
        detail = {404: "There is nothing at this address.", 405: "This address has other methods."}
        said = detail.get(error.status_code, "The request can't be understood.")
        return answer(error.status_code, code, said, dict(error.headers or {}))


def _describe(app: FastAPI) -> dict[str, Any]:
    """Write the OpenAPI document: FastAPI's, with our schemas and without its own error."""
    if app.openapi_schema:
        return app.openapi_schema
    document = get_openapi(
        title=TITLE, version=__version__, description=DESCRIPTION, routes=app.routes
    )
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"] = {
                status: each
                for status, each in operation["responses"].items()
                if "HTTPValidationError" not in json.dumps(each)
            }
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas.update({"Problem": SCHEMA, **_read_components("verdict")})
    document["components"]["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "An API key or a token."}
    }
    app.openapi_schema = document
    return document


def _read_components(name: str) -> dict[str, Any]:
    """Read a schema of ours as components.

    What it defines inside stands beside it, as references in OpenAPI start at the whole document.
    """
    text = read_schema(name)
    inside = json.loads(text).get("$defs", {})
    for each in inside:
        text = text.replace(f'"#/$defs/{each}"', f'"#/components/schemas/{each.capitalize()}"')
    schema = json.loads(text)
    parts = schema.pop("$defs", {})
    for outside in ("$schema", "$id"):
        schema.pop(outside, None)
    return {each.capitalize(): found for each, found in {name: schema, **parts}.items()}
