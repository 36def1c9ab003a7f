"""Why the service does not do what was asked; the codes are as stable as those of ``errors``."""

from __future__ import annotations

from provenance.errors import ProvenanceError


class ServiceError(ProvenanceError):
    """The service does not do what was asked."""

    code = "service"


class UnauthenticatedError(ServiceError):
    """The request has no key or token, or one that does not count."""

    code = "service.unauthenticated"


class ForbiddenError(ServiceError):
    """The key or token does not allow this."""

    code = "service.forbidden"


class RateError(ServiceError):
    """There were too many requests; ``seconds`` says when the next one is taken."""

    code = "service.rate"

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class BusyError(ServiceError):
    """As many requests are being worked on as may be."""

    code = "service.busy"


class NotOfferedError(ServiceError):
    """The service has no such thing."""

    code = "service.not_offered"


class MalformedRequestError(ServiceError):
    """The request can't be understood, or never came to its end."""

    code = "service.request"
