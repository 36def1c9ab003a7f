"""Routes for whoever runs the service: is it alive, is it ready, what did it do."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from provenance.errors import ProvenanceError
from provenance.service.access.scopes import Scope
from provenance.service.web.problems import answer, answer_error, list_problems
from provenance.service.web.site import Site

_PLAIN: dict[int | str, dict[str, Any]] = {
    200: {"description": "Yes.", "content": {"text/plain": {"schema": {"type": "string"}}}}
}


def add_routes(router: APIRouter, site: Site) -> None:
    """Add the routes."""

    @router.get("/healthz", summary="Is it alive?", response_class=Response, responses=_PLAIN)
    async def tell_alive() -> Response:
        """Say that the process answers."""
        return Response("ok\n", media_type="text/plain")

    @router.get(
        "/readyz",
        summary="Should it get requests?",
        response_class=Response,
        responses={**_PLAIN, **list_problems(503)},
    )
    async def tell_ready() -> Response:
        """Say whether all that is offered can be done, and whether the service is about to end."""
        if site.draining:
            return answer(503, "service.busy", "The service is about to end.")
        try:
            await site.look_up(site.engine.check_ready)
        except ProvenanceError as error:
            return answer_error(error, 503)
        return Response("ready\n", media_type="text/plain")

    if site.section.metrics:

        @router.get(
            "/metrics",
            summary="What it did",
            response_class=Response,
            responses={**_PLAIN, **list_problems(401, 403, 429)},
        )
        async def tell_metrics(request: Request) -> Response:
            """Give the Prometheus metrics."""
            site.admit(request, Scope.METRICS)
            body, media_type = site.telemetry.metrics or (b"", "text/plain")
            return Response(body, headers={"Content-Type": media_type})
