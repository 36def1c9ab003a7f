"""WebP, and RIFF files in general: the store is a chunk of its own, ``C2PA``, at the end."""

from __future__ import annotations

from collections.abc import Iterator

from provenance.manifest.containers import Span

_KIND = b"C2PA"
_HEADER = 12  # "RIFF", length, and the kind of content
_CHUNK_HEADER = 8


def extract(data: bytes) -> bytes | None:
    """Return the store; None when there is none."""
    return next((content for kind, content in _chunks(data) if kind == _KIND), None)


def insert(data: bytes, store: bytes, span: Span | None) -> bytes:
    """Put the store where the signer had it, or else at the end, and count it in."""
    at = span.start if span else len(data)
    if not _HEADER <= at <= len(data) or at % 2:
        raise ValueError("the store lay outside this file")
    chunk = _KIND + len(store).to_bytes(4, "little") + store + b"\0" * (len(store) % 2)
    size = int.from_bytes(data[4:8], "little") + len(chunk)
    return data[:4] + size.to_bytes(4, "little") + data[8:at] + chunk + data[at:]


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = _HEADER
    while at + _CHUNK_HEADER <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + _CHUNK_HEADER + size
        if end > len(data):
            raise ValueError("a chunk reaches beyond the file")
        yield data[at : at + 4], data[at + _CHUNK_HEADER : end]
        at = end + size % 2
