"""Ask the producer itself: its directory entry says where, and the 96 bits of the mark are sent.

The picture stays where it is. What comes back is a response like any other, which counts only by
the keys that the directory binds. Answers can be kept in a folder, which a platform shares.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from provenance.directory import Directory
from provenance.errors import FetchError, InputError, OutputError, ResponseError
from provenance.fetching import Address, Guard, fetch, is_public
from provenance.files import read_named, write_atomic
from provenance.response.checking import CLOCK_SKEW
from provenance.response.reading import read_response
from provenance.response.responses import (
    MAX_RESPONSE_BYTES,
    RESPONSE_MEDIA_TYPE,
    Outcome,
    Response,
)
from provenance.stamp_id import Payload, StampId

MOST_ENDPOINTS = 2
"""Endpoints asked about one stamp: a number drawn by two producers has two entries, seldom more."""

MAX_AGE = timedelta(hours=24)
"""How old a kept answer may be by default; a revocation is learnt of by then."""

SECONDS = 10.0
"""For one answer: a service looks a record up in milliseconds."""


_UNAUTHORISED = (401, 403)
"""What HTTP says to whom it does not know, and to whom it does not allow something."""

_NAME_DIGITS = 16
"""Of an endpoint's digest, in the name of a kept answer: a directory lists few endpoints."""


@dataclass(frozen=True)
class Asked:
    """One question: who was asked, and what came of it."""

    endpoint: str
    response: Response | None = None
    failure: str = ""
    kept: bool = False


@dataclass(frozen=True)
class Asker:
    """Asks the endpoints in a directory. Safe between threads.

    Attributes
    ----------
    directory
        Says who is asked.
    cache
        Folder in which answers are kept that found the stamp.
    max_age
        How old a kept answer may be.
    private
        Whether endpoints may lie in a private network.
    keys
        API keys by endpoint; each is sent to its own endpoint and nowhere else.
    """

    directory: Directory
    cache: Path | None = None
    max_age: timedelta = MAX_AGE
    private: bool = False
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def ask(self, stamp_id: StampId) -> tuple[Asked, ...]:
        """Ask about a stamp; nobody where no entry of its number has an endpoint.

        What goes wrong is told, and nothing is raised.
        """
        number = Payload.unpack(stamp_id.payload).producer
        listed = (each.entry.endpoint for each in self.directory.find_listings(number))
        endpoints = list(dict.fromkeys(filter(None, listed)))[:MOST_ENDPOINTS]
        return tuple(map(partial(self._ask, stamp_id), endpoints))

    def _ask(self, stamp_id: StampId, endpoint: str) -> Asked:
        place = self._place(stamp_id, endpoint)
        if (kept := self._find_kept(stamp_id, place)) is not None:
            return Asked(endpoint, kept, kept=True)
        guard = Guard(
            allows=_allow_any if self.private else is_public,
            schemes=("https", "http") if self.private else ("https",),
            any_port=True,
            redirects=0,
            seconds=SECONDS,
        )
        headers = {"Accept": RESPONSE_MEDIA_TYPE}
        if key := self.keys.get(endpoint):
            headers["Authorization"] = f"Bearer {key}"
        try:
            address = f"{endpoint}/v1/responses/{stamp_id}"
            data = fetch(address, MAX_RESPONSE_BYTES, guard, headers=headers).data
            response = read_response(data, "from the endpoint")
        except FetchError as error:
            return Asked(endpoint, failure=f"{error}{_advise(error.status, key)}")
        except ResponseError as error:
            return Asked(endpoint, failure=str(error))
        if response.stamp_id != stamp_id:
            return Asked(endpoint, failure="The answer is about another stamp.")
        if response.outcome is Outcome.FOUND:  # what was not found may be recorded by the next time
            _keep(place, data)
        return Asked(endpoint, response)

    def _place(self, stamp_id: StampId, endpoint: str) -> Path | None:
        """Return where the answer of an endpoint is kept: what one says is not another's word."""
        if self.cache is None:
            return None
        of_endpoint = hashlib.sha256(endpoint.encode()).hexdigest()[:_NAME_DIGITS]
        return self.cache / f"{stamp_id}.{of_endpoint}.json"

    def _find_kept(self, stamp_id: StampId, place: Path | None) -> Response | None:
        """Return a kept answer that is young enough; whatever else is there is not used."""
        if place is None:
            return None
        try:
            data = read_named(place, "kept response", MAX_RESPONSE_BYTES, ResponseError)
            response = read_response(data, place.name)
        except (ResponseError, InputError):
            return None
        age = self.clock() - response.as_of
        fits = response.stamp_id == stamp_id and response.outcome is Outcome.FOUND
        return response if fits and -CLOCK_SKEW <= age <= self.max_age else None


def _keep(place: Path | None, data: bytes) -> None:
    """Keep an answer; a folder that can't be written costs a question the next time."""
    if place is None:
        return
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(place, data, overwrite=True, durable=False)
    except (OutputError, OSError):
        return


def _advise(status: int | None, key: str | None) -> str:
    """Say what to do where a service lets nobody ask without a key, or not with this one."""
    if status not in _UNAUTHORISED:
        return ""
    if key is None:
        return (
            " It answers to API keys alone: ask the producer for one, and put it beside the "
            "endpoint into the file that [directory] ask_keys names."
        )
    return (
        " It did not take the API key that the file of [directory] ask_keys holds for it: ask the "
        "producer for another one."
    )


def _allow_any(_: Address) -> bool:
    return True
