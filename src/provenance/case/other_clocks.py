"""Clocks that the machine's own is compared with: time-stamp authorities, and servers of NTP."""

from __future__ import annotations

import secrets
import socket
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509

from provenance import timestamps
from provenance.case.clock import Reference
from provenance.errors import TimestampError
from provenance.language import message
from provenance.text import quote
from provenance.timestamps import TimeStamps

AUTHORITY = message("the time-stamp authority {address}, which signed its time")
NTP_SERVER = message("the NTP server {address}, whose answer anybody on the way can change")

NTP_PORT = 123
TIMEOUT_S = 5.0
"""A server that takes longer says little about the time."""

_REQUEST = 0b00_100_011  # no warning, version 4, mode 3: a client asks
_MODE, _SERVER = 0b111, 4  # bits of the mode, and that of an answer
_PACKET = struct.Struct(">BBbb11I")  # RFC 5905, 7.3; the last two words: when it was sent
_EPOCH = datetime(1900, 1, 1, tzinfo=UTC)
_ERA = timedelta(seconds=2**32)
"""After this NTP counts anew, in 2036; until then no honest answer lies before 2020."""
_EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
_MAX_STRATUM = 15  # above, a server does not know the time itself


def ask_authority(address: str, anchors: Sequence[x509.Certificate]) -> Reference:
    """Return the clock of an authority, which sees a random digest and nothing else."""

    def ask() -> datetime:
        nonce = secrets.token_bytes(32)
        stamp = timestamps.read(timestamps.ask(address, nonce), nonce, anchors)
        if not stamp.trusted:
            raise TimestampError("The time-stamp authority is none of those that are trusted.")
        return stamp.time

    return Reference(AUTHORITY.format(address=quote(address)), ask, timedelta(seconds=1))


def find_authority(
    stamps: TimeStamps | None, anchors: Sequence[x509.Certificate]
) -> Reference | None:
    """Return the clock of the authority that is asked for time stamps anyway, if one is."""
    if stamps is None or stamps.authority is None or stamps.policy == "off":
        return None
    return ask_authority(stamps.authority, anchors)


def ask_ntp(server: str, port: int = NTP_PORT) -> Reference:
    """Return the clock of an NTP server, which sees this machine's address and nothing else."""

    def ask() -> datetime:
        nonce = secrets.randbits(64)
        words = (0,) * 9 + (nonce >> 32, nonce & 0xFFFFFFFF)
        try:
            family, kind, _, _, where = socket.getaddrinfo(server, port, type=socket.SOCK_DGRAM)[0]
            with socket.socket(family, kind) as channel:
                channel.settimeout(TIMEOUT_S)
                channel.connect(where)
                channel.send(_PACKET.pack(_REQUEST, 0, 0, 0, *words))
                answer = channel.recv(_PACKET.size)
        except (OSError, UnicodeError) as error:
            raise TimestampError(f"The NTP server {server} did not answer.") from error
        return _read_answer(answer, nonce)

    return Reference(NTP_SERVER.format(address=quote(server)), ask)


def _read_answer(answer: bytes, nonce: int) -> datetime:
    """Read when a server sent its answer; it repeats what only the asked server knows."""
    if len(answer) < _PACKET.size:
        raise TimestampError("The NTP server's answer is too short.")
    head, stratum, _, _, *words = _PACKET.unpack(answer)
    repeated = words[5] << 32 | words[6]  # the origin's time is what we sent as ours
    if head & _MODE != _SERVER or not 1 <= stratum <= _MAX_STRATUM or repeated != nonce:
        raise TimestampError("The NTP server's answer is not one to this question.")
    time = _EPOCH + timedelta(seconds=words[9] + words[10] / 2**32)
    return time if time >= _EARLIEST else time + _ERA
