"""The index of a JPEG with further pictures behind it (CIPA DC-007, "MPF").

The index says where in the file each of them lies, counted from its own header, so it is wrong as
soon as the picture in between gets longer. While a picture is held here, its index counts from the
picture's end instead, where the others begin.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from provenance import containers
from provenance.containers import Piece

PREFIX = b"MPF\0"
"""How the content of a segment with an index begins; a TIFF structure follows."""

APP2 = b"\xe2"
"""Second byte of the segment's marker."""

ENTRIES = b"\xb0\x02"
"""The tag whose content has one entry for each picture."""

ENTRY, SIZE, PLACE = 16, 4, 8
"""Bytes of an entry, and where in it a picture's size and place stand; each has 32 bits."""


def count_from_end(file: bytes, end: int) -> bytes | None:
    """Return a file's index with places that count from its picture's end.

    None when there is no index, or when it points elsewhere than behind the picture.
    """
    found = _find_index(file)
    if found is None:
        return None
    moved = _move(found.read_content(file), 0, _header(found) - end)
    places = [place for _, place in _read_entries(moved or b"")][1:]
    return moved if places and max(places) < len(file) - end else None


def count_from_header(file: bytes) -> bytes:
    """Return a file that ends with its picture, with an index that says where the others follow."""
    found = _find_index(file)
    if found is None:
        return file
    moved = _move(found.read_content(file), len(file), len(file) - _header(found))
    return file if moved is None else _replace(file, found, moved)


def restate(file: bytes, signed: bytes) -> bytes:
    """Return a file whose index is right once as much is put into it as into ``signed``.

    It comes back as it is when it has no index, or when that is right.
    """
    old, new = _find_index(file), _find_index(signed)
    if old is None or new is None:
        return file
    end = _find_end(signed)
    by = end - _header(new) - (_find_end(file) - _header(old))
    moved = _move(old.read_content(file), end, by)
    return file if moved is None else _replace(file, old, moved)


def _move(index: bytes, size: int, by: int) -> bytes | None:
    """Set the picture's own size, which the first entry states, and move the places of the others.

    None where one would be negative or too large.
    """
    moved, number = bytearray(index), _order(index) + "I"
    for count, (at, place) in enumerate(_read_entries(index)):
        if count == 0:
            struct.pack_into(number, moved, at + SIZE, size)
        elif 0 <= place + by < 1 << 32:
            struct.pack_into(number, moved, at + PLACE, place + by)
        else:
            return None
    return bytes(moved)


def _read_entries(index: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each entry stands, and the place that it states."""
    structure = index[len(PREFIX) :]
    for piece in containers.tiff.walk_first_directory(structure):
        if piece.kind == ENTRIES and not piece.cut:
            for at in range(piece.content_start, piece.content_end - ENTRY + 1, ENTRY):
                (place,) = struct.unpack_from(_order(index) + "I", structure, at + PLACE)
                yield len(PREFIX) + at, place
            return


def _order(index: bytes) -> str:
    return "<" if index[len(PREFIX) :].startswith(b"II") else ">"


def _find_index(file: bytes) -> Piece | None:
    return next((piece for piece in containers.jpeg.walk(file) if _is_index(piece, file)), None)


def _is_index(piece: Piece, file: bytes) -> bool:
    return piece.kind == APP2 and not piece.cut and piece.read_content(file).startswith(PREFIX)


def _header(piece: Piece) -> int:
    return piece.content_start + len(PREFIX)


def _find_end(file: bytes) -> int:
    scan = (p.start for p in containers.jpeg.walk(file) if p.kind == containers.jpeg.SCAN)
    return containers.jpeg.find_end(file, next(scan, len(file)))


def _replace(file: bytes, piece: Piece, content: bytes) -> bytes:
    return file[: piece.content_start] + content + file[piece.content_end :]
