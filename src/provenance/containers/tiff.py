"""TIFF and BigTIFF, and EXIF, which is a TIFF without pictures: directories of entries.

Directories lie anywhere in the file and point to each other, so the pieces come directory by
directory. No two directories may share a byte: one that several pointers lead to is refused, since
readers differ in how often they follow. A manifest store is the value of an entry: of the first
directory, or in a file of several pages of a directory of its own behind the last (C2PA 2.4).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provenance.containers import limits
from provenance.containers.piece import OTHER, Piece, make_unnamed
from provenance.containers.store import Span, require_one_store, select
from provenance.containers.tiff_directory import (
    POINTERS,
    VALUE_BYTES,
    Directory,
    Entry,
    Tree,
    copy_entries,
    pack_directory,
)
from provenance.errors import CorruptImageError, ManifestError

__all__ = [
    "BIG_STARTS",
    "DIRECTORY",
    "POINTERS",
    "STARTS",
    "Directory",
    "Entry",
    "Tree",
    "copy_entries",
    "extract",
    "insert",
    "list_store_pieces",
    "pack_directory",
    "read_pages",
    "walk",
    "walk_first_directory",
]

STARTS = frozenset({b"II*\0", b"MM\0*"})
BIG_STARTS = frozenset({b"II+\0", b"MM\0+"})
"""First bytes of a TIFF, and of a BigTIFF, whose numbers have 64 bits."""

DIRECTORY = b"IFD"
"""Kind of the piece that has the number of a directory's entries."""

_STORE, _UNDEFINED = b"\xcd\x41", 7  # C2PA's tag, and the type for bytes without meaning to TIFF
_ALIGNED = 4  # bytes: where the C2PA library lets a directory begin
_POINTERS = frozenset(tag.to_bytes(2, "big") for tag in POINTERS)

_MAX_BELOW = 4  # levels of directories below each other that are read; real files have two


@dataclass(frozen=True)
class _Form:
    """How the numbers of a file are written.

    Attributes
    ----------
    order
        ``<`` or ``>``, as ``struct`` has it.
    place, count
        Codes of ``struct`` for a place in the file and the number of entries.
    entry, inline
        Bytes of an entry, and of a value that stands within it.
    header
        Bytes before the place of the first directory.
    end
        The first place that can't be stated.
    """

    order: str
    place: str = "I"
    count: str = "H"
    entry: int = 12
    inline: int = 4
    header: int = 4
    end: int = 1 << 32

    def read(self, codes: str, data: bytes, at: int) -> tuple[int, ...]:
        """Return the numbers at a place, none at all when they reach beyond the end."""
        form = self.order + codes
        enough = at + struct.calcsize(form) <= len(data)
        return struct.unpack_from(form, data, at) if enough else ()


def walk(data: bytes) -> Iterator[Piece]:
    """Yield the header, then for each directory the number of its entries and the entries.

    Raises
    ------
    CorruptImageError
        There are over ``limits.TIFF_ENTRIES`` of them, or directories share bytes.
    """
    return limits.limit_pieces(_walk(data), limits.TIFF_ENTRIES, "TIFF entries")


def walk_first_directory(data: bytes) -> Iterator[Piece]:
    """Yield the entries of the first directory, as far as there are any in a damaged file."""
    form = _read_form(data)
    for place in form.read(form.place, data, form.header):
        for piece in _walk_directory(data, form, place, 0):
            if piece.kind not in (DIRECTORY, OTHER):
                yield piece


def read_pages(data: bytes) -> list[Directory]:
    """Return the directories of the file's pages, each with those that it points to.

    Raises
    ------
    CorruptImageError
        There is none, or the file can't be walked over.
    """
    form = _read_form(data)
    found: dict[int, dict[int, Entry]] = {}
    ends: dict[int, int] = {}
    start = 0
    for piece in list(walk(data))[1:]:
        if piece.kind == DIRECTORY:
            start = piece.start
            found[start] = {}
        elif piece.kind != OTHER:
            (kind,) = form.read("H", data, piece.start + 2)
            value = memoryview(data)[piece.content_start : piece.content_end]
            entry = Entry(kind, value[:0] if piece.cut else value, form.order)
            found[start].setdefault(int.from_bytes(piece.kind, "big"), entry)
        ends[start] = piece.end
    pages, at = [], form.read(form.place, data, form.header)
    while at and at[0] in ends:
        pages.append(_make_directory(at[0], found, form.order, _MAX_BELOW))
        at = form.read(form.place, data, ends.pop(at[0]))
    if not pages or not pages[0].entries:
        raise CorruptImageError("The TIFF file has no directory.")
    return pages


