"""What an AVIF or HEIC says of its picture, and how a new picture is put in its place.

Turning, mirroring and cropping are properties of the picture's item, and they count, whatever EXIF
and XMP say. All else in such a file, such as depth, gain maps, transparency and films, stays when
the picture is coded anew.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from provenance.containers import items
from provenance.errors import InputError
from provenance.imaging import cropping, exif, orientation
from provenance.imaging.colour import UNKNOWN, Colour
from provenance.imaging.picture import Picture, Pixels, orient
from provenance.imaging.quantisers import read_quantiser

Box = tuple[int, int, int, int]

XMP_TYPE = b"application/rdf+xml"
"""The media type of an item that holds XMP."""

XMP_ENTRY = b"\0" + XMP_TYPE + b"\0"
"""What the entry of such an item says behind its type: no name, and the media type."""

TURNED, MIRRORED, CROPPED = b"irot", b"imir", b"clap"
"""Properties that change what is shown of the coded picture, in this order as a rule."""

OF_CODING = frozenset(b"av1C hvcC lhvC ispe pixi a1lx a1op lsel tols".split()) | {CROPPED}
"""Properties that come from the encoder, and describe the picture as it was coded."""

SIZE = b"ispe"
"""The property that states width and height of the coded picture."""

COLOUR, NUMBERS = b"colr", b"nclx"
"""The property that describes colour, and its kind that does so by the numbers of H.273."""

USUAL = frozenset({(1, 13), (2, 2), (1, 2), (2, 13)})
"""Primaries and transfer of sRGB, or not stated."""

TRANSPARENCY = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1")
"""What an item that supplements the picture says when it is the picture's alpha."""

SHOWN = frozenset(b"av01 hvc1 grid iovl iden jpeg avc1".split())
"""Types of items that are pictures."""

ODD = "is put together in a way that is not handled"
"""See ``Layout.obstacle``."""

PADDING = 64
"""Fewer pixels than this are added to a side by encoders to fill the last block, and cropped away
again."""


@dataclass(frozen=True)
class Layout:
    """What lies in a file, and how its picture is turned: EXIF's number for it.

    ``crop`` is what is shown of the coded picture (left, top, right, bottom), None for all of it.
    """

    file: items.Items
    orientation: int
    crop: Box | None

    @property
    def alone(self) -> bool:
        """Whether the file holds an ordinary picture and its metadata, and nothing else."""
        own = {self.file.primary, *self.file.find_tiles()}
        own |= {item.number for item in self.find_metadata()}
        plain = all(_is_plain(each) for each in self.file.picture.properties)
        return plain and self.file.items.keys() == own and not self.file.behind

    @property
    def exif(self) -> bytes | None:
        """EXIF without what stands before it, None when there is none."""
        for item in self.find_metadata():
            if item.kind == items.EXIF:
                start = 4 + int.from_bytes(item.data[:4], "big")
                return item.data[start:] or None
        return None

    @property
    def quantiser(self) -> int | None:
        """How finely the picture, or its first tile, was coded; see ``read_quantiser``."""
        first = next(iter(self.file.find_tiles()), self.file.primary)
        return read_quantiser(self.file.items[first])

    @property
    def colour(self) -> Colour | None:
        """What the numbers of the picture mean, where the file says so by H.273's."""
        stated = next(
            (each.content for each in self.file.picture.properties if _is_colour(each)), b""
        )
        if len(stated) < len(NUMBERS) + 4:
            return None
        numbers = struct.unpack_from(">HH", stated, len(NUMBERS))
        return None if UNKNOWN in numbers else Colour(*numbers)

    @property
    def obstacle(self) -> str | None:
        """What can't be kept: several pictures of equal rank; crops that others don't share."""
        if self.file.picture.kind not in SHOWN:
            return ODD
        if others := self._count_others():
            return f"holds {others + 1} pictures"
        if any(box[4:8] == b"moov" for box in self.file.behind):
            return "holds a film"
        return "is cropped and holds further layers" if self.hides and not self.alone else None

    @property
    def hides(self) -> bool:
        """Whether the crop takes away more than what encoders add to fill the last block."""
        size = next((p.content for p in self.file.picture.properties if p.kind == SIZE), bytes(12))
        width, height = struct.unpack_from(">II", size, 4)
        left, top, right, bottom = self.crop or (0, 0, width, height)
        return bool(left or top) or max(width - right, height - bottom) >= PADDING

    def find_metadata(self) -> Iterator[items.Item]:
        """Yield the items with the picture's EXIF and XMP."""
        for item in self.file.refer(items.DESCRIBES, to=self.file.primary):
            if item.kind == items.EXIF or _is_xmp(item):
                yield item

    def _count_others(self) -> int:
        """Count the pictures that are shown by themselves, besides this one."""
        references = self.file.references
        rest = {self.file.primary}
        rest |= {n for r in references if r.kind == items.DERIVED_FROM for n in r.to}
        rest |= {r.of for r in references if r.kind in (items.SUPPLEMENTS, items.SMALLER)}
        shown = (i for i in self.file.items.values() if not i.flags & items.HIDDEN)
        return sum(item.kind in SHOWN and item.number not in rest for item in shown)


