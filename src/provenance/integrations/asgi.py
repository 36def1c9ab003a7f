"""A middleware for ASGI that stamps every picture that an application sends.

    app.add_middleware(StampImages, stamper=stamper, model="example-diffusion")  # FastAPI
    app = StampImages(app, stamper=stamper, model="example-diffusion")           # any other

**It fails closed.** A picture that can't be stamped is not sent: the answer is a problem (RFC 9457)
with status 500, or 503 where signer or registry are down or too many pictures wait. That holds for
pictures of other types, parts of pictures, compressed and overlong ones as well. Bodies without a
type, or with a wrong one, are recognised by their first bytes.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from provenance.errors import (
    InputError,
    ProvenanceError,
    RegistryError,
    SigningError,
)
from provenance.imaging import MIME
from provenance.integrations import http_pictures
from provenance.integrations.http_pictures import BODILESS, ENOUGH, Fate, Head, judge
from provenance.integrations.model_stamper import ModelStamper
from provenance.manifest import ModelAction
from provenance.records import StampRecord
from provenance.stamp import Stamper, Threads

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_WAITING = 32
"""Pictures that wait for a thread: as many as take some seconds at 0.2 s each."""

MAX_BYTES = 64 * 2**20
"""Bytes of one picture that are held: a lossless PNG of 16 megapixels."""

_BYPASSES = ("http.response.pathsend", "http.response.zerocopysend", "http.response.trailers")
"""Ways past a middleware, by which servers send files themselves."""

_ASKED_OF_BYTES = frozenset({b"range", b"if-range", b"accept-encoding"})
"""What a client asks of bytes that it will not get: those of the unstamped picture."""


class StampImages:
    """Stamps every picture that an ASGI application sends, or sends none.

    Parameters
    ----------
    app
        The application.
    stamper
        What to stamp with.
    model, model_version
        What makes the pictures. An answer's headers ``Provenance-Model``,
        ``Provenance-Model-Version`` and ``Provenance-Action`` (created, edited, placed) say
        otherwise for one picture; they go no further.
    fresh
        No picture was marked before it comes here, see ``Stamper.stamp``.
    only
        Tells by the scope of a request whether its answer is looked at; all are, without it.
    leave
        Media types that are let through as they are, such as ``image/svg+xml``.
    workers
        Threads that stamp; one per core when not given.
    max_waiting, max_bytes
        Pictures that may wait for a thread, and the length of one.
    """

    def __init__(  # noqa: PLR0913 - settings, each with its name and most with a default
        self,
        app: App,
        *,
        stamper: Stamper,
        model: str,
        model_version: str = "",
        fresh: bool = False,
        only: Callable[[Scope], bool] | None = None,
        leave: Iterable[str] = (),
        workers: int | None = None,
        max_waiting: int = MAX_WAITING,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self.app = app
        self.maker = ModelStamper(stamper, model, model_version, fresh)
        self.only = only
        self.leave = frozenset(leave)
        self.threads = Threads(workers)
        self.max_waiting = max_waiting
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request as the application does, but for its pictures."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, self._end_with(send))
        elif scope["type"] != "http" or (self.only is not None and not self.only(scope)):
            await self.app(scope, receive, send)
        else:
            await self.app(_close_bypasses(scope), receive, _Answer(self, scope, send).take)

    def _end_with(self, send: Send) -> Send:
        """Return a ``send`` that ends the threads when the application says that it has ended."""

        async def end(message: Message) -> None:
            if message["type"].startswith("lifespan.shutdown"):
                await self.threads.aclose()
            await send(message)

        return end

    async def stamp(self, head: Head, data: bytes) -> tuple[bytes, StampRecord]:
        """Stamp an answer's body in a thread.

        Raises
        ------
        ProvenanceError
            It can't be stamped.
        """
        names = http_pictures.MODEL, http_pictures.VERSION, http_pictures.ACTION
        model, version, action = (head.get(name).decode("latin-1") for name in names)
        maker = self.maker.of(model, version).doing(action or ModelAction.CREATED)
        return await self.threads.run(maker.stamp_once, data)


class _Answer:
    """One answer on its way: held back until it is known not to be an unstamped picture."""

    def __init__(self, stamping: StampImages, scope: Scope, send: Send) -> None:
        self._stamping = stamping
        self._asks_for_head = scope["method"] == "HEAD"
        self._send = send
        self._head: Head | None = None
        self._body = bytearray()
        self._fate: Fate | None = None

    async def take(self, message: Message) -> None:
        """Take what the application sends."""
        kind = message["type"]
        if self._fate is Fate.PASS:
            await self._send(message)
        elif self._fate is Fate.REFUSE:
            pass  # the answer is given
        elif kind == "http.response.start":
            await self._begin(message)
        elif kind == "http.response.body":
            await self._add(message.get("body", b""), more=message.get("more_body", False))
        elif kind != "http.response.debug":
            await self._refuse(f"the application answered by {kind}")

    async def _begin(self, message: Message) -> None:
        self._head = head = Head(message["status"], [tuple(each) for each in message["headers"]])
        if head.status in BODILESS or head.flows:
            await self._pass_on(head.headers)
        elif self._asks_for_head:
            stated = head.states_picture and head.media_type not in self._stamping.leave
            await self._pass_on(http_pictures.restate_bodiless(head) if stated else head.headers)

    async def _add(self, chunk: bytes, *, more: bool) -> None:
        if self._head is None:
            await self._refuse("it has no head")
            return
        self._body += chunk
        if self._fate is None and (len(self._body) >= ENOUGH or not more):
            fate, why = judge(self._head, bytes(self._body[:ENOUGH]), self._stamping.leave)
            if fate is Fate.REFUSE:
                await self._refuse(why)
                return
            if fate is Fate.PASS:
                await self._pass_on(self._head.headers, more=more)
                return
            self._fate = fate
        if len(self._body) > self._stamping.max_bytes:
            await self._refuse(f"it is longer than {self._stamping.max_bytes:,} bytes")
        elif not more and self._fate is Fate.STAMP:
            await self._stamp(self._head)

    async def _pass_on(self, headers: http_pictures.Headers, *, more: bool | None = None) -> None:
        """Send the head, and with ``more`` what there is of the body."""
        self._fate = Fate.PASS
        status = self._head.status if self._head else 500
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        if more is not None:
            body = bytes(self._body)
            await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def _stamp(self, head: Head) -> None:
        if self._stamping.threads.waiting >= self._stamping.max_waiting:
            await self._refuse("too many pictures wait", status=503)
            return
        try:
            data, record = await self._stamping.stamp(head, bytes(self._body))
        except ProvenanceError as error:
            down = isinstance(error, SigningError | RegistryError)
            await self._refuse(str(error), status=503 if down else 500, code=error.code)
            return
        headers = http_pictures.restate(head, len(data), MIME[record.format], record.stamp_id)
        self._fate = Fate.REFUSE  # whatever follows
        await self._send({"type": "http.response.start", "status": head.status, "headers": headers})
        await self._send({"type": "http.response.body", "body": data})

    async def _refuse(self, why: str, *, status: int = 500, code: str = InputError.code) -> None:
        """Answer with a problem instead; strangers are not told of the inside."""
        self._fate = Fate.REFUSE
        self._body.clear()
        logger.error("A picture was not sent, because it could not be stamped: %s", why)
        problem = {
            "type": "about:blank",
            "title": "The picture could not be stamped, so it is not sent",
            "status": status,
            "code": code,
        }
        body = json.dumps(problem).encode()
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
            *([(b"retry-after", b"1")] if status == 503 else []),
        ]
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def _close_bypasses(scope: Scope) -> Scope:
    """Return the scope of a request that is answered with whole bytes, and by messages only."""
    offered = scope.get("extensions") or {}
    extensions = {name: each for name, each in offered.items() if name not in _BYPASSES}
    headers = [pair for pair in scope["headers"] if pair[0].lower() not in _ASKED_OF_BYTES]
    return {**scope, "extensions": extensions, "headers": headers}
