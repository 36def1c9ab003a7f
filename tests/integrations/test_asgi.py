"""An unstamped picture never leaves an application that stands behind the middleware."""

from __future__ import annotations

import asyncio
import gzip
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse

from provenance.errors import SignerUnavailableError
from provenance.integrations.asgi import StampImages
from provenance.signers import CallbackSigner
from provenance.stamp import Stamper
from provenance.verify import State, Verifier
from tests.integration.studio import MODEL, VERSION, A, Studio, open_studio

Answer = Callable[[], Response]

PROBLEM = "application/problem+json"


def ask(
    stamper: Stamper, answer: Answer, method: str = "GET", path: str = "/", **options: Any
) -> httpx.Response:
    """Ask an application with one answer, as a client would."""
    app = FastAPI()
    app.add_middleware(
        StampImages, stamper=stamper, model=MODEL, model_version=VERSION, workers=1, **options
    )
    app.api_route("/{path:path}", methods=["GET", "HEAD", "POST"], response_model=None)(answer)
    headers = {"Range": "bytes=0-99", "Accept-Encoding": "gzip"}

    async def main() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(main())


def chunks(data: bytes, size: int = 1000) -> Iterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


def sent_as(name: str, data: bytes, folder: Path) -> Response:
    """Send the same picture in each way in which frameworks send one."""
    if name == "file":
        (folder / "picture.png").write_bytes(data)
        return FileResponse(folder / "picture.png")
    if name == "stream":
        return StreamingResponse(chunks(data), media_type="image/png")
    types = {"typed": "image/png", "untyped": None, "text": "text/html", "data": "application/x"}
    return Response(data, media_type=types[name], headers={"ETag": '"1"', "Content-MD5": "x"})


@pytest.mark.parametrize("way", ["file", "stream", "typed", "untyped", "text", "data"])
def test_a_picture_is_stamped_however_it_is_sent(
    studio: Studio, verifier: Verifier, png: bytes, tmp_path: Path, way: str
) -> None:
    found = ask(studio.stamper, lambda: sent_as(way, png, tmp_path), fresh=True)
    assert found.status_code == 200
    assert found.headers["content-type"] == "image/png"
    assert found.headers["content-length"] == str(len(found.content))
    assert found.headers["accept-ranges"] == "none"
    assert found.headers["cache-control"] == "no-transform"
    assert {"etag", "content-md5"}.isdisjoint(found.headers)
    verdict = verifier.verify(found.content)
    assert verdict.state is State.ATTRIBUTED
    assert verdict.origin is not None
    assert verdict.origin.stamp_id == found.headers["provenance-stamp-id"]
    assert (verdict.origin.model, verdict.origin.model_version) == (MODEL, VERSION)


def test_the_application_may_say_what_made_one_picture(
    studio: Studio, verifier: Verifier, jpeg: bytes
) -> None:
    said = {"Provenance-Model": "other", "Provenance-Action": "edited", "Cache-Control": "private"}
    found = ask(studio.stamper, lambda: Response(jpeg, headers=said, media_type="image/jpeg"))
    assert found.headers["cache-control"] == "private, no-transform"
    assert {"provenance-model", "provenance-action"}.isdisjoint(found.headers)
    origin = verifier.verify(found.content).origin
    assert origin is not None
    assert (origin.model, origin.model_version) == ("other", None)
    assert str(origin.source_type).endswith("compositeWithTrainedAlgorithmicMedia")


def test_what_is_stamped_already_stays_as_it_is(studio: Studio, png: bytes) -> None:
    stamped = studio.stamper.stamp(png, model="m", fresh=True)
    found = ask(studio.stamper, lambda: Response(stamped.data, media_type="image/png"))
    assert found.content == stamped.data
    assert found.headers["provenance-stamp-id"] == stamped.record.stamp_id
    assert studio.registry.size == 1


def test_a_manifest_that_somebody_else_made_in_our_name_does_not_pass(
    studio: Studio, png: bytes, tmp_path: Path
) -> None:
    (tmp_path / "forger").mkdir()
    forged = open_studio(tmp_path / "forger", A).stamper.stamp(png, model="m", fresh=True).data
    found = ask(studio.stamper, lambda: Response(forged, media_type="image/png"))
    assert found.content != forged
    assert found.status_code == 500


def other_picture(kind: str, side: int = 256) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (side, side), "red").save(file, kind)
    return file.getvalue()