def _make_directory(
    place: int, found: Mapping[int, dict[int, Entry]], order: str, levels: int
) -> Directory:
    entries = found[place]
    pointing = entries.keys() & POINTERS if levels else ()
    below = {
        tag: tuple(
            _make_directory(each, found, order, levels - 1)
            for each in entries[tag].numbers
            if each in found
        )
        for tag in pointing
    }
    return Directory(order, entries, below)


def extract(data: bytes) -> bytes | None:
    """Return the manifest store, None when there is none.

    Raises
    ------
    CorruptImageError
        The file has no whole first directory, or the store is cut off.
    ManifestDamagedError
        There are several stores.
    """
    form = _read_form(data)
    stores = []
    for piece in _list_store_entries(_list_pages(data, form)):
        kind, count = form.read("H" + form.place, data, piece.start + 2)
        if kind == _UNDEFINED and count > form.inline:
            stores.append(piece)
    return require_one_store(
        [piece.read_content(data) for piece in stores if not piece.cut], stores
    )


def list_store_pieces(data: bytes) -> list[Piece]:
    """Return the entries whose values are manifest stores.

    Raises
    ------
    CorruptImageError
        The file has no whole first directory.
    """
    return _list_store_entries(_list_pages(data, _read_form(data)))


def insert(data: bytes, store: bytes, span: Span | None) -> bytes:
    """Append a directory with the store's entry, then the store, and lead to that directory.

    It replaces the only directory. In a file of several pages it follows the last, by itself.

    Raises
    ------
    CorruptImageError
        The file has no whole first directory.
    ManifestError
        The signer had it elsewhere.
    """
    form = _read_form(data)
    pages = _list_pages(data, form)
    last = pages[-1]
    single = len(pages) == 1
    old = last.entries if single else []
    following = data[last.end : last.end + struct.calcsize(form.place)] if single else b""
    following = following or bytes(struct.calcsize(form.place))
    size = struct.calcsize(form.order + form.count) + (len(old) + 1) * form.entry + len(following)
    start = span.start - size if span else len(data) + -len(data) % _ALIGNED
    padding = start - len(data)
    if not 0 <= padding < _ALIGNED or start + size + len(store) >= form.end:
        raise ManifestError("The store lay elsewhere in the signed file.")
    tag = int.from_bytes(_STORE, "big")
    value = struct.pack(form.order + "HH", tag, _UNDEFINED)
    value += struct.pack(form.order + 2 * form.place, len(store), start + size)
    tagged = [*((piece.kind, piece.read(data)) for piece in old), (_STORE, value)]
    entries = b"".join(entry for _, entry in sorted(tagged, key=lambda each: each[0]))
    written = struct.pack(form.order + form.count, len(tagged)) + entries + following
    at = last.pointer if single else last.end
    place = struct.pack(form.order + form.place, start)
    return data[:at] + place + data[at + len(place) :] + bytes(padding) + written + store


def _read_form(data: bytes) -> _Form:
    order = "<" if data[:2] == b"II" else ">"
    return _Form(order, "Q", "Q", 20, 8, 8, 1 << 64) if data[:4] in BIG_STARTS else _Form(order)


@dataclass(frozen=True)
class _Page:
    """A directory among those that follow each other.

    ``pointer`` is where its place is stated, and ``end`` where that of the next one is.
    """

    pointer: int
    entries: list[Piece]
    end: int


def _list_pages(data: bytes, form: _Form) -> list[_Page]:
    """Return the directories that follow each other, up to one that is not whole.

    Raises
    ------
    CorruptImageError
        The first one is not whole, or there are too many entries.
    """
    pages: list[_Page] = []
    pointer, seen, left = form.header, set[int](), limits.TIFF_ENTRIES
    while (place := _read_place(data, form, pointer)) and place not in seen:
        walk_one = _walk_directory(data, form, place, len(pages))
        pieces = list(limits.limit_pieces(walk_one, left, "TIFF entries"))
        end, left = pieces[-1].end, left - len(pieces)
        cut_off = any(piece.cut and piece.kind in (DIRECTORY, OTHER) for piece in pieces)
        if cut_off or not form.read(form.place, data, end):
            break
        pages.append(_Page(pointer, pieces[1:], end))
        seen.add(place)
        pointer = end
    if not pages:
        raise CorruptImageError(
            "The TIFF file has no directory, or is cut off within its first one."
        )
    return pages


