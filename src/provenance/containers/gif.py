"""GIF: a header, blocks in sub-blocks of at most 255 bytes, and a last byte.

A manifest store is an application extension, put together from its sub-blocks. Pixels of a GIF are
not read here; its manifest is.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance.containers import limits
from provenance.containers.piece import OTHER, Piece, make_unnamed
from provenance.containers.store import Span, require_one_store
from provenance.errors import ManifestError

STARTS = (b"GIF87a", b"GIF89a")
"""First bytes of a file."""

COMMENT, APPLICATION = b"\x21\xfe", b"\x21\xff"
"""Kinds of extensions: texts, and data of applications."""

_EXTENSION, _IMAGE, _END = b"\x21", b"\x2c", b"\x3b"  # how a block begins
_HEAD, _FLAGS = 13, 10  # bytes of signature and screen, and where the flags of the screen are
_IMAGE_HEAD, _IMAGE_FLAGS = 10, 9  # the same of an image
_HAS_COLOURS, _SIZE_BITS = 0x80, 0x07  # flags: a table of colours follows, of 2 ** (n + 1) colours
_STORE = b"\x0bC2PA_GIF\x01\x00\x00"  # name of the application, with its length and a version
_NAME = 9  # bytes of the name with its length, before the version
_MOST = 255  # bytes of a sub-block


def walk(data: bytes) -> Iterator[Piece]:
    """Yield the header with its colours, each block, and what lies behind the end.

    A block's content is all of its sub-blocks, with their lengths.

    Raises
    ------
    CorruptImageError
        There are over ``limits.GIF_BLOCKS`` of them.
    """
    return limits.limit_pieces(_walk(data), limits.GIF_BLOCKS, "GIF blocks")


def extract(data: bytes) -> bytes | None:
    """Return the manifest store, None when there is none.

    Raises
    ------
    CorruptImageError
        The file is cut off and no store found, or it can't be walked over.
    ManifestDamagedError
        There are several stores.
    """
    pieces = list(walk(data))
    stores = [_join(piece.read_content(data)[len(_STORE) :]) for piece in _select(data, pieces)]
    return require_one_store(stores, pieces)


def list_store_pieces(data: bytes) -> list[Piece]:
    """Return the extensions that hold manifest stores.

    Raises
    ------
    CorruptImageError
        The file can't be walked over.
    """
    return _select(data, walk(data))


def insert(data: bytes, store: bytes, span: Span | None) -> bytes:
    """Put the store where the signer had it, or else after the header.

    Raises
    ------
    ManifestError
        The signer had it elsewhere.
    """
    header = next(iter(walk(data)))
    at = span.start if span else header.end
    parts = (store[start : start + _MOST] for start in range(0, len(store), _MOST))
    blocks = b"".join(bytes([len(part)]) + part for part in parts)
    whole = APPLICATION + _STORE + blocks + b"\0"
    if not header.end <= at <= len(data) or (span and span.length != len(whole)):
        raise ManifestError("The store is not of the signed place and length.")
    # Extensions exist since the version of 1989.
    return STARTS[1] + data[len(STARTS[1]) : at] + whole + data[at:]


def _select(data: bytes, pieces: Iterator[Piece] | list[Piece]) -> list[Piece]:
    applications = (each for each in pieces if each.kind == APPLICATION and not each.cut)
    return [each for each in applications if each.read_content(data).startswith(_STORE[:_NAME])]


def _join(blocks: bytes) -> bytes:
    """Put sub-blocks together: a length in one byte each, 0 at the end."""
    parts, at = [], 0
    while at < len(blocks) and (size := blocks[at]):
        parts.append(blocks[at + 1 : at + 1 + size])
        at += 1 + size
    return b"".join(parts)


def _walk(data: bytes) -> Iterator[Piece]:
    at = min(_HEAD + _count_colours(data, _FLAGS), len(data))
    yield make_unnamed(0, at)
    while at < len(data):
        start, kind = at, data[at : at + 1]
        if kind == _END:
            at += 1
            yield Piece(kind, start, at, at, at)
            break
        if kind == _EXTENSION and start + 2 <= len(data):
            kind, content = data[start : start + 2], start + 2
        elif kind == _IMAGE:
            # The sub-blocks follow the table of colours and the size of the first code.
            content = start + _IMAGE_HEAD + _count_colours(data, start + _IMAGE_FLAGS) + 1
        else:
            break
        at = _find_end(data, content)
        cut = at > len(data)
        at = min(at, len(data))
        yield Piece(kind, start, at, min(content, at), at, cut=cut)
    if at < len(data):
        yield Piece(OTHER, at, len(data), at, len(data))


def _count_colours(data: bytes, flags: int) -> int:
    """Return the bytes of the table of colours that follows, if the flags there say so."""
    stated = data[flags] if flags < len(data) else 0
    return 3 << ((stated & _SIZE_BITS) + 1) if stated & _HAS_COLOURS else 0


def _find_end(data: bytes, at: int) -> int:
    """Return where a sequence of sub-blocks ends, beyond the file if it is cut off."""
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1
