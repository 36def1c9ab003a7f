"""A directory of a TIFF or of EXIF as a value: its entries, and how it is written anew."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Mapping
from dataclasses import dataclass

POINTERS = frozenset({330, 34665, 34853, 40965})
"""Tags of further directories: sub-pictures, EXIF, GPS, interoperability."""

VALUE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
VALUE_BYTES |= {16: 8, 17: 8, 18: 8}
"""Bytes of one value of each type; of other types the size is not known."""

_WHOLE = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
"""Codes of ``struct`` for the types of whole numbers."""

_SWAPPED = {3: "H", 8: "H", 12: "Q", 16: "Q", 17: "Q", 18: "Q"} | dict.fromkeys(
    (4, 5, 9, 10, 11, 13), "I"
)
"""Codes of ``array`` for numbers as long as those of each type; fractions have two of 32 bits."""

_POINTER = 4  # the type of an entry that points to a directory


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
        count = len(self.value) // VALUE_BYTES[self.kind]
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
        head += struct.pack("<HHI", tag, kind, len(value) // VALUE_BYTES[kind])
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
        elif entry.value and entry.kind in VALUE_BYTES:
            copied[tag] = (entry.kind, entry.little)
    return copied
