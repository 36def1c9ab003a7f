"""TIFF and BigTIFF, and EXIF, which is a TIFF without pictures: directories of entries.

Directories lie anywhere in the file and point to each other, so the pieces come directory by
directory. No two directories may share a byte: one that several pointers lead to is refused, since
readers differ in how often they follow. A manifest store is the value of an entry of the first
directory.
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provenance.containers import limits
from provenance.containers.piece import OTHER, Piece, make_unnamed
from provenance.containers.store import Span, require_one_store, select
from provenance.errors import CorruptImageError, ManifestError

STARTS = frozenset({b"II*\0", b"MM\0*"})
BIG_STARTS = frozenset({b"II+\0", b"MM\0+"})
"""First bytes of a TIFF, and of a BigTIFF, whose numbers have 64 bits."""

DIRECTORY = b"IFD"
"""Kind of the piece that has the number of a directory's entries."""

_STORE, _UNDEFINED = b"\xcd\x41", 7  # C2PA's tag, and the type for bytes without meaning to TIFF
_ALIGNED = 4  # bytes: where the C2PA library lets a directory begin
POINTERS = frozenset({330, 34665, 34853, 40965})
"""Tags of further directories: sub-pictures, EXIF, GPS, interoperability."""

_POINTERS = frozenset(tag.to_bytes(2, "big") for tag in POINTERS)

_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_BYTES |= {16: 8, 17: 8, 18: 8}
"""Bytes of one value of each type; of other types the size is not known."""

_WHOLE = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
"""Codes of ``struct`` for the types of whole numbers."""

_SWAPPED = {3: "H", 8: "H", 12: "Q", 16: "Q", 17: "Q", 18: "Q"} | dict.fromkeys(
    (4, 5, 9, 10, 11, 13), "I"
)
"""Codes of ``array`` for numbers as long as those of each type; fractions have two of 32 bits."""

