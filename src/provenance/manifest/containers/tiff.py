"""TIFF: the store is the value of a tag of the first picture's directory."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from provenance.manifest.containers import Span

STARTS = frozenset({b"II*\0", b"MM\0*"})
_TAG, _BYTES = 0xCD41, 7  # C2PA's tag; bytes of no meaning to TIFF
_HEADER = 8  # byte order, version, and where the first directory is
_ENTRY = 12  # tag 2, type 2, count 4, value or its place 4
_ALIGNED = 4  # bytes: where the SDK lets a directory begin
_INLINE = 4  # values up to this size stand in the entry


@dataclass(frozen=True)
class _Directory:
    """The first directory: its entries as they are, and where the next one is."""

    order: str
    entries: tuple[bytes, ...]
    following: bytes

    def tag(self, entry: bytes) -> int:
        return int(struct.unpack(f"{self.order}H", entry[:2])[0])


def extract(data: bytes) -> bytes | None:
    """Return the store; None when there is none."""
    directory = _directory(data)
    for entry in directory.entries:
        tag, kind, count, place = struct.unpack(f"{directory.order}HHII", entry)
        if tag == _TAG and kind == _BYTES and count > _INLINE:
            if place + count > len(data):
                raise ValueError("the store reaches beyond the file")
            return data[place : place + count]
    return None


def insert(data: bytes, store: bytes, span: Span | None) -> bytes:
    """Append the directory with one more tag, then the store, and point the header there."""
    directory = _directory(data)
    order = directory.order
    count = len(directory.entries) + 1
    size = 2 + count * _ENTRY + len(directory.following)
    start = span.start - size if span else len(data) + -len(data) % _ALIGNED
    padding = start - len(data)
    if not 0 <= padding < _ALIGNED:
        raise ValueError("the store lay elsewhere in the signed file")
    place = start + size
    entry = struct.pack(f"{order}HHII", _TAG, _BYTES, len(store), place)
    entries = sorted((*directory.entries, entry), key=directory.tag)
    written = struct.pack(f"{order}H", count) + b"".join(entries) + directory.following
    header = data[:4] + struct.pack(f"{order}I", start)
    return header + data[_HEADER:] + bytes(padding) + written + store


def _directory(data: bytes) -> _Directory:
    order = "<" if data[:2] == b"II" else ">"
    try:
        (start,) = struct.unpack_from(f"{order}I", data, 4)
        (count,) = struct.unpack_from(f"{order}H", data, start)
    except struct.error as error:
        raise ValueError("the file has no directory") from error
    first, end = start + 2, start + 2 + count * _ENTRY
    if end + 4 > len(data):
        raise ValueError("the directory reaches beyond the file")
    entries = tuple(data[at : at + _ENTRY] for at in range(first, end, _ENTRY))
    return _Directory(order, entries, data[end : end + 4])
