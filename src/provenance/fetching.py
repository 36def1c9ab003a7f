"""Fetch an address that a stranger may have chosen, without reaching where strangers must not.

A name is resolved once, every address that it has must be public, and the connection goes to the
address that was checked. Each redirect is checked as the first address was. There is no proxy, no
cookie and no password, and both size and time are bounded.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from provenance.errors import FetchError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_REDIRECTS: Final = 3
"""Sites send from the bare name to www and from there to the file; more is a loop or a game."""

TIMEOUT_S: Final = 20.0
"""For everything together, names and redirects included."""

PORTS: Final = {"https": 443, "http": 80}
"""The schemes that are fetched, and the only port of each that strangers may name."""

_CHUNK: Final = 2**16
_MAX_ADDRESS: Final = 2_048  # characters, as browsers take them
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_DONE: Final = 200


def is_public(address: Address) -> bool:
    """Tell whether an address is on the public internet, also where it wraps another one."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


@dataclass(frozen=True)
class Guard:
    """Where a fetch may go; the default is what a stranger may name."""

    allows: Callable[[Address], bool] = is_public
    schemes: tuple[str, ...] = ("https", "http")
    any_port: bool = False
    redirects: int = MAX_REDIRECTS
    seconds: float = TIMEOUT_S


STRANGERS: Final = Guard()
"""Public addresses by their usual ports."""


@dataclass(frozen=True)
class Fetched:
    """What came back with status 200."""

    data: bytes = field(repr=False)
    media_type: str


def fetch(
    address: str,
    max_bytes: int,
    guard: Guard = STRANGERS,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Fetched:
    """Fetch an address; with a ``body`` it is a POST, which is not redirected.

    Raises
    ------
    FetchError
        The address is malformed or may not be reached, nobody answers there in time, or the answer
        tells of a failure or is over ``max_bytes``.
    """
    deadline = time.monotonic() + guard.seconds
    for _ in range(1 + (guard.redirects if body is None else 0)):
        target = _Target.read(address, guard)
        try:
            found = _exchange(target, guard, deadline, max_bytes, body, headers or {})
        except (OSError, http.client.HTTPException) as error:
            raise FetchError(f"{target.place} does not answer; try again later.") from error
        if isinstance(found, Fetched):
            return found
        address = urljoin(address, found)
        if target.scheme == "https" and not address.startswith("https:"):
            raise FetchError(f"{target.place} leads to an address without encryption.")
    raise FetchError("The address leads from one to another without end; name the last one.")


@dataclass(frozen=True)
class _Target:
    """An address that was taken apart."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def place(self) -> str:
        """Name the server, without the path, which may be a secret."""
        return f"{self.scheme}://{self.host}"

    @classmethod
    def read(cls, address: str, guard: Guard) -> _Target:
        try:
            parts = urlsplit(address)
            port = parts.port or PORTS.get(parts.scheme, 0)
        except ValueError as error:
            raise FetchError("The address is malformed.") from error
        if len(address) > _MAX_ADDRESS or parts.scheme not in guard.schemes or not parts.hostname:
            raise FetchError(f"The address must begin with {guard.schemes[0]}:// and a name.")
        if parts.username or parts.password:
            raise FetchError("The address must hold no user and no password.")
        if not guard.any_port and port != PORTS[parts.scheme]:
            raise FetchError("The address must name no port of its own.")
        try:
            host = parts.hostname.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise FetchError("The address has a malformed name.") from error
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
        return cls(parts.scheme, host, port, f"{path}?{query}" if query else path)


def _resolve(target: _Target, guard: Guard) -> Address:
    """Resolve the name, and return one address; a name with any forbidden one is refused."""
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(each[4][0]) for each in found]
    if not addresses or not all(map(guard.allows, addresses)):
        raise FetchError(f"{target.place} is not on the public internet, so it is not fetched.")
    return addresses[0]


def _connect(target: _Target, guard: Guard, deadline: float) -> http.client.HTTPConnection:
    """Connect to the very address that was checked."""
    chosen = _resolve(target, guard)
    plain = socket.create_connection((str(chosen), target.port), _left(deadline))
    try:
        if target.scheme == "https":
            context = ssl.create_default_context()
            plain = context.wrap_socket(plain, server_hostname=target.host)
    except BaseException:
        plain.close()
        raise
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = plain
    return connection


def _exchange(
    target: _Target,
    guard: Guard,
    deadline: float,
    max_bytes: int,
    body: bytes | None,
    headers: Mapping[str, str],
) -> Fetched | str:
    """Ask once; return what came, or where it is said to be."""
    connection = _connect(target, guard, deadline)
    with _watch(connection.sock, deadline), closing(connection):
        method = "GET" if body is None else "POST"
        sent = {"User-Agent": "provenance", "Accept-Encoding": "identity", **headers}
        connection.request(method, target.path, body, sent)
        with connection.getresponse() as answer:
            location = answer.getheader("Location")
            if answer.status in _REDIRECTS and location and body is None:
                return location
            if answer.status != _DONE:
                refusal = FetchError(f"{target.place} answered with HTTP status {answer.status}.")
                refusal.status = answer.status
                raise refusal
            if answer.getheader("Content-Encoding", "identity").lower() != "identity":
                raise FetchError(f"{target.place} answered in an encoding that was not asked for.")
            data = _read(answer, target, max_bytes)
            kind = answer.getheader("Content-Type", "").partition(";")[0].strip().lower()
    _left(deadline)  # an answer that was cut off there is not a whole one
    return Fetched(data, kind)


def _read(answer: http.client.HTTPResponse, target: _Target, max_bytes: int) -> bytes:
    """Read the answer up to a bound."""
    length = answer.getheader("Content-Length")
    data = bytearray()
    while chunk := answer.read1(_CHUNK):
        data += chunk
        if len(data) > max_bytes:
            raise FetchError(f"{target.place} sent over {max_bytes:,} bytes, which is the limit.")
    if length is not None and length.isdecimal() and len(data) < int(length):
        raise http.client.IncompleteRead(bytes(data))
    return bytes(data)


@contextmanager
def _watch(connected: socket.socket, deadline: float) -> Iterator[None]:
    """Cut a connection off when its time is up: a server that sends a byte now and then gains none.

    The library's own limit is for each byte.
    """

    def cut_off() -> None:
        with suppress(OSError):  # it may be closed meanwhile
            socket.socket.shutdown(connected, socket.SHUT_RDWR)  # also under TLS, which it ends

    timer = threading.Timer(max(deadline - time.monotonic(), 0), cut_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
