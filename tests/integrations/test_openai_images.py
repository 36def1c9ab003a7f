"""Answers and streams of an image API: what leaves is stamped, or an error."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from provenance.errors import FetchError, InputError, ProvenanceError
from provenance.fetching import Guard
from provenance.integrations.model_stamper import ModelStamper
from provenance.integrations.openai_images import Restamper
from provenance.verify import State, Verifier
from tests.integration.studio import MODEL, Studio


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


@pytest.fixture
def restamper(studio: Studio) -> Restamper:
    return Restamper(ModelStamper(studio.stamper, MODEL, fresh=True))


@contextmanager
def serve(answer: bytes) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        """Gives one file."""

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/picture.png"
        finally:
            server.shutdown()


def test_pictures_in_an_answer_are_stamped_and_all_else_is_kept(
    restamper: Restamper, verifier: Verifier, png: bytes, jpeg: bytes
) -> None:
    data = [{"b64_json": encoded(png), "revised_prompt": "a"}, {"b64_json": encoded(jpeg)}]
    answer = {"created": 1, "data": data, "usage": {"total_tokens": 3}}
    found = restamper.stamp_answer(answer)
    assert (found["created"], found["usage"]) == (1, {"total_tokens": 3})
    assert found["data"][0]["revised_prompt"] == "a"
    for each in found["data"]:
        verdict = verifier.verify(base64.b64decode(each["b64_json"]))
        assert verdict.state is State.ATTRIBUTED


def test_a_picture_behind_an_address_is_fetched_and_handed_out_itself(
    studio: Studio, verifier: Verifier, png: bytes
) -> None:
    here = Guard(allows=lambda address: address.is_loopback, any_port=True)
    restamper = Restamper(ModelStamper(studio.stamper, MODEL, fresh=True), here)
    with serve(png) as address:
        (item,) = restamper.stamp_answer({"data": [{"url": address}]})["data"]
        with pytest.raises(FetchError):
            Restamper(restamper.maker, here, max_bytes=1000).stamp_answer(
                {"data": [{"url": address}]}
            )
    assert "url" not in item
    assert verifier.verify(base64.b64decode(item["b64_json"])).state is State.ATTRIBUTED


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1/a.png", "http://169.254.169.254/latest", "file:///etc/passwd", "ftp://a/b"],
)
def test_addresses_inside_are_not_fetched(restamper: Restamper, address: str) -> None:
    with pytest.raises(FetchError):
        restamper.stamp_answer({"data": [{"url": address}]})


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"data": {"b64_json": "aaaa"}},
        {"data": ["x"]},
        {"data": [{}]},
        {"data": [{"b64_json": None}]},
        {"data": [{"b64_json": "not base64"}]},
        {"data": [{"b64_json": encoded(b"not a picture")}]},
        {"data": [{"b64_json": encoded(b"\x89PNG\r\n\x1a\n")}]},
        [1],
        "words",
        None,
    ],
)
def test_what_is_not_understood_is_not_passed_on(
    restamper: Restamper, studio: Studio, answer: Any
) -> None:
    with pytest.raises(InputError):
        restamper.stamp_answer(answer)
    assert studio.registry.size == 0


def test_a_picture_over_the_limit_is_refused(restamper: Restamper, png: bytes) -> None:
    small = Restamper(restamper.maker, max_bytes=1000)
    with pytest.raises(InputError, match="too long"):
        small.stamp_answer({"data": [{"b64_json": encoded(png)}]})


def stream(*events: object) -> Iterator[str]:
    for event in events:
        yield ": a comment"
        yield f"data: {event if isinstance(event, str) else json.dumps(event)}"
        yield ""


def read(lines: Iterator[str]) -> list[dict[str, Any]]:
    return [json.loads(line.split("data: ", 1)[1]) for line in lines if "[DONE]" not in line]


def test_a_stream_has_its_last_picture_stamped_and_no_previews(
    restamper: Restamper, verifier: Verifier, png: bytes
) -> None:
    kind = "image_generation"
    previews = [{"type": f"{kind}.partial_image", "b64_json": encoded(png)}] * 2
    last = {"type": f"{kind}.completed", "b64_json": encoded(png), "usage": {"a": 1}}
    written = list(restamper.stamp_events(stream(*previews, {"type": "ping"}, last, "[DONE]")))
    assert written[-1] == "data: [DONE]\n\n"
    ping, done = read(iter(written))
    assert ping == {"type": "ping"}
    assert done["usage"] == {"a": 1}
    assert written[1].startswith(f"event: {kind}.completed\ndata: ")
    assert verifier.verify(base64.b64decode(done["b64_json"])).state is State.ATTRIBUTED


@pytest.mark.parametrize(
    "event",
    [
        {"type": "image_generation.completed", "b64_json": encoded(b"no picture")},
        {"type": "new.kind", "output": [{"b64_json": encoded(b"elsewhere")}]},
        "not JSON",
        "[1]",
    ],
)
def test_a_stream_ends_with_an_error_where_a_picture_can_not_be_stamped(
    restamper: Restamper, event: object
) -> None:
    (found,) = read(restamper.stamp_events(stream(event, {"type": "after"})))
    assert found["type"] == "error"
    assert found["error"]["code"].startswith("input")
    assert found["error"]["message"] == "The picture could not be stamped, so it is not sent."


def test_an_error_of_the_upstream_in_a_stream_is_passed_on(restamper: Restamper) -> None:
    said = {"type": "error", "error": {"message": "Blocked by moderation.", "code": "moderation"}}
    assert read(restamper.stamp_events(stream(said))) == [said]


def test_every_refusal_is_ours(restamper: Restamper) -> None:
    with pytest.raises(ProvenanceError):
        restamper.stamp_answer({"data": [{"url": 5}]})
