"""A producer's service that lets nobody ask without a key: the answer says where keys go."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from provenance.directory import CertificateBinding, Directory, DirectoryProducer
from provenance.response import Asker
from provenance.stamp_id import Payload, StampId

NUMBER = 600_000
STAMP = StampId.from_payload(Payload(NUMBER, 1, 5, 5).pack())


@contextmanager
def refusing(status: int) -> Iterator[str]:
    """A service that answers every question with one status."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(status)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's)
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ask(status: int, key: str | None) -> str:
    with refusing(status) as endpoint:
        entry = DirectoryProducer(
            number=NUMBER,
            name="Ada",
            contact="abuse@example.com",
            binding=CertificateBinding("0" * 64),
            valid_from=datetime(2024, 1, 1, tzinfo=UTC),
            endpoint=endpoint,
        )
        keys = {endpoint: key} if key else {}
        (asked,) = Asker(Directory([entry]), private=True, keys=keys).ask(STAMP)
    assert asked.response is None
    return asked.failure


@pytest.mark.parametrize("status", [401, 403])
def test_the_config_that_names_keys_is_named(status: int) -> None:
    said = ask(status, None)
    assert f"HTTP status {status}" in said
    assert "into the file that [directory] ask_keys names" in said


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_was_not_taken_is_said_without_the_key(status: int) -> None:
    said = ask(status, "pv_secret")
    assert "did not take the API key that the file of [directory] ask_keys holds for it" in said
    assert "pv_secret" not in said


def test_another_answer_says_nothing_of_keys() -> None:
    assert "ask_keys" not in ask(503, None)
