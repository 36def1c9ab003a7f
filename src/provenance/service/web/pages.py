"""Routes of the public page: the form, its answer, and feedback."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Protocol

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from provenance.canonical import is_sha256, to_utc_text
from provenance.errors import FetchError, OutputNotWritableError, ProvenanceError
from provenance.fetching import fetch
from provenance.files import encode_line
from provenance.language import ENGLISH, NAMES, open_language
from provenance.service.access.scopes import Scope
from provenance.service.pages.texts import OPINIONS
from provenance.service.pages.writing import Writer
from provenance.service.refusals import MalformedRequestError, NotOfferedError
from provenance.service.web.offline import ADDRESS
from provenance.service.web.problems import find_status
from provenance.service.web.site import Site
from provenance.service.web.uploads import read_form
from provenance.text import clean

if TYPE_CHECKING:
    from pathlib import Path

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing is loaded from elsewhere, and no page may frame this one."""

MAX_FEEDBACK = 2_000  # characters
MAX_FEEDBACK_FILE = 64 * 2**20
"""Bytes: a hundred thousand notes; whoever fills it stops the form and nothing else."""

_HEADERS = {"Content-Security-Policy": POLICY, "X-Frame-Options": "DENY"}


def add_routes(router: APIRouter, site: Site, *, offline: bool) -> None:
    """Add the page, where everybody may verify; ``offline`` says whether there is the other one."""
    section = site.section

    def open_writer(request: Request, chosen: str | None = None) -> Writer:
        code = chosen if chosen in NAMES else choose_language(request)
        feedback = section.feedback is not None
        return Writer(
            open_language(code),
            addresses=section.fetch_addresses,
            feedback=feedback,
            offline=ADDRESS if offline else None,
        )

    @router.get("/", include_in_schema=False)
    async def show_start(request: Request) -> Response:
        writer = open_writer(request, request.query_params.get("lang"))
        return _answer(writer.write_start())

    @router.post("/check", include_in_schema=False)
    async def check(request: Request) -> Response:
        writer = open_writer(request)
        try:
            site.admit(request, Scope.VERIFY)
            async with site.room():
                form = await read_form(request, site.max_bytes)
                writer = open_writer(request, form.fields.get("lang"))
                data = form.picture or await _fetch(site, form.fields.get("address", ""))
                verdict, result = await site.work(site.engine.verify_and_write, data)
        except ProvenanceError as error:
            return _answer(writer.write_failure(error), find_status(error))
        return _answer(writer.write_verdict(verdict, result, signed=site.engine.signs_results))

    @router.get("/look.css", include_in_schema=False)
    async def show_look() -> Response:
        return _read_asset("look.css", "text/css")

    @router.get("/page.js", include_in_schema=False)
    async def show_script() -> Response:
        return _read_asset("page.js", "text/javascript")

    if section.feedback is not None:
        _add_feedback(router, site, section.feedback, open_writer)


class OpenWriter(Protocol):
    """Opens the writer of a language: the one that is named, or the browser's."""

    def __call__(self, request: Request, chosen: str | None = None) -> Writer:
        """Open it."""


def _add_feedback(router: APIRouter, site: Site, path: Path, open_writer: OpenWriter) -> None:
    lock = threading.Lock()

    def keep(line: str) -> None:
        with lock:
            try:
                if path.exists() and path.stat().st_size > MAX_FEEDBACK_FILE:
                    raise OutputNotWritableError("There is no room for more feedback.")
                with path.open("a", encoding="utf-8") as file:
                    file.write(line + "\n")
            except OSError as error:
                raise OutputNotWritableError("The feedback can't be kept.") from error

    @router.post("/feedback", include_in_schema=False)
    async def take_feedback(request: Request) -> Response:
        writer = open_writer(request)
        try:
            site.admit(request, Scope.VERIFY)
            fields = (await read_form(request, 0)).fields
            writer = open_writer(request, fields.get("lang"))
            opinion, sha256 = fields.get("opinion", ""), fields.get("sha256", "")
            if opinion not in OPINIONS or not is_sha256(sha256):
                raise MalformedRequestError("The feedback is malformed.")
            line = {
                "time": to_utc_text(datetime.now(UTC)),
                "sha256": sha256,
                "opinion": opinion,
                "text": clean(fields.get("text", ""), MAX_FEEDBACK),
            }
            await site.look_up(keep, encode_line(line))
        except ProvenanceError as error:
            return _answer(writer.write_failure(error), find_status(error))
        return _answer(writer.write_thanks())


async def _fetch(site: Site, address: str) -> bytes:
    if not address.strip():
        raise MalformedRequestError("There is no picture: choose one.")
    if not site.section.fetch_addresses:
        raise NotOfferedError("This service fetches nothing: download the picture and choose it.")
    fetched = await site.work(fetch, address.strip(), site.max_bytes)
    if not fetched.data:
        raise FetchError("There is nothing at this address.")
    return fetched.data


def choose_language(request: Request) -> str:
    """Return the first language of the browser's that there is."""
    for part in request.headers.get("accept-language", "").split(",")[:20]:
        code = part.partition(";")[0].strip().lower().partition("-")[0]
        if code in NAMES:
            return code
    return ENGLISH.code


def _answer(page: str, status: int = 200) -> Response:
    return Response(page, status, _HEADERS, "text/html")


def _read_asset(name: str, media_type: str) -> Response:
    data = files("provenance.service.pages").joinpath(name).read_bytes()
    return Response(data, 200, {"Cache-Control": "max-age=3600"}, media_type)