def read_layout(data: bytes) -> Layout | None:
    """Take a file apart; None when that can't be done, and the decoder has the last word."""
    try:
        file = items.read(data)
    except InputError:
        return None
    return Layout(file, _find_orientation(file.picture), _find_crop(file.picture))


def apply_layout(
    picture: Picture, layout: Layout, data: bytes, *, cropped: bool = False, turned: bool = False
) -> Picture:
    """Return a decoded picture as it is to be shown, with what else its file ``data`` holds.

    ``cropped`` and ``turned`` say what the decoder has done to the pixels already.
    """
    obstacle = layout.obstacle and f"This {picture.format} {layout.obstacle}"
    stated = exif.UPRIGHT if turned else layout.orientation
    known = layout.exif and exif.set_orientation(layout.exif, stated)
    picture = replace(
        picture,
        # The decoder adds the orientation where EXIF has none, and then has the whole rewritten.
        exif=known if known and exif.read_orientation(known) == stated else picture.exif,
        colour=layout.colour,
        companions=b"" if layout.alone else data,
        obstacle=obstacle or picture.obstacle,
    )
    picture = orientation.state(picture, stated)
    if layout.hides or (layout.crop and not cropped):
        picture = cropping.crop(picture, None if cropped else layout.crop)
    return picture


def graft(encoded: bytes, picture: Picture) -> bytes:
    """Return the picture's file with ``encoded`` in place of what it shows, and all else as it was.

    EXIF and XMP are the picture's, but say of the orientation what the file says. ``encoded`` is a
    file of the same kind; its alpha is taken too where it has one.
    """
    file, new = items.read(picture.companions), items.read(encoded)
    picture = orientation.state(picture, _find_orientation(file.picture))
    placed = _take_place(file.picture, new.picture)
    gone = (items.DERIVED_FROM, b"prem")  # the new picture is not made of tiles, nor premultiplied
    kept = tuple(r for r in file.references if r.of != file.primary or r.kind not in gone)
    file = replace(file.without(*file.find_tiles()), references=kept).with_item(placed)
    file = file.without()  # references to what is gone
    for mine, other in zip(_find_alpha(file), _find_alpha(new), strict=False):
        file = file.with_item(_take_place(mine, other))
    before = struct.pack(">I", len(exif.EXIF_PREFIX)) + exif.EXIF_PREFIX
    file = _put_metadata(file, items.Item(0, items.EXIF), picture.exif and before + picture.exif)
    return items.write(_put_metadata(file, items.Item(0, items.MIME, 0, XMP_ENTRY), picture.xmp))


def _put_metadata(file: items.Items, like: items.Item, data: bytes | None) -> items.Items:
    """Replace the picture's EXIF or XMP, add it, or take it out."""
    described = file.refer(items.DESCRIBES, to=file.primary)
    found = [
        item for item in described if item.kind == like.kind and _is_xmp(item) == _is_xmp(like)
    ]
    if not data:
        return file.without(*(item.number for item in found))
    if found:
        return file.with_item(replace(found[0], data=data))
    number = max(file.items) + 1
    reference = items.Reference(items.DESCRIBES, number, (file.primary,))
    return file.with_item(replace(like, number=number, flags=items.HIDDEN, data=data), reference)


