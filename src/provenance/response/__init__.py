"""Requests to producers and their responses: proof of a stamp that travels as one signed file.

Somebody who holds a mark asks its producer with a ``Request``. The producer's ``Responder`` answers
from its registry. ``check_all`` checks a ``Response`` by itself, offline, against the directory.
"""

from provenance.response.answering import REQUEST_LIFETIME, Responder
from provenance.response.asking import MAX_AGE, Asked, Asker
from provenance.response.checking import Checked, Fault, check, check_all, check_checkpoint
from provenance.response.reading import load_response, read_response
from provenance.response.requests import (
    MAX_REQUEST_BYTES,
    REQUEST_MEDIA_TYPE,
    Part,
    Request,
    read_request,
    write_request,
)
from provenance.response.responses import (
    MAX_RESPONSE_BYTES,
    RESPONSE_MEDIA_TYPE,
    AccountAnswer,
    Disclosed,
    Held,
    Outcome,
    Response,
    Withdrawn,
    write_response,
)

__all__ = [
    "MAX_AGE",
    "MAX_REQUEST_BYTES",
    "MAX_RESPONSE_BYTES",
    "REQUEST_LIFETIME",
    "REQUEST_MEDIA_TYPE",
    "RESPONSE_MEDIA_TYPE",
    "AccountAnswer",
    "Asked",
    "Asker",
    "Checked",
    "Disclosed",
    "Fault",
    "Held",
    "Outcome",
    "Part",
    "Request",
    "Responder",
    "Response",
    "Withdrawn",
    "check",
    "check_all",
    "check_checkpoint",
    "load_response",
    "read_request",
    "read_response",
    "write_request",
    "write_response",
]
