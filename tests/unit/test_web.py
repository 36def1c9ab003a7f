"""One question to a service: whatever it answers is bounded, and errors show no secret."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from provenance.errors import TimestampError
from provenance.web import WebService, show_address

SERVICE = WebService("The example service", "application/example", 0.5, 1000, TimestampError)

Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            answer(self, query)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/ask?token=secret"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def echo(handler: BaseHTTPRequestHandler, query: bytes) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(query + handler.headers["Content-Type"].encode())


def refuse(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.send_error(503)


def flood(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(bytes(1001))


def drip(handler: BaseHTTPRequestHandler, _query: bytes) -> None:
    """Send a byte now and then: no single wait is long."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(40):
        handler.wfile.write(b"x")
        time.sleep(0.05)


def test_an_answer_comes_as_it_is() -> None:
    with serving(echo) as address:
        assert SERVICE.post(address, b"question ") == b"question application/example"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (refuse, "answered with HTTP status 503."),
        (flood, "answered with over 1000 bytes."),
        (drip, "did not answer in 0.5 seconds."),
    ],
)
def test_anything_else_is_an_error_that_shows_no_query(answer: Answer, says: str) -> None:
    with serving(answer) as address, pytest.raises(TimestampError) as refused:
        SERVICE.post(address, b"question")
    assert str(refused.value) == f"The example service {show_address(address)} {says}"
    assert "secret" not in str(refused.value)


def test_nobody_there() -> None:
    with serving(echo) as address:
        pass
    with pytest.raises(TimestampError, match="did not answer"):
        SERVICE.post(address, b"question")


def test_only_web_addresses() -> None:
    with pytest.raises(TimestampError, match="begins with http or https"):
        SERVICE.post("file:///etc/hostname", b"question")


def test_no_password_is_shown() -> None:
    assert show_address("https://user:pass@host:8/p?q=1#f") == "https://host:8/p"
