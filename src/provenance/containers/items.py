"""The items of an AVIF or HEIC (ISO 23008-12): pictures and metadata, read and written anew.

A ``meta`` box lists items, where their data lies, their properties, and how they refer to each
other. One of them, the primary item, is the picture; it may be put together from tiles. ``read``
takes all of that apart and ``write`` puts it together again, with every item's data in one box.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from provenance.containers import bmff, limits
from provenance.containers.piece import OTHER, Piece
from provenance.errors import CorruptImageError, UnsupportedFormatError

GRID, EXIF, MIME = b"grid", b"Exif", b"mime"
"""Types of items: a picture of tiles, EXIF, and what a media type names, such as XMP."""

DERIVED_FROM, DESCRIBES, SUPPLEMENTS, SMALLER = b"dimg", b"cdsc", b"auxl", b"thmb"
"""Types of references: to the pictures that one is made of, to what metadata describes, to the
picture that another supplements (transparency, depth, gain), and to that which it shows smaller."""

HIDDEN = 1
"""The flag of an item that is not shown by itself."""

_FILE_TYPE, _META, _DATA, _UUID = b"ftyp", b"meta", b"mdat", b"uuid"
_FILLING = frozenset({b"free", b"skip", OTHER})
_REBUILT = frozenset({b"iinf", b"iloc", b"iprp", b"iref", b"idat"})
_NEEDED = frozenset({b"iinf", b"iloc", b"pitm", b"iprp"})
_TABLES = _NEEDED | {b"iref"}
_VERSION = 4  # bytes of version and flags
_IN_FILE, _IN_META = 0, 1  # where an item's data lies: counted from the file or from ``idat``


@dataclass(frozen=True)
class Property:
    """One property of an item: its whole box, and whether readers must know it."""

    box: bytes
    essential: bool = False

    @property
    def kind(self) -> bytes:
        """The box's type."""
        return self.box[4:8]

    @property
    def content(self) -> bytes:
        """What the box holds."""
        return self.box[8:]


@dataclass(frozen=True)
class Item:
    """A picture or a piece of metadata; ``rest`` is what its entry says behind the type."""

    number: int
    kind: bytes
    flags: int = 0
    rest: bytes = b"\0"
    data: bytes = field(default=b"", repr=False)
    properties: tuple[Property, ...] = ()


@dataclass(frozen=True)
class Reference:
    """What one item has to do with others."""

    kind: bytes
    of: int
    to: tuple[int, ...]


@dataclass(frozen=True)
class Items:
    """A file: its type, its items by number, and the boxes that are kept as they are.

    ``boxes`` are those within ``meta``, such as groups, and ``behind`` those after it, such as a
    film. A manifest is never among them.
    """

    file_type: bytes
    primary: int
    items: dict[int, Item]
    references: tuple[Reference, ...] = ()
    boxes: tuple[bytes, ...] = ()
    behind: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def picture(self) -> Item:
        """The primary item."""
        return self.items[self.primary]

    def refer(self, kind: bytes, *, to: int) -> list[Item]:
        """Return the items that refer to another in this way."""
        return [self.items[r.of] for r in self.references if r.kind == kind and to in r.to]

    def find_tiles(self) -> tuple[int, ...]:
        """Return the items that only the picture is put together from."""
        own = {n for r in self.references if _derives(r) and r.of == self.primary for n in r.to}
        others = {n for r in self.references if _derives(r) and r.of != self.primary for n in r.to}
        return tuple(sorted(own - others))

    def without(self, *numbers: int) -> Items:
        """Return the file without some items and what refers to them alone."""
        gone = set(numbers)
        references = (
            replace(r, to=tuple(n for n in r.to if n not in gone)) for r in self.references
        )
        return replace(
            self,
            items={n: item for n, item in self.items.items() if n not in gone},
            references=tuple(r for r in references if r.to and r.of not in gone),
        )

    def with_item(self, item: Item, *references: Reference) -> Items:
        """Return the file with another item, or with one in place of that of the same number."""
        items = {**self.items, item.number: item}
        return replace(self, items=items, references=(*self.references, *references))


def _derives(reference: Reference) -> bool:
    return reference.kind == DERIVED_FROM


def read(data: bytes) -> Items:
    """Take a file apart.

    Raises
    ------
    CorruptImageError
        Its boxes contradict each other or are cut off.
    UnsupportedFormatError
        Items' data lies where only a player looks for it.
    """
    top = [piece for piece in bmff.walk_level(data) if piece.kind not in _FILLING]
    meta = next((piece for piece in top if piece.kind == _META), None)
    if meta is None or not top or top[0].kind != _FILE_TYPE:
        raise CorruptImageError("The file lists no items.")
    content = meta.read_content(data)[_VERSION:]
    boxes = {piece.kind: piece.read_content(content) for piece in bmff.walk_level(content)}
    if not boxes.keys() >= _NEEDED:
        raise CorruptImageError("The file lists no items.")
    if any(
        not _VERSION <= len(boxes[kind]) <= limits.ITEM_TABLE for kind in _TABLES & boxes.keys()
    ):
        raise CorruptImageError("A table of the file's items is too short or too long.")
    places = _read_places(boxes[b"iloc"], data, boxes.get(b"idat", b""))
    properties = _read_properties(boxes[b"iprp"])
    items = {
        item.number: replace(
            item,
            data=places.get(item.number, b""),
            properties=tuple(properties.get(item.number, ())),
        )
        for item in _read_entries(boxes[b"iinf"])
    }
    primary = int.from_bytes(boxes[b"pitm"][_VERSION:], "big")
    if primary not in items:
        raise CorruptImageError("The file's picture is not among its items.")
    kept = (p.read(content) for p in bmff.walk_level(content) if p.kind not in _REBUILT)
    behind = (piece.read(data) for piece in top if _stays(piece, data))
    references = tuple(_read_references(boxes.get(b"iref", bytes(_VERSION))))
    known = tuple(r for r in references if {r.of, *r.to} <= items.keys())
    return Items(top[0].read(data), primary, items, known, tuple(kept), tuple(behind))


