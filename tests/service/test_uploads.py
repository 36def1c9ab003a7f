"""Uploads: bounded before they are decoded, and gone when they are answered."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.service.conftest import Pixels, Service, encode, run_service


def test_nothing_of_an_upload_is_on_disk_or_in_logs(
    service: Service, photograph: Pixels, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither while it is worked on nor later: no file may hold 32 bytes in a row of it."""
    data = encode(photograph[32:288, 32:288], "WEBP")
    name = "a-name-that-nobody-else-has.webp"
    spooled = Path(tempfile.gettempdir())
    before = {*spooled.iterdir(), *Path.cwd().iterdir()}
    with service.client("all") as client:
        for route in ("/v1/verify", "/v1/results", "/v1/matches/byContent", "/v1/trace?case=1"):
            assert client.post(route, files={"file": (name, data)}).status_code == 200
            assert client.post(route, content=data).status_code == 200
        assert client.post("/v1/stamp?model=m", files={"file": (name, data)}).status_code == 200
    needles = [data[at : at + 32] for at in range(64, len(data) - 32, 997)]
    made = {*spooled.iterdir(), *Path.cwd().iterdir()} - before
    for path in (*made, *service.folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        assert not any(needle in content for needle in needles), path
        assert name.encode() not in content, path
    out, err = capfd.readouterr()
    assert name not in out + err
    assert not any(needle.hex() in out + err for needle in needles)


def test_no_upload_is_written_to_any_file(
    service: Service, photograph: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forms of a megabyte and more are what frameworks spool to disk."""
    made = []
    monkeypatch.setattr("tempfile.SpooledTemporaryFile", lambda *a, **k: made.append(a))
    monkeypatch.setattr("tempfile.mkstemp", lambda *a, **k: made.append(a))
    data = encode(photograph) + bytes(3 * 2**20)
    with service.client() as client:
        answer = client.post("/v1/verify", files={"file": ("large.png", data)})
    assert answer.status_code == 200, answer.text
    assert made == []


SMALL = """
[service]
max_mib = 1
waiting = 1

[isolation]
workers = 1
"""


@pytest.fixture(scope="module")
def narrow(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = shutil.copytree(blank, tmp_path_factory.mktemp("narrow") / "project")
    with run_service(folder, SMALL) as address:
        yield address


def test_a_large_upload_is_refused_by_its_length(narrow: str) -> None:
    """Before anything of it comes: the body is never sent here."""
    host, port = narrow.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 30) as connection:
        connection.sendall(
            b"POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n"
        )
        assert b" 413 " in connection.recv(4096).splitlines()[0]


@pytest.mark.parametrize("form", [True, False])
def test_a_large_upload_is_refused_while_it_comes(narrow: str, form: bool) -> None:
    def chunks() -> Iterator[bytes]:
        if form:
            yield b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
        for _ in range(40):
            yield bytes(2**16)

    headers = {"Content-Type": "multipart/form-data; boundary=x"} if form else {}
    answer = httpx.post(f"{narrow}/v1/verify", content=chunks(), headers=headers, timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (413, "input.too_large")


def make_form(*parts: tuple[str, bytes], end: bool = True) -> bytes:
    head = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    return b"".join(head % (name.encode(), data) for name, data in parts) + b"--x--\r\n" * end


@pytest.mark.parametrize(
    "body",
    [
        b"not a form",
        make_form(),
        make_form(("other", b"x")),
        make_form(("file", b"x"), ("file", b"y")),
        make_form(("file", b"x"), end=False),
        make_form(*((f"field{n}", b"x") for n in range(50))),
        make_form(("file", b"")),
    ],
)
def test_a_malformed_form_is_refused(narrow: str, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = httpx.post(f"{narrow}/v1/verify", content=body, headers=headers, timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (400, "service.request")


def test_more_uploads_than_there_is_room_for_are_refused(narrow: str, png: bytes) -> None:
    host, port = narrow.removeprefix("http://").split(":")
    head = b"POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(png)
    with socket.create_connection((host, int(port)), 60) as connection:
        connection.sendall(head + png[:100])
        with httpx.Client(base_url=narrow, timeout=60) as client:
            while client.post("/v1/verify", content=png).status_code == 200:
                pass  # until the one that does not go on is being read
            refused = client.post("/v1/verify", content=png)
            assert (refused.status_code, refused.json()["code"]) == (503, "service.busy")
            assert "retry-after" in refused.headers
            assert client.get("/readyz").status_code == 200
        connection.sendall(png[100:])
        assert b" 200 " in connection.recv(4096).splitlines()[0]
    assert httpx.post(f"{narrow}/v1/verify", content=png, timeout=60).status_code == 200
