"""PNG: chunks of length, type, content and checksum; a manifest store is a chunk ``caBX``.

The walk ends with ``IEND``, as every decoder and the C2PA library does.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from provenance.containers import limits
from provenance.containers.piece import Piece, make_unnamed
from provenance.containers.store import Span, extract_chunk, select
from provenance.errors import ManifestError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
"""First bytes of a file."""

HEADER_END = 33
"""Bytes up to the end of the header: signature 8, then IHDR with length 4, type 4, content 13 and
checksum 4."""

_END, _STORE = b"IEND", b"caBX"  # the last chunk, and C2PA's
_HEAD, _CHECKSUM = 8, 4  # bytes before and after a chunk's content


def walk(data: bytes) -> Iterator[Piece]:
    """Yield the signature, each chunk, and what lies after ``IEND``.

    Raises
    ------
    CorruptImageError
        There are over ``limits.PNG_CHUNKS`` of them.
    """
    return limits.limit_pieces(_walk(data), limits.PNG_CHUNKS, "PNG chunks")


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
    """Put the store where the signer had it, or else after the header.

    Raises
    ------
    ManifestError
        The signer had it elsewhere.
    """
    at = span.start if span else HEADER_END
    around = _HEAD + _CHECKSUM
    if not HEADER_END <= at <= len(data) or (span and span.length != len(store) + around):
        raise ManifestError("The store is not of the signed place and length.")
    return data[:at] + pack_chunk(_STORE, store) + data[at:]


def pack_chunk(kind: bytes, content: bytes) -> bytes:
    """Return a chunk with its length and checksum."""
    checksum = zlib.crc32(content, zlib.crc32(kind))
    return struct.pack(">I4s", len(content), kind) + content + struct.pack(">I", checksum)


def _walk(data: bytes) -> Iterator[Piece]:
    at, kind = min(len(SIGNATURE), len(data)), b""
    yield make_unnamed(0, at)
    while at + _HEAD <= len(data) and kind != _END:
        size, kind = struct.unpack_from(">I4s", data, at)
        content = at + _HEAD
        claimed = content + size + _CHECKSUM
        end = min(claimed, len(data))
        yield Piece(kind, at, end, content, min(content + size, end), cut=claimed > len(data))
        at = end
    if at < len(data):
        yield make_unnamed(at, len(data))
