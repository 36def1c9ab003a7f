"""What the SDK must not see: a manifest store that announces more than it holds.

On such a store the SDK may allocate memory without limit. So every announced length is held against
the bytes that are left, wherever in a file the SDK may find a store. It looks by rules of its own,
and each kind of file is searched so that nothing it could find is missed:

- In most files a store is one piece. The whole file is searched, whatever its structure.
- In a GIF it is cut into blocks, which are put together wherever such a chain begins.
- In a JPEG it is cut into segments. The SDK is given the store that was put together here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from provenance.containers import jpeg
from provenance.errors import ManifestDamagedError, ProvenanceError
from provenance.manifest import size_limits

MAX_CHAINS = 100
"""Chains of blocks in a GIF, to bound the time. A file needs one."""

MAX_ITEMS = 500_000
"""CBOR items in a file, to bound the time. A store with a hash for each tile of a large picture has
ten thousand."""

_CBOR = re.compile(b"cbor")  # finds it in two thirds of the time that bytes.find takes
_GIF, _GIF_STORE = b"GIF8", b"\x21\xff\x0bC2PA_GIF"  # how a GIF and a chain with a store begin
_GIF_BLOCKS = len(_GIF_STORE) + 3  # bytes before the blocks: after the name a version

# A segment in which the SDK sees the start of a store, by the only four bytes it looks at.
_JPEG_START = re.compile(rb"\xff\xeb.{26}c2pa", re.DOTALL)

# CBOR (RFC 8949): the low five bits of a head, and the kinds of items, its high three bits.
_WIDTHS = {24: 1, 25: 2, 26: 4, 27: 8}  # bytes of a number that is not in the head itself
_RESERVED = range(28, 31)  # not defined by RFC 8949
_INDEFINITE = 31  # no length is announced; an end mark follows the items
_STRINGS = (2, 3)  # bytes and text
_COUNTED = (*_STRINGS, 4, 5)  # and arrays and maps


def check_lengths(data: bytes) -> bytes | None:
    """Check a file, or a store by itself, and return the store if the SDK must not look for it.

    Raises
    ------
    ManifestDamagedError
        A store announces more than it holds, has too many parts, or can't be put together.
    ManifestNotFoundError
        The file has too many pieces, and no store.
    """
    size_limits.check_pieces(data)
    store = _extract_from_jpeg(data) if data.startswith(jpeg.START) else None
    for part in [store] if store else _pieces(data):
        _check_boxes(part)
    return store


def _extract_from_jpeg(data: bytes) -> bytes | None:
    try:
        store = jpeg.extract(data)
    except ProvenanceError:
        store = None
    if store is None and _JPEG_START.search(data):
        raise ManifestDamagedError("The Content Credentials can't be put together.")
    return store


def _pieces(data: bytes) -> Iterator[bytes]:
    """Yield what may hold a store in one piece; nothing of a JPEG without one."""
    if data.startswith(_GIF):
        yield from _join_chains(data)
    elif not data.startswith(jpeg.START):
        yield data


def _join_chains(data: bytes) -> Iterator[bytes]:
    start = -1
    for _ in range(MAX_CHAINS):
        start = data.find(_GIF_STORE, start + 1)
        if start < 0:
            return
        yield _join_blocks(data, start + _GIF_BLOCKS)
    raise ManifestDamagedError("The picture has too many manifest stores.")


def _join_blocks(data: bytes, at: int) -> bytes:
    """Put blocks together: a length in one byte each, and a length of 0 behind the last."""
    parts = []
    while at < len(data) and (size := data[at]):
        parts.append(data[at + 1 : at + 1 + size])
        at += 1 + size
    return b"".join(parts)


def _check_boxes(data: bytes) -> None:
    """Check whatever could be a box of CBOR: it has the type, and a length that fits."""
    items = 0
    for found in _CBOR.finditer(data, 4):
        at = found.start()
        end = at - 4 + int.from_bytes(data[at - 4 : at], "big")
        if at + 4 <= end <= len(data):
            for _ in _walk_heads(data, at + 4, end):
                items += 1
                if items > MAX_ITEMS:
                    raise ManifestDamagedError("The Content Credentials have too many parts.")


def _walk_heads(data: bytes, at: int, end: int) -> Iterator[int]:
    """Go from head to head of CBOR items, whatever their depth; stop where one is malformed.

    Each head follows the previous head, or the string that the previous head announces.

    Raises
    ------
    ManifestDamagedError
        A head announces more than there is: bytes of a string, or items of an array or map.
    """
    while at < end:
        kind, short = divmod(data[at], 32)
        at += 1
        width = _WIDTHS.get(short, 0)
        if short in _RESERVED or at + width > end:
            return
        number = int.from_bytes(data[at : at + width], "big") if width else short
        at += width
        if kind in _COUNTED and short != _INDEFINITE:
            if number > end - at:
                raise ManifestDamagedError("The Content Credentials announce more than they hold.")
            if kind in _STRINGS:
                at += number
        yield at
