"""Errors as RFC 9457 problems: the command line's codes and sentences, with a status of HTTP."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from provenance import errors
from provenance.errors import ProvenanceError
from provenance.files import encode_line
from provenance.service import refusals
from provenance.service.refusals import RateError
from provenance.text import MAX_LINE, clean

MEDIA_TYPE = "application/problem+json"

# First match wins, so a subclass stands before its base.
_STATUS: tuple[tuple[type[ProvenanceError], int], ...] = (
    (refusals.UnauthenticatedError, 401),
    (refusals.ForbiddenError, 403),
    (refusals.NotOfferedError, 404),
    (errors.RecordNotFoundError, 404),
    (errors.AlreadyStampedError, 409),
    (errors.ClaimError, 409),
    (errors.ImageTooLargeError, 413),
    (errors.UnsupportedFormatError, 415),
    (refusals.RateError, 429),
    (refusals.MalformedRequestError, 400),
    (errors.RequestError, 400),
    (errors.FetchError, 502),
    (refusals.BusyError, 503),
    (errors.SignerUnavailableError, 503),
    (errors.RegistryUnavailableError, 503),
    (errors.OutputError, 503),
    (errors.InputError, 422),
    (errors.StampError, 422),
    (errors.LabelError, 422),
    (errors.WatermarkError, 422),
    (errors.ManifestError, 422),
)

TITLES = {
    400: "The request can't be understood",
    401: "A key is needed",
    403: "The key does not allow this",
    404: "Not found",
    405: "Not this method",
    409: "Done already, or otherwise",
    413: "Too large",
    414: "The value is too long",
    415: "Not a kind of file that is taken here",
    422: "The picture or its description can't be used",
    429: "Too many requests",
    500: "The service failed",
    502: "The address can't be fetched",
    503: "Not available now",
}
"""What each status means, in words that never change."""

SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "An error by RFC 9457; code is one of the stable codes of the command line.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "description": "/problems/ and the code."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and what to do."},
        "code": {"type": "string"},
    },
}


def find_status(error: ProvenanceError) -> int:
    """Return the status of an error; what the operator set up wrongly is 500."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def answer_error(error: ProvenanceError, status: int | None = None) -> Response:
    """Answer with a problem, with the error's own status or another."""
    headers = {}
    status = status or find_status(error)
    if isinstance(error, RateError):
        headers["Retry-After"] = str(error.seconds)
    elif status == 503:
        headers["Retry-After"] = "2"
    elif status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return answer(status, error.code, clean(str(error), MAX_LINE), headers)


def answer(status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> Response:
    """Answer with a problem of a code."""
    body = {
        "type": f"/problems/{code}",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "code": code,
    }
    return Response(json.dumps(body), status, headers, MEDIA_TYPE)


def answer_json(value: dict[str, Any]) -> Response:
    """Answer with a JSON object."""
    return Response(encode_line(value), media_type="application/json")


def list_problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the problems of a route for the OpenAPI document."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": TITLES[status], "content": content} for status in statuses}
