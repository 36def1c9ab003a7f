"""JPEG: segments of marker, length and content, then the scans, which are one piece here.

Decoders skip bytes between segments that belong to none; here they are a piece of their own. A
manifest store is cut into APP11 segments, as JPEG XT defines for boxes (ISO 18477-3). One that lies
after such bytes is refused, since readers disagree about them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from provenance.containers import limits
from provenance.containers.piece import OTHER, Piece, make_unnamed
from provenance.containers.store import Span, is_store, require_one_store
from provenance.errors import CorruptImageError, ManifestDamagedError, ManifestError

START, SCAN = b"\xff\xd8", b"\xda"
"""First bytes of a file, and the second byte of the marker that begins a scan."""

WITHOUT_LENGTH = frozenset({b"\x01", *(bytes([marker]) for marker in range(0xD0, 0xDA))})
"""Markers that stand alone: TEM, restarts, start and end of image."""

_END = b"\xff\xd9"  # the marker at the end of an image
_APP0, _APP11 = b"\xe0", b"\xeb"  # segments of the JFIF header, and of boxes

_MARKER = re.compile(rb"\xff([^\x00\xff])", re.DOTALL)
"""Finds the next marker, past fill bytes and junk, as decoders do."""

_PAST_SAMPLES = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])", re.DOTALL)
"""Finds the marker behind coded samples, among which escapes and restarts stand."""

_LENGTH = 2  # bytes of the length field, which counts itself
_MAX_LENGTH = 2**16 - 1  # the most that this field can state

_MARK = b"JP"  # how the content of a segment with a part of a box begins
_INSTANCE = b"\x02\x11"  # which box a segment belongs to; any number does
_HEAD = 8  # bytes: mark 2, instance 2, number 4
_BOX_HEAD = 8  # bytes: length and type, which every segment of a box repeats
_FRAME = 2 + _LENGTH + _HEAD  # bytes of a segment around its part of the store


def walk(data: bytes) -> Iterator[Piece]:
    """Yield the start of image, each segment, and the rest of the file from the first scan on.

    Fill bytes belong to the marker after them.

    Raises
    ------
    CorruptImageError
        There are over ``limits.JPEG_SEGMENTS`` of them, or a segment states an impossible length.
    """
    return limits.limit_pieces(_walk(data), limits.JPEG_SEGMENTS, "JPEG segments")


def extract(data: bytes) -> bytes | None:
    """Return the manifest store, put together from its segments; None when there is none.

    Raises
    ------
    CorruptImageError
        The file is cut off and no store found, or it can't be walked over.
    ManifestDamagedError
        There are several stores, or readers disagree about how one is put together.
    """
    pieces = list(walk(data))
    junk = next((piece.start for piece in pieces if piece.kind == OTHER), len(data))
    stores = [_join_segments(data, found, junk) for found in _group_segments(data, pieces)]
    return require_one_store(stores, pieces)


def list_store_pieces(data: bytes) -> list[Piece]:
    """Return the segments that hold manifest stores, those of each store in order.

    Raises
    ------
    CorruptImageError
        The file can't be walked over.
    """
    return [piece for found in _group_segments(data, walk(data)) for _, piece in found]


def cut_scans(data: bytes) -> bytes:
    """Return the file without its scans, and so without whatever was appended to it.

    Raises
    ------
    CorruptImageError
        It can't be walked over.
    """
    scan = next((piece.start for piece in walk(data) if piece.kind == SCAN), len(data))
    return data[:scan] + _END


def find_end(data: bytes, start: int = len(START)) -> int:
    """Return where the image ends: behind its end marker, or with the file if it has none.

    What follows belongs to nothing, or to another picture. ``start`` is where a segment begins.

    Raises
    ------
    CorruptImageError
        There are over ``limits.JPEG_SEGMENTS`` segments on the way.
    """
    at = start
    for _ in range(limits.JPEG_SEGMENTS):
        found = _PAST_SAMPLES.search(data, at)
        if found is None:
            return len(data)
        at = found.end()
        if found[0] == _END:
            return at
        if found[1] not in WITHOUT_LENGTH:
            at += max(_LENGTH, int.from_bytes(data[at : at + _LENGTH], "big"))
    raise CorruptImageError(
        f"The file has too many pieces: over {limits.JPEG_SEGMENTS:,} JPEG segments."
    )


def insert(data: bytes, store: bytes, span: Span | None) -> bytes:
    """Put the store where the signer had it, or else after the JFIF header.

    Raises
    ------
    CorruptImageError
        The file is cut off within its first segment, or can't be walked over.
    ManifestError
        The signer had it elsewhere, or in another form.
    """
    at = span.start if span else _find_header_end(data)
    if not len(START) <= at <= len(data):
        raise ManifestError("The store lay outside of this file.")
    segments = b"".join(_pack_store(store, _count_segments(store, span)))
    return data[:at] + segments + data[at:]


def pack_segment(kind: bytes, content: bytes) -> bytes:
    """Return a segment with its marker and length."""
    return b"\xff" + kind + (_LENGTH + len(content)).to_bytes(_LENGTH, "big") + content


def _walk(data: bytes) -> Iterator[Piece]:
    at = min(len(START), len(data))
    yield Piece(START[1:], 0, at, at, at)
    while found := _MARKER.search(data, at):
        start, kind, head = at, found[1], found.end()
        if data[at : found.start()].strip(b"\xff"):
            start = found.start()
            yield make_unnamed(at, start)
        if kind == SCAN:
            yield Piece(kind, start, len(data), head, len(data))
            return
        at = head
        if kind in WITHOUT_LENGTH:
            yield Piece(kind, start, head, head, head)
            continue
        content = head + _LENGTH
        size = int.from_bytes(data[head:content], "big")
        if content <= len(data) and size < _LENGTH:
            raise CorruptImageError("A JPEG segment states a length that is impossible.")
        at, cut = min(head + size, len(data)), max(content, head + size) > len(data)
        at = len(data) if cut else at
        yield Piece(kind, start, at, min(content, at), at, cut=cut)
    if at < len(data):
        yield make_unnamed(at, len(data))


def _group_segments(data: bytes, pieces: Iterable[Piece]) -> Iterator[list[tuple[int, Piece]]]:
    """Yield the segments of each store, with their numbers and in their order."""
    parts: dict[bytes, list[tuple[int, Piece]]] = defaultdict(list)
    for piece in pieces:
        content = piece.read_content(data) if piece.kind == _APP11 and not piece.cut else b""
        if content.startswith(_MARK) and len(content) > _HEAD:
            # Some writers number boxes of other kinds alike, so the box's own head counts too.
            box = content[2:4] + content[_HEAD : _HEAD + _BOX_HEAD]
            parts[box].append((int.from_bytes(content[4:8], "big"), piece))
    for found in parts.values():
        found.sort(key=lambda part: part[0])
        if is_store(found[0][1].read_content(data)[_HEAD:]):
            yield found


def _join_segments(data: bytes, parts: list[tuple[int, Piece]], junk: int) -> bytes:
    """Put a store together from its segments."""
    first, *rest = [piece.read_content(data)[_HEAD:] for _, piece in parts]
    if len({number for number, _ in parts}) < len(parts):
        raise ManifestDamagedError("Two segments of the manifest store have the same number.")
    if any(piece.start > junk for _, piece in parts):
        raise ManifestDamagedError("The manifest store lies after bytes that belong to nothing.")
    return first + b"".join(part[_BOX_HEAD:] for part in rest)


def _count_segments(store: bytes, span: Span | None) -> int:
    """Find how many segments the signer wrote: each but the first repeats the box's head."""
    if span is None:
        return -(-len(store) // limits.JPEG_STORE_PART)
    more, odd = divmod(span.length - len(store) - _FRAME, _FRAME + _BOX_HEAD)
    if more < 0 or odd:
        raise ManifestError("The store is not of the signed length.")
    return more + 1


def _pack_store(store: bytes, count: int) -> Iterator[bytes]:
    most = limits.JPEG_STORE_PART
    size = -(-len(store) // count) if count * most < len(store) else most
    for number in range(count):
        part = store[number * size : (number + 1) * size]
        body = (store[:_BOX_HEAD] if number else b"") + part
        head = _MARK + _INSTANCE + (number + 1).to_bytes(4, "big")
        if _LENGTH + len(head) + len(body) > _MAX_LENGTH:
            raise ManifestError("The store does not fit into so few segments.")
        yield pack_segment(_APP11, head + body)


def _find_header_end(data: bytes) -> int:
    """Return where the JFIF header ends, or else the start of image."""
    start, *after = [piece for piece, _ in zip(walk(data), range(2), strict=False)]
    if after and after[0].cut:
        raise CorruptImageError("The file is cut off within its first segment.")
    return after[0].end if after and after[0].kind == _APP0 else start.end