def _is_xmp(item: items.Item) -> bool:
    return item.kind == items.MIME and XMP_TYPE in item.rest


def _find_alpha(file: items.Items) -> list[items.Item]:
    found = file.refer(items.SUPPLEMENTS, to=file.primary)
    return [
        item
        for item in found
        if any(name in each.content for each in item.properties for name in TRANSPARENCY)
    ]


def _take_place(old: items.Item, new: items.Item) -> items.Item:
    """Return the new item under the old one's number, with the properties that are still true."""
    own = [each for each in new.properties if each.kind in OF_CODING and each.kind != CROPPED]
    rest = [each for each in old.properties if each.kind not in OF_CODING and not _is_colour(each)]
    colour = _merge_colour(old.properties, new.properties)
    crop = [each for each in new.properties if each.kind == CROPPED]
    turns = [each for each in rest if each.kind in (TURNED, MIRRORED)]
    others = [each for each in rest if each.kind not in (TURNED, MIRRORED)]
    properties = (*own, *colour, *others, *crop, *turns)
    return replace(old, kind=new.kind, data=new.data, properties=properties)


def _is_plain(each: items.Property) -> bool:
    """Tell whether every encoder writes such a property, or states what it says of colours."""
    if _is_colour(each):
        start = len(NUMBERS)
        numbers = struct.unpack_from(">HH", each.content.ljust(start + 4), start)
        return numbers in USUAL or UNKNOWN not in numbers
    return each.kind in OF_CODING | {COLOUR, TURNED, MIRRORED}


def _is_colour(each: items.Property) -> bool:
    return each.kind == COLOUR and each.content.startswith(NUMBERS)


def _merge_colour(
    old: tuple[items.Property, ...], new: tuple[items.Property, ...]
) -> list[items.Property]:
    """Return how colours are meant, as before, but coded in the encoder's matrix and range."""
    was = next((each.content for each in old if _is_colour(each)), None)
    coded = next((each for each in new if _is_colour(each)), None)
    if was is None or coded is None:
        return [] if coded is None else [coded]
    content = was[: len(NUMBERS) + 4] + coded.content[len(NUMBERS) + 4 :]
    return [
        items.Property(struct.pack(">I4s", 8 + len(content), COLOUR) + content, coded.essential)
    ]


def _find_orientation(item: items.Item) -> int:
    """Return EXIF's number for turning and mirroring: the one that does the same to a sample."""
    sample: Pixels = np.arange(6, dtype=np.uint8).reshape(2, 3)
    shown = sample
    for each in (each for each in item.properties if each.kind in (TURNED, MIRRORED)):
        value = each.content[0] if each.content else 0
        if each.kind == TURNED:  # to the left, in quarters
            shown = np.rot90(shown, value & 3)
        else:  # 0: upside down; 1: left to right
            shown = shown[:, ::-1] if value & 1 else shown[::-1]
    numbers = range(exif.UPRIGHT, 9)
    return next(n for n in numbers if np.array_equal(orient(sample, n), shown))


def _find_crop(item: items.Item) -> Box | None:
    """Return what is shown of the coded picture; None for all of it, or where that can't be."""
    crop = next((each.content for each in item.properties if each.kind == CROPPED), b"")
    size = next((each.content for each in item.properties if each.kind == SIZE), b"")
    if len(crop) < 32 or len(size) < 12:
        return None
    width, height = struct.unpack_from(">II", size, 4)
    w, wd, h, hd, x, xd, y, yd = struct.unpack(">IIIIiIiI", crop[:32])
    if not wd * hd * xd * yd:
        return None
    wide, high = w // wd, h // hd
    left = round((width - wide) / 2 + x / xd)
    top = round((height - high) / 2 + y / yd)
    box = (left, top, left + wide, top + high)
    inside = 0 <= left < box[2] <= width and 0 <= top < box[3] <= height
    return box if inside and box != (0, 0, width, height) else None