def write(file: Items) -> bytes:
    """Put a file together."""
    entries = b"".join(map(_pack_entry, file.items.values()))
    several = struct.pack(">I", len(file.items))
    before = b"".join((*file.boxes, _full(b"iinf", 1, several + entries), _pack_properties(file)))
    before += _full(b"iref", 1, b"".join(map(_pack_reference, file.references)))
    head = _box(_META, bytes(_VERSION) + before + _pack_places(file.items, 0))
    first = len(file.file_type) + len(head) + 8
    head = _box(_META, bytes(_VERSION) + before + _pack_places(file.items, first))
    data = _box(_DATA, b"".join(item.data for item in file.items.values()))
    return b"".join((file.file_type, head, data, *file.behind))


def _stays(piece: Piece, data: bytes) -> bool:
    """Tell whether a box is neither rebuilt here nor a manifest."""
    manifest = piece.kind == _UUID and piece.read_content(data).startswith(bmff.STORE_UUID)
    return piece.kind not in (_FILE_TYPE, _META, _DATA) and not manifest


def _read_entries(box: bytes) -> Iterator[Item]:
    for piece in bmff.walk_level(box[_VERSION + (2 if box[0] == 0 else 4) :]):
        start = _VERSION + (2 if box[0] == 0 else 4)
        entry = box[start + piece.content_start : start + piece.content_end]
        if piece.kind != b"infe" or len(entry) < 12 or entry[0] not in (2, 3):
            raise CorruptImageError("The file's list of items can't be read.")
        width = 2 if entry[0] == 2 else 4
        number = int.from_bytes(entry[_VERSION : _VERSION + width], "big")
        after = _VERSION + width + 2  # behind the number of its protection
        flags = int.from_bytes(entry[1:_VERSION], "big")
        yield Item(number, entry[after : after + 4], flags, entry[after + 4 :])


def _pack_entry(item: Item) -> bytes:
    content = struct.pack(">IH4s", item.number, 0, item.kind) + item.rest
    return _full(b"infe", 3, content, item.flags)


def _read_places(box: bytes, data: bytes, inner: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    left = 2 * len(data)  # items may share data, but real ones don't share much
    for number, method, extents in bmff.read_locations(box):
        if method not in (_IN_FILE, _IN_META):
            raise UnsupportedFormatError("This file keeps a picture within another item.")
        source = data if method == _IN_FILE else inner
        for start, length in extents:
            left -= length
            if not length:
                raise UnsupportedFormatError("This file does not say how long its pictures are.")
            if start + length > len(source) or left < 0:
                raise CorruptImageError("The file is cut off: an item reaches beyond its end.")
        found[number] = b"".join(source[start : start + length] for start, length in extents)
    return found


def _pack_places(items: dict[int, Item], first: int) -> bytes:
    entries, at = [], first
    for item in items.values():
        entries.append(struct.pack(">IHHHII", item.number, _IN_FILE, 0, 1, at, len(item.data)))
        at += len(item.data)
    return _full(b"iloc", 2, b"\x44\0" + struct.pack(">I", len(items)) + b"".join(entries))


def _read_properties(box: bytes) -> dict[int, list[Property]]:
    pieces = list(bmff.walk_level(box))
    container = next((p.read_content(box) for p in pieces if p.kind == b"ipco"), b"")
    known = [piece.read(container) for piece in bmff.walk_level(container)]
    found: dict[int, list[Property]] = {}
    for piece in pieces:
        if piece.kind == b"ipma":
            for number, essential, index in _read_associations(piece.read_content(box)):
                if not 0 <= index <= len(known):
                    raise CorruptImageError("An item of the file has a property that is missing.")
                if index:
                    found.setdefault(number, []).append(Property(known[index - 1], essential))
    return found


def _read_associations(box: bytes) -> Iterator[tuple[int, bool, int]]:
    read = bmff.Fields(box)
    version = read.take(1)
    width = 2 if read.take(3) & 1 else 1
    for _ in range(read.take(4)):
        number = read.take(2 if version < 1 else 4)
        for _ in range(read.take(1)):
            value = read.take(width)
            top = 1 << (8 * width - 1)
            yield number, bool(value & top), value & (top - 1)


def _pack_properties(file: Items) -> bytes:
    known: dict[bytes, int] = {}
    entries = [struct.pack(">I", len(file.items))]
    for item in file.items.values():
        entries.append(struct.pack(">IB", item.number, len(item.properties)))
        for each in item.properties:
            index = known.setdefault(each.box, len(known) + 1)
            entries.append(struct.pack(">H", each.essential << 15 | index))
    associations = _full(b"ipma", 1, b"".join(entries), 1)
    return _box(b"iprp", _box(b"ipco", b"".join(known)) + associations)


def _read_references(box: bytes) -> Iterator[Reference]:
    width = 2 if box[0] == 0 else 4
    for piece in bmff.walk_level(box[_VERSION:]):
        read = bmff.Fields(piece.read_content(box[_VERSION:]))
        of, count = read.take(width), read.take(2)
        yield Reference(piece.kind, of, tuple(read.take(width) for _ in range(count)))


def _pack_reference(reference: Reference) -> bytes:
    count = len(reference.to)
    return _box(reference.kind, struct.pack(f">IH{count}I", reference.of, count, *reference.to))


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def _full(kind: bytes, version: int, content: bytes, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags) + content)
