"""RIFF, the container of WebP: chunks of type, length and content, padded to an even length.

A manifest store is a chunk ``C2PA`` at the end. The walk ends where the file's header says, as
every decoder and the C2PA library does.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from provenance.containers import limits
from provenance.containers.piece import Piece, make_unnamed
from provenance.containers.store import Span, extract_chunk, select
from provenance.errors import ManifestError

START = b"RIFF"
"""First bytes of a file."""

_STORE = b"C2PA"
_FILE_HEAD = 12  # bytes: "RIFF", length, and the kind of content
_COUNTED_FROM = 8  # bytes that the file's length does not count: itself and what is before it
_HEAD = 8  # bytes of a chunk before its content: type and length


def walk(data: bytes) -> Iterator[Piece]:
    """Yield the file's header, each chunk, and what lies after the length that the header states.

    Raises
    ------
    CorruptImageError
        There are over ``limits.RIFF_CHUNKS`` of them.
    """
    return limits.limit_pieces(_walk(data), limits.RIFF_CHUNKS, "RIFF chunks")


def extract(data: bytes) -> bytes | None:
    """Return the manifest store, None when there is none.

    Raises
    ------
    CorruptImageError
        The file is cut off and no store found, or it can't be walked over.
    ManifestDamagedError
        There are several stores.
    """
    return extract_chunk(data, list(walk(data)), _STORE)


def list_store_pieces(data: bytes) -> list[Piece]:
    """Return the chunks that hold manifest stores.

    Raises
    ------
    CorruptImageError
        The file can't be walked over.
    """
    return select(walk(data), _STORE)


def insert(data: bytes, store: bytes, span: Span | None) -> bytes:
    """Put the store where the signer had it, or else at the end, and count it in.

    Raises
    ------
    ManifestError
        The signer had it elsewhere.
    """
    last = _find_end(data)
    at = span.start if span else last
    if not _FILE_HEAD <= at <= last or at % 2:
        raise ManifestError("The store lay outside of this file.")
    chunk = _STORE + len(store).to_bytes(4, "little") + store + b"\0" * (len(store) % 2)
    size = int.from_bytes(data[4:8], "little") + len(chunk)
    if size >= 1 << 32:
        raise ManifestError("The file has no room for the store.")
    return data[:4] + size.to_bytes(4, "little") + data[8:at] + chunk + data[at:]


def _find_end(data: bytes) -> int:
    stated = _COUNTED_FROM + int.from_bytes(data[4:8], "little")
    return min(len(data), max(stated, _FILE_HEAD))


def _walk(data: bytes) -> Iterator[Piece]:
    at, last = min(_FILE_HEAD, len(data)), _find_end(data)
    yield make_unnamed(0, at)
    while at + _HEAD <= last:
        kind, size = struct.unpack_from("<4sI", data, at)
        content = at + _HEAD
        claimed = content + size
        end = min(claimed + size % 2, last)
        yield Piece(kind, at, end, content, min(claimed, last), cut=claimed > last)
        at = end
    if at < len(data):
        yield make_unnamed(at, len(data))
