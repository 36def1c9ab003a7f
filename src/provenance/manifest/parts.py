"""What lies where in a file, as a person would call it: which bytes are picture, and which are not.

What is not known to be anything else counts as the picture, so that nothing passes for harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from provenance.containers import (
    OTHER,
    Container,
    Piece,
    Span,
    bmff,
    find_container,
    gif,
    jpeg,
    png,
    riff,
    tiff,
)
from provenance.errors import CorruptImageError


class PartKind(StrEnum):
    """What a part of a file holds, from the most harmless to the gravest."""

    STORE = "manifest"  # a C2PA manifest store, with the field or box around it
    FILE_TYPE = "file type"  # brands of an ISO media file
    FILM_INDEX = "film index"  # where one may jump to in a film
    PADDING = "padding"  # boxes that readers skip
    XMP = "XMP"
    EXIF = "EXIF"
    METADATA = "other metadata"  # texts, comments, IPTC, data of applications
    BOX = "foreign box"  # of a maker's own kind
    UNKNOWN = "unknown"  # behind the picture's end, or in a kind of file that is not taken apart
    PICTURE = "picture"  # the picture, and what it is decoded by


@dataclass(frozen=True)
class Part:
    """Bytes from ``start`` up to ``end``, and what they hold."""

    kind: PartKind
    start: int
    end: int


_GRAVEST_FIRST = tuple(reversed(PartKind))

_JPEG_APP1, _JPEG_EXIF = b"\xe1", b"Exif\0"
_JPEG_XMP = (b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0")
_JPEG_COLOURS = ((b"\xe2", b"ICC_PROFILE\0"), (b"\xee", b"Adobe"))
_JPEG_NOTES = frozenset((*(bytes([marker]) for marker in range(0xE0, 0xF0)), b"\xfe"))
# Segments of applications and comments; of these, two say how the colours are to be shown.

_PNG_XMP = b"XML:com.adobe.xmp\0"
_PNG_NOTES = frozenset((b"tEXt", b"zTXt", b"iTXt", b"tIME"))
_RIFF_NOTES = {b"EXIF": PartKind.EXIF, b"XMP ": PartKind.XMP}

_GIF_XMP = b"\x0bXMP DataXMP"  # name of the application, with its length

_TIFF_XMP, _TIFF_POINTERS = 700, (0x8769, 0x8825)  # the packet, and where EXIF and GPS are
_TIFF_WITHIN_EXIF = range(0x9000, 0xA500)  # tags that only an EXIF directory has
_TIFF_NOTES = frozenset((270, 271, 272, 305, 306, 315, 316, 33432, 33723, 34377))
# Names, maker, software, time, artist, host, copyright, IPTC, Photoshop's resources.

_BOXES = {
    bmff.FILE_TYPE: PartKind.FILE_TYPE,
    b"mfra": PartKind.FILM_INDEX,
    b"free": PartKind.PADDING,
    b"skip": PartKind.PADDING,
    b"uuid": PartKind.BOX,
}


def name_parts(data: bytes, spans: Iterable[Span]) -> list[Part]:
    """Return what lies in these spans of a file, in order; no two parts share a byte.

    Where the pieces of a file lie within each other, the gravest of them is named.
    """
    container = find_container(data)
    events = [each for span in spans for each in _open_and_close(0, span.start, span.end)]
    for part in _list_parts(data, container) if events else ():
        events += _open_and_close(1 + _GRAVEST_FIRST.index(part.kind), part.start, part.end)
    # Between the directories of a TIFF lie the pixels.
    between = PartKind.PICTURE if container is tiff else PartKind.UNKNOWN
    found: list[Part] = []
    opened, last = [0] * (1 + len(_GRAVEST_FIRST)), 0
    for at, layer, change in sorted(events):
        if opened[0] and at > last:
            named = (kind for kind, count in zip(_GRAVEST_FIRST, opened[1:], strict=True) if count)
            _append(found, Part(next(named, between), last, at))
        opened[layer] += change
        last = at
    return found


def _open_and_close(layer: int, start: int, end: int) -> tuple[tuple[int, int, int], ...]:
    return ((start, layer, 1), (end, layer, -1)) if start < end else ()


def _append(parts: list[Part], part: Part) -> None:
    """Append a part, or make the last one longer if it is of the same kind."""
    if parts and (parts[-1].kind, parts[-1].end) == (part.kind, part.start):
        part = Part(part.kind, parts.pop().start, part.end)
    parts.append(part)


def _list_parts(data: bytes, container: Container | None) -> Iterator[Part]:
    if container is None:
        return
    name = _NAMES[container]
    try:
        stores = {piece.start for piece in container.list_store_pieces(data)}
        for piece in container.walk(data):
            if container is bmff and piece.depth:
                continue
            kind = PartKind.STORE if piece.start in stores else name(piece, data)
            end = piece.end
            if container is jpeg and piece.kind == jpeg.SCAN:
                end = jpeg.find_end(data, piece.start)  # what lies behind it is no part of this one
            yield Part(kind, piece.start, end)
            if not piece.start <= piece.content_start <= piece.end:  # a value elsewhere in a TIFF
                yield Part(kind, piece.content_start, piece.content_end)
    except CorruptImageError:
        return


def _name_jpeg(piece: Piece, data: bytes) -> PartKind:
    if piece.kind == OTHER:
        return PartKind.UNKNOWN
    content = piece.read_content(data)
    if piece.kind == _JPEG_APP1 and content.startswith(_JPEG_EXIF):
        return PartKind.EXIF
    if piece.kind == _JPEG_APP1 and content.startswith(_JPEG_XMP):
        return PartKind.XMP
    colours = any(piece.kind == kind and content.startswith(head) for kind, head in _JPEG_COLOURS)
    return PartKind.METADATA if piece.kind in _JPEG_NOTES and not colours else PartKind.PICTURE


def _name_png(piece: Piece, data: bytes) -> PartKind:
    if piece.kind == OTHER and piece.start:
        return PartKind.UNKNOWN
    if piece.kind == b"iTXt" and piece.read_content(data).startswith(_PNG_XMP):
        return PartKind.XMP
    if piece.kind == b"eXIf":
        return PartKind.EXIF
    return PartKind.METADATA if piece.kind in _PNG_NOTES else PartKind.PICTURE


def _name_riff(piece: Piece, data: bytes) -> PartKind:  # noqa: ARG001 - the kind says it
    return _RIFF_NOTES.get(piece.kind, PartKind.PICTURE)


def _name_gif(piece: Piece, data: bytes) -> PartKind:
    if piece.kind == OTHER and piece.start:
        return PartKind.UNKNOWN
    if piece.kind == gif.APPLICATION and piece.read_content(data).startswith(_GIF_XMP):
        return PartKind.XMP
    return PartKind.METADATA if piece.kind == gif.COMMENT else PartKind.PICTURE


def _name_tiff(piece: Piece, data: bytes) -> PartKind:  # noqa: ARG001 - the tag says it
    tag = int.from_bytes(piece.kind, "big") if len(piece.kind) == 2 else 0
    if tag == _TIFF_XMP:
        return PartKind.XMP
    if tag in _TIFF_POINTERS or tag in _TIFF_WITHIN_EXIF:
        return PartKind.EXIF
    return PartKind.METADATA if tag in _TIFF_NOTES else PartKind.PICTURE


def _name_box(piece: Piece, data: bytes) -> PartKind:  # noqa: ARG001 - the type says it
    return _BOXES.get(piece.kind, PartKind.PICTURE)


_NAMES: dict[Container, Callable[[Piece, bytes], PartKind]] = {
    jpeg: _name_jpeg,
    png: _name_png,
    riff: _name_riff,
    gif: _name_gif,
    tiff: _name_tiff,
    bmff: _name_box,
}
