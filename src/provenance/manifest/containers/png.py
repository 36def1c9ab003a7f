"""PNG: the store is a chunk of its own, ``caBX``."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from provenance.manifest.containers import Span

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KIND = b"caBX"
_HEADER_END = 33  # signature 8, then IHDR: length 4, kind 4, content 13, checksum 4
_AROUND = 12  # length, kind and checksum


def extract(data: bytes) -> bytes | None:
    """Return the store; None when there is none."""
    return next((content for kind, content in _chunks(data) if kind == _KIND), None)


def insert(data: bytes, store: bytes, span: Span | None) -> bytes:
    """Put the store where the signer had it, or else behind the header."""
    at = span.start if span else _HEADER_END
    if not _HEADER_END <= at <= len(data) or (span and span.length != len(store) + _AROUND):
        raise ValueError("the store is not of the signed place and length")
    checksum = zlib.crc32(_KIND + store).to_bytes(4, "big")
    return data[:at] + len(store).to_bytes(4, "big") + _KIND + store + checksum + data[at:]


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at + _AROUND <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if at + _AROUND + size > len(data):
            raise ValueError("a chunk reaches beyond the file")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        at += _AROUND + size
