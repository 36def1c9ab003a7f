"""Whom an asker asks, with which key, and whose kept answer counts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from provenance.config.ask_keys import read_ask_keys
from provenance.directory import Directory, Edition, Standing
from provenance.errors import ConfigError
from provenance.response import Asker, Outcome, write_response
from tests.unit.response.site import open_site


@dataclass
class Endpoint:
    """A service that gives one answer, and what it was sent."""

    address: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)


@contextmanager
def answer_with(data: bytes) -> Iterator[Endpoint]:
    endpoint = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            endpoint.asked.append((self.path, self.headers.get("Authorization")))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        endpoint.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield endpoint
        finally:
            server.shutdown()
            thread.join()


def test_each_endpoint_gives_its_own_answer_and_gets_its_own_key(tmp_path: Path) -> None:
    """A kept answer that proves nothing must not stand in for that of the next endpoint."""
    site = open_site(tmp_path)
    data = write_response(site.answers().answer_order(site.known, None, None), site.responder)
    with site.registry, answer_with(data) as first, answer_with(data) as second:
        entries = [
            replace(site.entry, name=name, endpoint=each.address)
            for name, each in (("A", first), ("B", second))
        ]
        listed = Directory(editions=[Edition((each,), Standing.SELF) for each in entries])
        keys = {second.address: "a-key"}
        asker = Asker(listed, tmp_path / "answers", private=True, keys=keys)
        assert [each.kept for each in asker.ask(site.known)] == [False, False]
        (tmp_path / "answers").joinpath("other").write_text("x")
        (kept, *_) = sorted((tmp_path / "answers").glob(f"{site.known}.*.json"))
        kept.unlink()
        assert sorted(each.kept for each in asker.ask(site.known)) == [False, True]
    asked = [*first.asked, *second.asked]
    assert {path for path, _ in asked} == {f"/v1/responses/{site.known}"}
    assert {key for _, key in first.asked} == {None}
    assert {key for _, key in second.asked} == {"Bearer a-key"}
    assert "a-key" not in repr(asker)


def test_only_what_was_found_is_kept(tmp_path: Path) -> None:
    """A stamp may be recorded a moment after somebody asked for it."""
    site = open_site(tmp_path)
    data = write_response(site.answers().answer_order(site.unknown, None, None), site.responder)
    with site.registry, answer_with(data) as endpoint:
        listed = Directory([replace(site.entry, endpoint=endpoint.address)])
        asker = Asker(listed, tmp_path / "answers", private=True)
        for _ in range(2):
            (asked,) = asker.ask(site.unknown)
            assert asked.response is not None
            assert asked.response.outcome is Outcome.NONE
            assert not asked.kept
    assert len(endpoint.asked) == 2


def test_an_answer_from_the_future_is_not_kept_to(tmp_path: Path) -> None:
    site = open_site(tmp_path)
    ahead = replace(site.answers(), clock=lambda: datetime.now(UTC) + timedelta(days=300))
    data = write_response(ahead.answer_order(site.known, None, None), site.responder)
    with site.registry, answer_with(data) as endpoint:
        listed = Directory([replace(site.entry, endpoint=endpoint.address)])
        asker = Asker(listed, tmp_path / "answers", private=True)
        assert [asker.ask(site.known)[0].kept for _ in range(2)] == [False, False]


def test_keys_are_read_from_one_json_object(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text('{"https://a.example": "pvk_1", "https://b.example/x": "t.o.k"}')
    assert read_ask_keys(file) == {"https://a.example": "pvk_1", "https://b.example/x": "t.o.k"}


@pytest.mark.parametrize(
    "text", ["", "[]", '{"https://a.example": 1}', '{"https://a.example": "se cret"}', '{"a": ""}']
)
def test_other_files_of_keys_are_refused_without_being_quoted(tmp_path: Path, text: str) -> None:
    file = tmp_path / "keys.json"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_ask_keys(file)
    assert "cret" not in str(caught.value)