REFUSED: dict[str, Callable[[bytes], Response]] = {
    "a part": lambda png: Response(png[:200], 206, media_type="image/png"),
    "a part by its range": lambda png: Response(
        png, headers={"content-range": "bytes 0-1/2"}, media_type="image/png"
    ),
    "compressed": lambda png: Response(
        gzip.compress(png), headers={"content-encoding": "gzip"}, media_type="image/png"
    ),
    "JPEG 2000": lambda _: Response(other_picture("JPEG2000"), media_type="image/jp2"),
    "JPEG 2000 without a type": lambda _: Response(other_picture("JPEG2000")),
    "BMP": lambda _: Response(other_picture("BMP"), media_type="image/bmp"),
    "SVG": lambda _: Response(b"<svg/>", media_type="image/svg+xml"),
    "a row of pictures": lambda _: Response(b"--x", media_type="multipart/x-mixed-replace"),
    "nothing": lambda _: Response(b"", media_type="image/png"),
    "cut off": lambda png: Response(png[:5000], media_type="image/png"),
    "small": lambda _: Response(other_picture("PNG", 40), media_type="image/png"),
    "an action that is unknown": lambda png: Response(
        png, headers={"provenance-action": "found"}, media_type="image/png"
    ),
    "too long": lambda png: StreamingResponse(chunks(png * 4), media_type="image/png"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_can_not_be_stamped_is_not_sent(studio: Studio, png: bytes, what: str) -> None:
    found = ask(studio.stamper, lambda: REFUSED[what](png), fresh=True, max_bytes=2 * len(png))
    assert found.status_code == 500
    assert found.headers["content-type"] == PROBLEM
    assert found.json()["status"] == 500
    assert studio.registry.size == 0


def test_an_error_of_the_application_with_a_picture_is_stamped(studio: Studio, png: bytes) -> None:
    found = ask(studio.stamper, lambda: Response(png, 404, media_type="image/png"), fresh=True)
    assert found.status_code == 404
    assert found.headers["provenance-stamp-id"]


def test_a_signer_that_is_down_is_503_and_tells_no_secrets(
    studio: Studio, png: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: bytes) -> bytes:
        raise SignerUnavailableError("The token in slot 7 does not answer.")

    signer = CallbackSigner(fail, studio.signer.certificate_chain)
    stamper = Stamper(producer=A, signer=signer, registry=studio.registry)
    found = ask(stamper, lambda: Response(png, media_type="image/png"), fresh=True)
    assert found.status_code == 503
    assert found.headers["retry-after"]
    assert "slot 7" not in found.text
    assert "slot 7" in caplog.text


def test_more_than_may_wait_are_refused(studio: Studio, png: bytes) -> None:
    found = ask(studio.stamper, lambda: Response(png, media_type="image/png"), max_waiting=0)
    assert found.status_code == 503


def test_other_answers_pass(studio: Studio) -> None:
    found = ask(studio.stamper, lambda: JSONResponse({"a": 1}, headers={"ETag": '"1"'}))
    assert found.json() == {"a": 1}
    assert found.headers["etag"] == '"1"'
    empty = ask(studio.stamper, lambda: Response(status_code=304, headers={"ETag": '"1"'}))
    assert (empty.status_code, empty.headers["etag"]) == (304, '"1"')
    let = ask(
        studio.stamper,
        lambda: Response(b"<svg/>", media_type="image/svg+xml"),
        leave=["image/svg+xml"],
    )
    assert let.content == b"<svg/>"
    aside = ask(
        studio.stamper,
        lambda: Response(other_picture("GIF"), media_type="image/gif"),
        only=lambda scope: scope["path"].startswith("/pictures"),
    )
    assert aside.headers["content-type"] == "image/gif"


def test_head_tells_nothing_of_the_bytes_that_are_not_sent(studio: Studio, png: bytes) -> None:
    found = ask(studio.stamper, lambda: Response(png, media_type="image/png"), "HEAD")
    assert found.status_code == 200
    assert found.headers["content-type"] == "image/png"
    assert "content-length" not in found.headers


def test_events_are_not_held_back(studio: Studio) -> None:
    """The head of a stream of events goes out before the first event."""
    sent: list[str] = []
    order: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        head = {"headers": [(b"content-type", b"text/event-stream; charset=utf-8")]}
        await send({"type": "http.response.start", "status": 200, **head})
        order.extend(sent)
        await send({"type": "http.response.body", "body": b"data: 1\n\n"})

    async def send(message: Any) -> None:
        sent.append(message["type"])

    middleware = StampImages(app, stamper=studio.stamper, model="m", workers=1)
    scope = {"type": "http", "method": "GET", "headers": []}
    asyncio.run(middleware(scope, lambda: None, send))  # type: ignore[arg-type, return-value]
    assert order == ["http.response.start"]


def test_servers_are_not_asked_to_send_files_themselves(studio: Studio, tmp_path: Path) -> None:
    """Such files would never pass through; a program that sends one all the same is refused."""
    sent: list[dict[str, Any]] = []
    offered: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        offered.extend(scope["extensions"])
        head = {"headers": [(b"content-type", b"image/png")]}
        await send({"type": "http.response.start", "status": 200, **head})
        await send({"type": "http.response.pathsend", "path": str(tmp_path)})

    async def send(message: Any) -> None:
        sent.append(message)

    middleware = StampImages(app, stamper=studio.stamper, model="m", workers=1)
    extensions: dict[str, Any] = {"http.response.pathsend": {}, "tls": {}}
    scope = {"type": "http", "method": "GET", "headers": [], "extensions": extensions}
    asyncio.run(middleware(scope, lambda: None, send))  # type: ignore[arg-type, return-value]
    assert offered == ["tls"]
    assert [each["type"] for each in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 500