_POINTER, _MAX_BELOW = 4, 4
"""Type of a pointer, and how many levels of directories below each other are read; real files have
two."""


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
    """

    order: str
    place: str = "I"
    count: str = "H"
    entry: int = 12
    inline: int = 4
    header: int = 4

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


@dataclass(frozen=True, slots=True)
class Entry:
    """What one entry states: type, and the value's bytes in the file's order, none if cut off."""

    kind: int
    value: memoryview
    order: str

    @property
    def numbers(self) -> tuple[int, ...]:
        """The value as whole numbers; empty when it is of another type."""
        code = _WHOLE.get(self.kind)
        if code is None:
            return ()
        count = len(self.value) // _BYTES[self.kind]
        return struct.unpack_from(f"{self.order}{count}{code}", self.value)

    @property
    def little(self) -> bytes:
        """The value's bytes with the lowest of each number first."""
        code = _SWAPPED.get(self.kind, "B")
        numbers = array(code)
        numbers.frombytes(self.value[: len(self.value) // numbers.itemsize * numbers.itemsize])
        if self.order == ">":
            numbers.byteswap()
        return numbers.tobytes()


@dataclass(frozen=True)
class Directory:
    """One directory: entries by tag, the directories that some point to, and the order of bytes."""

    order: str
    entries: Mapping[int, Entry]
    below: Mapping[int, tuple[Directory, ...]]

    def read(self, tag: int, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """Return an entry's whole numbers, or ``default`` when there are none."""
        entry = self.entries.get(tag)
        return (entry.numbers if entry else ()) or default


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


Tree = Mapping[int, "tuple[int, bytes] | Tree"]
"""A directory to be written: type and little-endian value of each tag, or the directory that it
points to."""


def pack_directory(tree: Tree, place: int) -> bytes:
    """Return a directory that begins at ``place`` and is the last, with all that it points to."""
    head, rest = struct.pack("<H", len(tree)), b""
    start = place + len(head) + 12 * len(tree) + 4
    for tag, content in sorted(tree.items(), key=lambda item: item[0]):
        at = start + len(rest)
        if isinstance(content, Mapping):
            head += struct.pack("<HHII", tag, _POINTER, 1, at)
            rest += pack_directory(content, at)
            continue
        kind, value = content
        inline = len(value) <= 4
        head += struct.pack("<HHI", tag, kind, len(value) // _BYTES[kind])
        head += value.ljust(4, b"\0") if inline else struct.pack("<I", at)
        rest += b"" if inline else value + bytes(len(value) % 2)
    return head + bytes(4) + rest


def copy_entries(directory: Directory) -> dict[int, tuple[int, bytes] | Tree]:
    """Return a directory as it is written, without what is cut off or of an unknown type."""
    copied: dict[int, tuple[int, bytes] | Tree] = {}
    for tag, entry in directory.entries.items():
        inner = directory.below.get(tag, ())
        if tag in POINTERS:
            if len(inner) == 1:
                copied[tag] = copy_entries(inner[0])
        elif entry.value and entry.kind in _BYTES:
            copied[tag] = (entry.kind, entry.little)
    return copied


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
    entries, _ = _require_first_directory(data, form)
    stores = []
    for piece in entries:
        kind, count = form.read("H" + form.place, data, piece.start + 2)
        if piece.kind == _STORE and kind == _UNDEFINED and count > form.inline:
            stores.append(piece)
    return require_one_store(
        [piece.read_content(data) for piece in stores if not piece.cut], stores
    )


def list_store_pieces(data: bytes) -> list[Piece]:
    """Return the entries of the first directory whose values are manifest stores."""
    return select(walk_first_directory(data), _STORE)


def insert(data: bytes, store: bytes, span: Span | None) -> bytes:
    """Append the directory with one more entry, then the store, and point the header there.

    Raises
    ------
    CorruptImageError
        The file has no whole first directory.
    ManifestError
        The signer had it elsewhere, or the file is a BigTIFF.
    """
    if data[:4] not in STARTS:
        raise ManifestError("A store can be put back into TIFF, not into BigTIFF.")
    form = _read_form(data)
    old, following = _require_first_directory(data, form)
    size = struct.calcsize(form.count) + (len(old) + 1) * form.entry + len(following)
    start = span.start - size if span else len(data) + -len(data) % _ALIGNED
    padding = start - len(data)
    if not 0 <= padding < _ALIGNED or start + size + len(store) >= 1 << 32:
        raise ManifestError("The store lay elsewhere in the signed file.")
    value = (int.from_bytes(_STORE, "big"), _UNDEFINED, len(store), start + size)
    new = struct.pack(f"{form.order}HHII", *value)
    tagged = [*((piece.kind, piece.read(data)) for piece in old), (_STORE, new)]
    entries = b"".join(entry for _, entry in sorted(tagged, key=lambda each: each[0]))
    written = struct.pack(form.order + form.count, len(tagged)) + entries + following
    header = data[: form.header] + struct.pack(form.order + form.place, start)
    return header + data[len(header) :] + bytes(padding) + written + store


def _read_form(data: bytes) -> _Form:
    order = "<" if data[:2] == b"II" else ">"
    return _Form(order, "Q", "Q", 20, 8, 8) if data[:4] in BIG_STARTS else _Form(order)


def _require_first_directory(data: bytes, form: _Form) -> tuple[list[Piece], bytes]:
    """Return the entries of the first directory, if all are there, and what follows them."""
    pieces: list[Piece] = []
    for place in form.read(form.place, data, form.header):
        pieces = list(_walk_directory(data, form, place, 0))
    end = pieces[-1].end if pieces else 0
    following = data[end : end + form.inline]
    if len(following) < form.inline or any(p.cut and p.kind in (DIRECTORY, OTHER) for p in pieces):
        raise CorruptImageError(
            "The TIFF file has no directory, or is cut off within its first one."
        )
    return pieces[1:], following


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
    end, size = at + form.entry, count * _BYTES.get(kind, 0)
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
