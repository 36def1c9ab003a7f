"""A question to a service on the web: one POST, bounded in time and size."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from provenance.errors import ProvenanceError

_CHUNK = 2**16


def show_address(address: str) -> str:
    """Return an address as messages show it: without query, which may hold a secret."""
    where = urlsplit(address)
    host = where.netloc.rpartition("@")[2]
    return f"{where.scheme}://{host}{where.path}"


@dataclass(frozen=True)
class WebService:
    """A kind of service that answers one question with one document.

    Attributes
    ----------
    name
        What messages call it, with its article.
    question
        Media type of the question.
    seconds
        How long an answer may take, all of it.
    max_bytes
        How long an answer may be.
    error
        Makes the error of this kind of service from a message.
    """

    name: str
    question: str
    seconds: float
    max_bytes: int
    error: Callable[[str], ProvenanceError]

    def post(self, address: str, query: bytes) -> bytes:
        """Ask, and return the answer as it came.

        Raises
        ------
        ProvenanceError
            That of ``error``: not a web address, or an answer that fails, is too long or too late.
        """
        shown = f"{self.name} {show_address(address)}"
        if urlsplit(address).scheme not in ("http", "https"):
            raise self.error(f"{shown} needs an address that begins with http or https.")
        from urllib.error import HTTPError
        from urllib.request import Request, urlopen  # slow to load, and rarely used

        headers = {"Content-Type": self.question}
        request = Request(address, data=query, headers=headers)  # noqa: S310 (checked above)
        end = time.monotonic() + self.seconds
        answer = bytearray()
        try:
            with urlopen(request, timeout=self.seconds) as reply:  # noqa: S310 (checked above)
                while part := reply.read1(_CHUNK):
                    answer += part
                    if len(answer) > self.max_bytes:
                        raise self.error(f"{shown} answered with over {self.max_bytes} bytes.")
                    if time.monotonic() > end:
                        raise self.error(f"{shown} did not answer in {self.seconds:g} seconds.")
        except HTTPError as error:
            error.close()
            raise self.error(f"{shown} answered with HTTP status {error.code}.") from error
        except (OSError, ValueError) as error:
            raise self.error(f"{shown} did not answer.") from error
        return bytes(answer)
