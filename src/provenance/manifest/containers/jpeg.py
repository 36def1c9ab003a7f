"""JPEG: the store is cut into APP11 segments, as JPEG XT defines for boxes (ISO 18477-3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from provenance.manifest.containers import Span
from provenance.manifest.jumbf import is_store

_SOI = b"\xff\xd8"
_APP0, _APP11, _SCAN = 0xE0, 0xEB, 0xDA
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xDA)})

_MARK = b"JP"
_INSTANCE = b"\x02\x11"  # which box a segment belongs to; any number does
_HEAD = 8  # mark 2, instance 2, number 4
_BOX_HEAD = 8  # length and type, which every segment of a box repeats
_FRAME = 2 + 2 + _HEAD  # marker and length before them
_CHUNK = 64_000  # bytes of store a segment; its length has 16 bits


def extract(data: bytes) -> bytes | None:
    """Return the store, put together from its segments; None when there is none."""
    parts: dict[bytes, list[tuple[int, bytes]]] = defaultdict(list)
    for marker, start, end in _segments(data):
        payload = data[start + 4 : end]
        if marker == _APP11 and payload.startswith(_MARK) and len(payload) > _HEAD:
            number = int.from_bytes(payload[4:8], "big")
            parts[payload[2:4]].append((number, payload[_HEAD:]))
    for found in parts.values():
        first, *rest = [part for _, part in sorted(found, key=lambda item: item[0])]
        if is_store(first):
            return first + b"".join(part[_BOX_HEAD:] for part in rest)
    return None


def insert(data: bytes, store: bytes, span: Span | None) -> bytes:
    """Put the store where the signer had it, or else behind the JFIF header."""
    at = span.start if span else _behind_header(data)
    if not len(_SOI) <= at <= len(data):
        raise ValueError("the store lay outside this file")
    segments = b"".join(_packed(store, _count(store, span)))
    return data[:at] + segments + data[at:]


def _count(store: bytes, span: Span | None) -> int:
    """Find how many segments the signer wrote: each but the first repeats the box's head."""
    if span is None:
        return -(-len(store) // _CHUNK)
    more, odd = divmod(span.length - len(store) - _FRAME, _FRAME + _BOX_HEAD)
    if more < 0 or odd:
        raise ValueError("the store is not of the signed length")
    return more + 1


def _packed(store: bytes, count: int) -> Iterator[bytes]:
    size = -(-len(store) // count) if count * _CHUNK < len(store) else _CHUNK
    for number in range(count):
        part = store[number * size : (number + 1) * size]
        body = (store[:_BOX_HEAD] if number else b"") + part
        head = _MARK + _INSTANCE + (number + 1).to_bytes(4, "big")
        length = (2 + len(head) + len(body)).to_bytes(2, "big")
        yield bytes((0xFF, _APP11)) + length + head + body


def _behind_header(data: bytes) -> int:
    marker, _, end = next(_segments(data), (0, 0, 0))
    return end if marker == _APP0 else len(_SOI)


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and end of each segment before the picture's data."""
    at = len(_SOI)
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF or marker in _WITHOUT_LENGTH:  # fill byte, or no content
            at += 1 if marker == 0xFF else 2
            continue
        if marker == _SCAN:
            return
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end < at + 4 or end > len(data):
            raise ValueError("a segment reaches beyond the file")
        yield marker, at, end
        at = end
