"""What the SDK must not see: a manifest store that announces more than it holds, or costs too much.

On the first the SDK may allocate memory without limit. So every announced length is held against
the bytes that are left, wherever in a file the SDK may find a store. It looks by rules of its own,
and each kind of file is searched so that nothing it could find is missed:

- In most files a store is one piece. The whole file is searched, whatever its structure.
- In a GIF it is cut into blocks, which are put together wherever such a chain begins.
- In a JPEG it is cut into segments. The SDK is given the store that was put together here.

What is compressed in a store is decompressed within a limit, and checked in the same way.

Reading needs many times a store's size, above all where bytes lie in CBOR: the SDK's report has a
number for each. So what a store will cost is added up before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from provenance.containers import jpeg
from provenance.errors import (
    CorruptImageError,
    ManifestCostError,
    ManifestDamagedError,
    ProvenanceError,
)
from provenance.manifest import compression, jumbf, size_limits

MAX_CHAINS = 100
"""Chains of blocks in a GIF, to bound the time. A file needs one."""

MAX_ITEMS = 500_000
"""CBOR items in a file, to bound the time. A store with a hash for each tile of a large picture has
ten thousand."""

MAX_COST = 384 * 2**20
"""Bytes of memory that reading a store may take, as estimated. The largest history at hand (1.6 MB,
19 manifests with thumbnails) takes 12 MB; a store of 30 MB of thumbnails takes 200 MB."""

STORE_COST, TEXT_COST, BYTES_COST, ITEM_COST = 8, 2, 145, 400
"""Bytes of memory that reading takes: for each byte of a store, of text and of byte strings in it,
and for each CBOR item. Measured with c2pa-python 0.38.1 (``bench/reading.py``)."""

MAX_STREAMS = 500
"""Compressed boxes in a file, to bound the time. A history in the wild has under twenty."""

_BROTLI = re.compile(jumbf.BROTLI)
_CBOR = re.compile(b"cbor")  # finds it in two thirds of the time that bytes.find takes
_GIF, _GIF_STORE = b"GIF8", b"\x21\xff\x0bC2PA_GIF"  # how a GIF and a chain with a store begin
_GIF_BLOCKS = len(_GIF_STORE) + 3  # bytes before the blocks: after the name a version

# A segment in which the SDK sees the start of a store, by the only four bytes it looks at.
_JPEG_START = re.compile(rb"\xff\xeb.{26}c2pa", re.DOTALL)

# CBOR (RFC 8949): the low five bits of a head, and the kinds of items, its high three bits.
_WIDTHS = {24: 1, 25: 2, 26: 4, 27: 8}  # bytes of a number that is not in the head itself
_RESERVED = range(28, 31)  # not defined by RFC 8949
_INDEFINITE = 31  # no length is announced; an end mark follows the items
_BYTES = 2
_STRINGS = (_BYTES, 3)  # bytes and text
_COUNTED = (*_STRINGS, 4, 5)  # and arrays and maps


def check_lengths(data: bytes) -> tuple[bytes, bytes | None]:
    """Check a file, or a store by itself.

    Return what the SDK may see of the file, and the store if it must not look for one.

    Raises
    ------
    ManifestDamagedError
        A store announces more than it holds, has too many parts, or can't be put together.
    ManifestNotFoundError
        The file has too many pieces, and no store.
    ManifestCostError
        Reading a store would take too much memory.
    """
    size_limits.check_pieces(data)
    if data.startswith(jpeg.START):
        return _check_jpeg(data)
    for part in _join_chains(data) if data.startswith(_GIF) else (data,):
        _check_boxes(part)
    return data, None


def _check_jpeg(data: bytes) -> tuple[bytes, bytes | None]:
    """Check a JPEG; of one without a store the SDK sees what a reader goes through in search of it.

    A picture that was appended to this one may have a store, which is none of this one's.
    """
    try:
        store = jpeg.extract(data)
    except ProvenanceError:
        store = None
    if store is not None:
        _check_boxes(store)
        return data, store
    seen = _cut_scans(data)
    if _JPEG_START.search(seen):
        raise ManifestDamagedError("The Content Credentials can't be put together.")
    return seen, None


def _cut_scans(data: bytes) -> bytes:
    try:
        return jpeg.cut_scans(data)
    except CorruptImageError:
        return data


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
    """Check whatever could be a box of CBOR, or one with boxes of CBOR compressed in it."""
    left = _Left(MAX_ITEMS, MAX_STREAMS, compression.MAX_EXPANDED, MAX_COST)
    left.spend(STORE_COST * size_limits.measure_stores(data))
    layer = [data]
    for _ in range(jumbf.MAX_NESTED + 1):
        for part in layer:
            _check_cbor(part, left)
        layer = [inner for part in layer for inner in _expand_boxes(part, left)]
    if layer:
        raise ManifestDamagedError("The Content Credentials are compressed too often.")


@dataclass
class _Left:
    """How much may still be gone over in one file."""

    items: int
    streams: int
    expanded: int
    cost: int

    def spend(self, cost: int) -> None:
        """Take a cost off, in bytes of memory."""
        self.cost -= cost
        if self.cost < 0:
            raise ManifestCostError(
                "The Content Credentials would take too much memory to read, so they are not read."
            )


def _check_cbor(data: bytes, left: _Left) -> None:
    """Check whatever could be a box of CBOR: it has the type, and a length that fits."""
    for start, end in _find_boxes(data, _CBOR):
        for cost in _walk_heads(data, start, end):
            left.items -= 1
            if left.items < 0:
                raise ManifestDamagedError("The Content Credentials have too many parts.")
            left.spend(cost)


def _expand_boxes(data: bytes, left: _Left) -> Iterator[bytes]:
    """Decompress whatever could be a compressed box; what can't be is none to the SDK either."""
    for start, end in _find_boxes(data, _BROTLI):
        left.streams -= 1
        if left.streams < 0:
            raise ManifestDamagedError("The Content Credentials have too many parts.")
        parts = []
        try:
            for part in compression.decompress(memoryview(data)[start:end]):
                parts.append(part)
                left.expanded -= len(part)
                left.spend(STORE_COST * len(part))
                if left.expanded < 0:
                    raise ManifestDamagedError(
                        "The Content Credentials are too large when decompressed."
                    )
        except ValueError:
            continue
        yield b"".join(parts)


def _find_boxes(data: bytes, kind: re.Pattern[bytes]) -> Iterator[tuple[int, int]]:
    """Yield where the contents of all boxes of a kind lie, be they boxes or look like them."""
    for found in kind.finditer(data, 4):
        at = found.start()
        end = at - 4 + int.from_bytes(data[at - 4 : at], "big")
        if at + 4 <= end <= len(data):
            yield at + 4, end


def _walk_heads(data: bytes, at: int, end: int) -> Iterator[int]:
    """Go from head to head of CBOR items, whatever their depth; stop where one is malformed.

    Each head follows the previous head, or the string that the previous head announces. Yields what
    reading each item costs, in bytes of memory.

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
                yield ITEM_COST + number * (BYTES_COST if kind == _BYTES else TEXT_COST)
                continue
        yield ITEM_COST
