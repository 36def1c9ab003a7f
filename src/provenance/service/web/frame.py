"""What happens around each request: headers, a line in the log, a count, and no traceback."""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from provenance.service.telemetry import Telemetry
from provenance.service.web.problems import answer

logger = logging.getLogger("provenance.service")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""On every answer; a page sets its own policy besides."""


class Frame:
    """The outermost layer. A caller sees a defect inside as a problem of the code internal."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and look after it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, answered = time.monotonic(), _Answered(secrets.token_hex(8))

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered.take(message)
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        except Exception as error:
            logger.exception("A request failed.", exc_info=_strip(error))
            if answered.status:
                raise
            detail = "There is a defect in the service, and its log tells more."
            await answer(500, "internal", detail)(scope, receive, send_on)
        finally:
            self._write(scope, answered, time.monotonic() - begun)

    def _write(self, scope: Scope, answered: _Answered, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "none")
        self._telemetry.count(route, answered.status, seconds)
        caller = getattr(Request(scope).state, "caller", None)
        line = {
            "event": "request",
            "request": answered.identity,
            "method": scope["method"] if scope["method"] in _METHODS else "other",
            "route": route,
            "status": answered.status,
            "ms": round(1000 * seconds),
            "caller": caller.name if caller else None,
        }
        logger.info("%s", json.dumps(line))


_METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")


class _Answered:
    def __init__(self, identity: str) -> None:
        self.identity = identity
        self.status = 0

    def take(self, message: MutableMapping[str, Any]) -> None:
        """Note the status, and add the headers that every answer has."""
        self.status = message["status"]
        present = {name.lower() for name, _ in message["headers"]}
        added = {**HEADERS, "Request-Id": self.identity}
        message["headers"] = [
            *message["headers"],
            *(
                (name.lower().encode(), value.encode())
                for name, value in added.items()
                if name.lower().encode() not in present
            ),
        ]


def _strip(error: BaseException) -> BaseException:
    """Leave out what an error says, and its causes: it may quote the upload."""
    return _Nameless(type(error).__name__).with_traceback(error.__traceback__)


class _Nameless(Exception):  # noqa: N818 - stands for another error
    """An error of which only the kind and the place are told."""
