"""JPEG XL files, by way of the optional package pylibjxl, with 8 bits per channel.

libjxl turns pixels upright while it decodes, so EXIF's orientation is then set to 1. The manifest
needs boxes around the picture, so files are always written with them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from importlib import import_module
from types import ModuleType
from typing import Any

import brotli
import numpy as np

from provenance import containers
from provenance.containers import OTHER, Piece
from provenance.distribution import say_install
from provenance.errors import UnsupportedFormatError
from provenance.imaging import orientation
from provenance.imaging.exif import UPRIGHT
from provenance.imaging.jxl_header import HEADER_BYTES, Header, read_header
from provenance.imaging.picture import LOSSY_QUALITY, Picture, make_picture
from provenance.imaging.pillow import translate_decoder_errors
from provenance.imaging.samples import Samples
from provenance.limits import Limits
from provenance.losses import Loss, LossKind

BARE, BOXED = b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"
"""First bytes of the picture alone, and of the boxes around it."""

TYPE = b"\0\0\0\x14ftypjxl \0\0\0\0jxl "
"""The second box, which says what kind of file this is."""

PICTURE = frozenset({b"JXL ", b"ftyp", b"jxll", b"jxlc", b"jxlp"})
EXIF, XMP, PACKED = b"Exif", b"xml ", b"brob"
KNOWN = PICTURE | {EXIF, XMP, b"jxli", b"jumb"}
"""Boxes of the picture, of metadata, and those that may be packed (with Brotli); and all that are
written anew, or describe the old samples only (a manifest)."""

MOST_METADATA = 2**22
"""Bytes of a packed box when it is unpacked: no other program reads longer EXIF or XMP."""

EFFORT = 5
"""libjxl's 1 to 10; 7 takes twice as long to save 2 %."""

BEST, STEP = 0.1, 0.09
"""libjxl's distance for quality 100, and what each step of quality below it adds."""


def read(data: bytes, limits: Limits) -> Picture:
    """Decode a JPEG XL file.

    Raises
    ------
    InputError
        It can't be decoded, is over a limit, or pylibjxl is not installed.
    """
    library = _load("read")
    boxes = _walk(data)
    # The decoder sees the picture alone: packed boxes could get longer without a limit.
    core = b"".join(box.read(data) for box in boxes if box.kind in PICTURE) or data
    with translate_decoder_errors("The JPEG XL picture"):
        facts = library.probe(core)
    limits.check_size(facts["width"], facts["height"])
    with translate_decoder_errors("The JPEG XL picture"):
        values, found = library.decode(core, metadata=True)
    values = np.asarray(values, dtype=np.uint8)
    picture = make_picture(Samples(values[..., None] if values.ndim == 2 else values))
    header = read_header(_find_picture(data, boxes))
    metadata = dict(_read_metadata(data, boxes))
    exif = metadata.get(EXIF)
    picture = replace(
        picture,
        format="JXL",
        icc=found.get("icc") or None,
        exif=exif[4 + int.from_bytes(exif[:4], "big") :] or None if exif else None,
        xmp=metadata.get(XMP) or None,
        lossless=header.exact,
        obstacle=_find_obstacle(facts, header, profile=bool(found.get("icc"))),
        losses=tuple(_name_unknown({box.kind for box in boxes} - {PACKED}, metadata.keys())),
    )
    return orientation.state(picture, UPRIGHT)


def write(picture: Picture, image: Any) -> bytes:
    """Encode ``image``, the pixels of ``picture``: exactly when its source stored exact pixels."""
    samples = np.ascontiguousarray(np.asarray(image, dtype=np.uint8))
    quality = picture.quality or LOSSY_QUALITY
    data: bytes = _load("write").encode(
        samples if samples.ndim == 3 else samples[..., None],
        effort=EFFORT,
        distance=BEST + (100 - quality) * STEP,
        lossless=picture.lossless,
        icc=picture.icc,
    )
    if data.startswith(BARE):
        data = BOXED + TYPE + _pack(b"jxlc", data)
    # The library would pack these with Brotli, and then ExifTool often can't read them.
    described = _pack(EXIF, bytes(4) + picture.exif) if picture.exif else b""
    return data + described + (_pack(XMP, picture.xmp) if picture.xmp else b"")


def _pack(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def _find_obstacle(facts: dict[str, Any], header: Header, *, profile: bool) -> str | None:
    if facts["have_animation"]:
        return "This JPEG XL moves"
    if facts["bits_per_sample"] > 8 or facts["exponent_bits_per_sample"]:
        return "This JPEG XL has more than 8 bits per channel"
    if header.odd and not profile:
        return "This JPEG XL states colours other than sRGB's without a profile"
    return "This JPEG XL holds a preview or further channels" if header.further else None


def _walk(data: bytes) -> list[Piece]:
    """Return the boxes; none for a picture without them.

    Raises
    ------
    CorruptImageError
        There are too many, or one states a size that is impossible.
    """
    if not data.startswith(BOXED):
        return []
    return [piece for piece in containers.bmff.walk_level(data) if piece.kind != OTHER]


def _find_picture(data: bytes, boxes: Sequence[Piece]) -> bytes:
    """Return the beginning of the picture itself."""
    for box in boxes:
        if box.kind in (b"jxlc", b"jxlp"):
            start = box.content_start + 4 * (box.kind == b"jxlp")  # behind the number of the part
            return data[start : start + HEADER_BYTES]
    return data[:HEADER_BYTES]


def _read_metadata(data: bytes, boxes: Sequence[Piece]) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and content of EXIF and XMP, and of what is packed; empty where it is too long."""
    for box in boxes:
        content = box.read_content(data)
        if box.kind in (EXIF, XMP):
            yield box.kind, content
        elif box.kind == PACKED:
            yield content[:4], _unpack(content[4:])


def _unpack(packed: bytes) -> bytes:
    decompressor = brotli.Decompressor()
    try:
        found: bytes = decompressor.process(packed, output_buffer_limit=MOST_METADATA)
    except brotli.error:
        return b""
    return found if decompressor.is_finished() else b""


def _name_unknown(kinds: Set[bytes], packed: Set[bytes]) -> Iterator[Loss]:
    if left := sorted(kind.decode("latin-1") for kind in (kinds | packed) - KNOWN):
        says = f"The JPEG XL holds boxes that are left out: {', '.join(left)}."
        if "jbrd" in left:
            says += " One of them rebuilds the JPEG that it was made from."
        yield Loss(LossKind.PRIVATE, says)


def _load(what: str) -> ModuleType:
    try:
        return import_module("pylibjxl")
    except ImportError as error:
        raise UnsupportedFormatError(
            f"To {what} JPEG XL pictures, install pylibjxl: {say_install('jxl')}."
        ) from error
