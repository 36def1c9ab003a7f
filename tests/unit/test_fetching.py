"""Fetching what a stranger names: only from the public internet, and only so much."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from provenance.errors import FetchError
from provenance.fetching import STRANGERS, Guard, fetch, is_public

LOCAL = Guard(allows=lambda address: address.is_loopback, any_port=True, seconds=5)
Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def serve(answer: Answer) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def reply(
    request: BaseHTTPRequestHandler, data: bytes = b"", status: int = 200, **headers: str
) -> None:
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(data)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.10",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
    ],
)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_what_is_public_is_allowed(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "//example.com/",
        "http://",
        "http://user:word@example.com/",
        "http://example.com:22/",
        "http://example.com:99999/",
        "http://[::1/",
        "https://example.com/" + "x" * 3000,
        "",
    ],
)
def test_a_stranger_can_not_name_it(address: str) -> None:
    with pytest.raises(FetchError):
        fetch(address, 100, STRANGERS)


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever of its addresses would be taken."""
    both = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 80)) for host in ("1.1.1.1", "10.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: both)
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: pytest.fail("connected"))
    with pytest.raises(FetchError, match="public internet"):
        fetch("http://example.com/", 100)


def test_the_address_that_was_checked_is_the_one_that_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name server that gives another address the second time is asked once."""
    asked = []

    def resolve(host: str, port: int, *_: object, **__: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    with serve(lambda request: reply(request, request.headers["Host"].encode())) as place:
        port = place.rpartition(":")[2]
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        found = fetch(f"http://name.example:{port}/", 100, LOCAL)
    assert found.data == f"name.example:{port}".encode()
    assert asked == ["name.example", "127.0.0.1"][: len(asked)]


def test_what_is_there_comes_back() -> None:
    with serve(lambda request: reply(request, b"data", Content_Type="Image/PNG; x=y")) as place:
        found = fetch(f"{place}/a b?c=d e", 4, LOCAL)
    assert (found.data, found.media_type) == (b"data", "image/png")


def test_a_redirect_is_checked_like_the_first_address() -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/ok":
            reply(request, b"there")
        elif request.path == "/first":
            reply(request, status=302, Location="/ok")
        elif request.path == "/loop":
            reply(request, status=302, Location="/loop")
        else:
            reply(request, status=302, Location="http://10.0.0.1/")

    with serve(answer) as place:
        assert fetch(f"{place}/first", 100, LOCAL).data == b"there"
        with pytest.raises(FetchError, match="without end"):
            fetch(f"{place}/loop", 100, LOCAL)
        with pytest.raises(FetchError, match="public internet"):
            fetch(f"{place}/inside", 100, LOCAL)
        with pytest.raises(FetchError, match="302"):
            fetch(f"{place}/first", 100, LOCAL, body=b"question")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda request: reply(request, b"12345"), "over 4 bytes"),
        (lambda request: reply(request, b"x", 404), "404"),
        (lambda request: reply(request, b"x", Content_Encoding="gzip"), "encoding"),
        (lambda request: reply(request, b"12", Content_Length="4"), "does not answer"),
        (lambda request: request.wfile.write(b"nonsense\r\n\r\n"), "does not answer"),
    ],
)
def test_an_answer_that_is_not_one_is_refused(answer: Answer, says: str) -> None:
    with serve(answer) as place, pytest.raises(FetchError, match=says):
        fetch(place, 4, LOCAL)


def test_a_slow_server_gains_no_time() -> None:
    stop = threading.Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        reply(request)
        while not stop.wait(0.05):
            request.wfile.write(b"x")

    guard = Guard(allows=LOCAL.allows, any_port=True, seconds=0.5)
    with serve(drip) as place:
        try:
            with pytest.raises(FetchError, match="does not answer"):
                fetch(place, 10**6, guard)
        finally:
            stop.set()


def test_nobody_there() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(FetchError, match="does not answer"):
            fetch(f"http://127.0.0.1:{port}/", 10, LOCAL)
