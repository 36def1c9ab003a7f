"""Directories of a TIFF or of EXIF with their values: read, and written anew."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Mapping
from dataclasses import dataclass

from provenance.containers import tiff
from provenance.containers.piece import OTHER
from provenance.errors import CorruptImageError

_WHOLE = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
"""Codes of ``struct`` for the types of whole numbers."""

_SWAPPED = {3: "H", 8: "H", 12: "Q", 16: "Q", 17: "Q", 18: "Q"} | dict.fromkeys(
    (4, 5, 9, 10, 11, 13), "I"
)
"""Codes of ``array`` for numbers as long as those of each type; fractions have two of 32 bits."""

_POINTER, _MAX_BELOW = 4, 4
"""Type of a pointer, and how many levels of directories below each other are read; real files have
two."""


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
        count = len(self.value) // tiff.BYTES[self.kind]
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
    form = tiff.read_form(data)
    found: dict[int, dict[int, Entry]] = {}
    ends: dict[int, int] = {}
    start = 0
    for piece in list(tiff.walk(data))[1:]:
        if piece.kind == tiff.DIRECTORY:
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
    pointing = entries.keys() & tiff.POINTERS if levels else ()
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
        head += struct.pack("<HHI", tag, kind, len(value) // tiff.BYTES[kind])
        head += value.ljust(4, b"\0") if inline else struct.pack("<I", at)
        rest += b"" if inline else value + bytes(len(value) % 2)
    return head + bytes(4) + rest


def copy_entries(directory: Directory) -> dict[int, tuple[int, bytes] | Tree]:
    """Return a directory as it is written, without what is cut off or of an unknown type."""
    copied: dict[int, tuple[int, bytes] | Tree] = {}
    for tag, entry in directory.entries.items():
        inner = directory.below.get(tag, ())
        if tag in tiff.POINTERS:
            if len(inner) == 1:
                copied[tag] = copy_entries(inner[0])
        elif entry.value and entry.kind in tiff.BYTES:
            copied[tag] = (entry.kind, entry.little)
    return copied