def _read_place(data: bytes, form: _Form, at: int) -> int:
    """Return the place of a directory that is stated there, 0 for none."""
    return next(iter(form.read(form.place, data, at)), 0)


def _list_store_entries(pages: list[_Page]) -> list[Piece]:
    """Return the entries with stores where readers look for them: on the first and last page."""
    entries = [*pages[0].entries, *(pages[-1].entries if len(pages) > 1 else ())]
    return select(entries, _STORE)


def _walk(data: bytes) -> Iterator[Piece]:
    form = _read_form(data)
    header = min(form.header + form.inline, len(data))
    yield make_unnamed(0, header)
    waiting = list(form.read(form.place, data, form.header))
    taken, number = _Taken(header), 0
    while waiting:
        pieces = _walk_directory(data, form, waiting.pop(), number)
        last = next(pieces)
        taken.claim(last.start, _find_end(data, form, last))
        yield last
        for last in pieces:
            yield last
            if last.kind in _POINTERS:
                waiting += _follow_pointer(data, form, last)
                _check_waiting(len(waiting))
        waiting += [place for place in form.read(form.place, data, last.end) if place]
        number += 1


def _walk_directory(data: bytes, form: _Form, place: int, number: int) -> Iterator[Piece]:
    """Yield the number of entries, then the entries; a cut piece where either is cut off."""
    at, last = place + struct.calcsize(form.count), len(data)
    counted = form.read(form.count, data, place)
    start, end = min(place, last), min(at, last)
    yield Piece(DIRECTORY, start, end, start, end, number, cut=not counted)
    for _ in range(counted[0] if counted else 0):
        if at + form.entry > last:
            yield Piece(OTHER, at, last, at, last, number, cut=True)
            return
        yield _read_entry(data, form, at, number)
        at += form.entry


def _read_entry(data: bytes, form: _Form, at: int, number: int) -> Piece:
    tag, kind, count, place = form.read("HH" + 2 * form.place, data, at)
    end, size = at + form.entry, count * VALUE_BYTES.get(kind, 0)
    start = place if size > form.inline else end - form.inline
    value = (min(start, len(data)), min(start + size, len(data)))
    return Piece(tag.to_bytes(2, "big"), at, end, *value, number, cut=start + size > len(data))


def _find_end(data: bytes, form: _Form, counted: Piece) -> int:
    """Return where a directory ends, given the piece that has the number of its entries."""
    entries = form.read(form.count, data, counted.start) or (0,)
    return min(counted.end + entries[0] * form.entry, len(data))


def _follow_pointer(data: bytes, form: _Form, entry: Piece) -> tuple[int, ...]:
    """Return where an entry points to: the one place within itself, or a list elsewhere."""
    kind, count = form.read("H" + form.place, data, entry.start + 2)
    at = entry.end - form.inline
    code = {4: "I", 13: "I", 16: "Q", 18: "Q"}.get(kind, form.place)
    if count * struct.calcsize(form.order + code) > form.inline:
        (at,) = form.read(form.place, data, at)
    return form.read(f"{min(count, limits.TIFF_ENTRIES)}{code}", data, at)


def _check_waiting(count: int) -> None:
    if count > limits.TIFF_ENTRIES:
        raise CorruptImageError(
            f"The file has too many pieces: over {limits.TIFF_ENTRIES:,} TIFF directories."
        )


class _Taken:
    """The bytes that directories already have, and the header."""

    def __init__(self, header: int) -> None:
        self.starts, self.ends = [0], [header]

    def claim(self, start: int, end: int) -> None:
        """Note that a directory lies there, unless it is empty: beyond the end of the file."""
        if start == end:
            return
        index = bisect_right(self.starts, start)
        if self.ends[index - 1] > start or end > min(self.starts[index : index + 1], default=end):
            raise CorruptImageError("The file has too many pieces: its TIFF directories overlap.")
        self.starts.insert(index, start)
        self.ends.insert(index, end)
