"""A client for static files, for one server and within limits: no redirects, no cookies, no proxy.

Nothing it brings is believed: the reader checks all of it against a signed checkpoint.
"""

from __future__ import annotations

import http.client
import socket
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, NoReturn
from urllib.parse import quote, urlsplit

from provenance.errors import ConfigError, RegistryUnavailableError

TIMEOUT_S: Final = 20.0
"""For one answer of the network; servers of static files answer within a second."""

MAX_SECONDS: Final = 300.0
"""For one file, headers included, so that a server can't hold a reader by sending a byte now and
then."""

TRIES: Final = 2
"""Servers close connections that were idle; one more try opens a new one."""

_CHUNK = 2**16
_DONE = 200
_MISSING = (404, 410)


class Address:
    """An ``http`` or ``https`` address under which a log is published.

    Raises
    ------
    ConfigError
        It is malformed, or holds a password, a query or a fragment.
    """

    def __init__(self, address: str) -> None:
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError as error:
            raise ConfigError("The source's address is malformed.") from error
        if not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
            raise ConfigError(
                "The source's address must have a host, and no user, password, query or fragment."
            )
        self.place = f"{parts.scheme}://{parts.netloc}{parts.path}"
        self._host, self._port, self._secure = parts.hostname, port, parts.scheme == "https"
        self._path = parts.path.rstrip("/")
        self._connection: http.client.HTTPConnection | None = None

    def read(self, name: str, max_bytes: int) -> bytes | None:
        """Give one file; see ``Source.read``."""
        for left in reversed(range(TRIES)):
            try:
                return self._get(name, max_bytes)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if left == 0:
                    raise RegistryUnavailableError(
                        f"{self.place} does not answer; try again later."
                    ) from error
        raise AssertionError

    def close(self) -> None:
        """Close the connection; the next read opens one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _get(self, name: str, max_bytes: int) -> bytes | None:
        if self._connection is None:
            kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            self._connection = kind(self._host, self._port, timeout=TIMEOUT_S)
        self._connection.request(
            "GET",
            quote(f"{self._path}/{name}"),
            headers={"Accept-Encoding": "gzip, identity", "User-Agent": "provenance"},
        )
        with _watch(self._connection.sock) as late:
            try:
                with self._connection.getresponse() as answer:
                    data = self._read_body(answer, name, max_bytes)
            finally:
                if late.is_set():
                    self._refuse_slow(name)
        if answer.status in _MISSING:
            return None
        if answer.status != _DONE:
            raise RegistryUnavailableError(
                f"{self.place} answered with HTTP status {answer.status} for {name}; redirects are "
                "not followed: name the address itself."
            )
        encoding = answer.getheader("Content-Encoding", "identity").lower()
        if encoding == "gzip":
            return self._decompress(data, name, max_bytes)
        if encoding != "identity":
            raise RegistryUnavailableError(f"{self.place} sent {name} in an unknown encoding.")
        return data

    def _read_body(self, answer: http.client.HTTPResponse, name: str, max_bytes: int) -> bytes:
        data = bytearray()
        while chunk := answer.read1(_CHUNK):
            data += chunk
            if len(data) > max_bytes:
                self._refuse_large(name, max_bytes)
        length = answer.getheader("Content-Length")
        if length is not None and length.isdigit() and len(data) < int(length):
            raise http.client.IncompleteRead(bytes(data))
        return bytes(data)

    def _decompress(self, data: bytes, name: str, max_bytes: int) -> bytes:
        gzip = zlib.decompressobj(wbits=31)
        try:
            plain = gzip.decompress(data, max_bytes + 1)
        except zlib.error as error:
            raise RegistryUnavailableError(f"{self.place} sent {name} damaged.") from error
        if len(plain) > max_bytes:
            self._refuse_large(name, max_bytes)
        if not gzip.eof:
            raise RegistryUnavailableError(f"{self.place} sent {name} cut short.")
        return plain

    def _refuse_slow(self, name: str) -> NoReturn:
        self.close()
        raise RegistryUnavailableError(f"{self.place} is too slow: {name} was given up.")

    def _refuse_large(self, name: str, max_bytes: int) -> NoReturn:
        self.close()
        raise RegistryUnavailableError(
            f"{self.place} sent over {max_bytes:,} bytes for {name}, more than a log has there."
        )


@contextmanager
def _watch(connected: socket.socket) -> Iterator[threading.Event]:
    """Cut a connection off when its time is up; the event says so.

    The library's own limit is for each byte.
    """
    late = threading.Event()

    def cut_off() -> None:
        late.set()
        with suppress(OSError):  # it may be closed meanwhile
            socket.socket.shutdown(connected, socket.SHUT_RDWR)  # also under TLS, which it ends

    timer = threading.Timer(MAX_SECONDS, cut_off)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
