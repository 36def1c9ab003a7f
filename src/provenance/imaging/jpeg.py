"""JPEG files: the header's segments, and coding the way the input was coded."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

from PIL import Image, JpegImagePlugin

from provenance import containers, xmp
from provenance.containers import STORE_MARK, is_store
from provenance.errors import CorruptImageError, UnsupportedFormatError
from provenance.imaging import mpf
from provenance.imaging.exif import EXIF_PREFIX
from provenance.imaging.picture import Block, JpegCoding, Picture, accept_dpi
from provenance.imaging.pillow import decode_pixels, open_image, translate_decoder_errors
from provenance.limits import Limits

START = containers.jpeg.START
SCAN = b"\xff" + containers.jpeg.SCAN
"""First bytes of a file, and of each scan."""

APP0, APP1, APP2, APP11, APP13, APP14 = 0xE0, 0xE1, 0xE2, 0xEB, 0xED, 0xEE
APP15, COMMENT = 0xEF, 0xFE
"""Markers of segments with metadata."""

FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of segments that state the size; C4, C8 and CC are tables or reserved."""

LOSSLESS = 0xC3
DECODED = frozenset({0xC0, 0xC1, 0xC2, LOSSLESS, 0xC9, 0xCA})
"""Of these, the one of a lossless coding, and those that are decoded: in order or progressive, in
Huffman's or arithmetic coding."""

BITS = 8
"""Of a sample, in the JPEGs that are decoded."""

NO_SEGMENTS = containers.jpeg.WITHOUT_LENGTH | {containers.OTHER}
"""Kinds of pieces that are not segments: markers that stand alone, and junk."""

XMP = b"http://ns.adobe.com/xap/1.0/\0"
JFIF, ICC, BOX = b"JFIF\0", b"ICC_PROFILE\0", b"JP"
"""How the content of segments begins that hold metadata of a kind, and of those with boxes."""

RESOURCES = "IPTC and other resources of Photoshop"
"""What a segment with these is called where something is said of it."""

COMMON = ((APP0, JFIF), (APP1, EXIF_PREFIX), (APP1, XMP), (APP2, ICC))
"""Segments of what other formats have a place for as well."""

OF_COMPANIONS = ((APP2, mpf.PREFIX), (APP2, b"urn:iso:std:iso:ts:21496"))
"""Segments that say something of further pictures only: where they lie, and how a gain is meant."""

ICC_NUMBER, ICC_HEAD = 12, 14
"""In a segment of a colour profile: where the number of its part is, and where the part begins."""

BOX_NUMBER, BOX_HEAD = slice(2, 4), slice(8, 16)
"""In a segment with a part of a box: which box it is, and the box's length and type."""

JUMBF, DESCRIPTION = b"jumb", b"jumd"
"""Types of boxes with metadata, and of the first box within. Boxes of other types are layers of
JPEG XT, made for the old pixels."""

LAYERS = "This JPEG holds further layers (JPEG XT)"
SIGNED_COMPANION = "This JPEG holds another picture that has Content Credentials of its own"
"""See ``Picture.obstacle``."""

FOUR_FOUR_FOUR = 0
"""Pillow's number for full chroma resolution; also used where a file's own scheme is unknown."""

QUALITY = 95
"""For pictures that were not JPEGs: above it files grow fast and nobody sees a difference. Chroma
stays at full resolution, since a PNG may hold sharp coloured text."""

MAX_SEGMENT = 65_533 - len(XMP)
"""Bytes of EXIF or XMP that fit a segment, whose length field has 16 bits."""


def read(data: bytes, limits: Limits) -> Picture:
    """Decode a JPEG file.

    Raises
    ------
    InputError
        It can't be decoded, or is over a limit.
    """
    segments, scans_start = _read_segments(data)
    _check_size(segments, limits)
    end = containers.jpeg.find_end(data, scans_start)
    limits.check_scans(data.count(SCAN, scans_start, end))
    core = START + b"".join(_pack(s) for s in segments if _is_needed_to_decode(s))
    core += data[scans_start:end]
    image = open_image(core, "JPEG")
    picture = decode_pixels(image)
    with translate_decoder_errors("The JPEG picture"):
        coding = _read_coding(image)
    behind, obstacle = data[end:], _find_layers(segments)
    if STORE_MARK in behind:
        behind, obstacle = b"", obstacle or SIGNED_COMPANION
    return replace(
        picture,
        format="JPEG",
        icc=_join_profile(segments),
        exif=_find_packet(segments, EXIF_PREFIX),
        xmp=_find_packet(segments, XMP),
        dpi=accept_dpi(*image.info.get("dpi", (0, 0))),
        blocks=tuple(_choose_carried(segments, mpf.count_from_end(data, end) if behind else None)),
        coding=coding,
        lossless=any(segment.kind[0] == LOSSLESS for segment in segments),
        companions=behind,
        obstacle=obstacle or picture.obstacle,
    )


def write(picture: Picture, image: Image.Image) -> bytes:
    """Encode ``image``, the pixels of ``picture``, with the picture's metadata."""
    if picture.format == "JPEG":
        plain = _compress(image, **_settings(picture))
        return mpf.count_from_header(_insert_blocks(plain, picture.blocks)) + picture.companions
    metadata: dict[str, Any] = {"icc_profile": picture.icc, "dpi": picture.dpi or (0, 0)}
    for name, packet, prefix in (("exif", picture.exif, EXIF_PREFIX), ("xmp", picture.xmp, b"")):
        if packet:
            metadata[name] = prefix + _fit_packet(name.upper(), packet)
    return _compress(image, **_settings(picture), **metadata)


def replace_xmp(picture: Picture) -> tuple[Block, ...]:
    """Return the segments with the picture's XMP in place of the one that they had.

    Raises
    ------
    UnsupportedFormatError
        It is too long.
    """
    rest = [block for block in picture.blocks if not _starts_with(block, APP1, XMP)]
    head = sum(block.kind[0] in (APP0, APP1) for block in rest[:2])  # JFIF and EXIF come first
    new = [Block(bytes([APP1]), XMP + _fit_packet("XMP", picture.xmp))] if picture.xmp else []
    return (*rest[:head], *new, *rest[head:])


def drop_texts(picture: Picture) -> tuple[Block, ...]:
    """Return the segments that can't hold a prompt, the picture's EXIF among them."""
    if picture.format != "JPEG":
        return ()
    exif = [Block(bytes([APP1]), EXIF_PREFIX + picture.exif)] if picture.exif else []
    density = [block for block in picture.blocks if _starts_with(block, APP0, JFIF)]
    profile = [block for block in picture.blocks if _starts_with(block, APP2, ICC)]
    return (*density, *exif, *profile)


def name_blocks(picture: Picture) -> Iterator[str]:
    """Name the picture's segments that hold other things than what every format has a place for."""
    for block in picture.blocks:
        if block.kind[0] == COMMENT:
            yield "comment"
        elif block.kind[0] == APP13:
            yield RESOURCES
        elif not any(_starts_with(block, kind, prefix) for kind, prefix in COMMON + OF_COMPANIONS):
            yield f"segment APP{block.kind[0] - APP0}"


def _starts_with(segment: Block, kind: int, prefix: bytes) -> bool:
    return segment.kind[0] == kind and segment.payload.startswith(prefix)


def _fit_packet(name: str, packet: bytes) -> bytes:
    """Return EXIF or XMP as a segment holds it: without padding, where there is no room for that.

    Raises
    ------
    UnsupportedFormatError
        It is too long.
    """
    if len(packet) > MAX_SEGMENT and name == "XMP":
        packet = xmp.trim(packet)
    if len(packet) > MAX_SEGMENT:
        raise UnsupportedFormatError(
            f"The picture's {name} has {len(packet):,} bytes, and a JPEG holds at most "
            f"{MAX_SEGMENT:,}; write PNG or WebP."
        )
    return packet


def _read_segments(data: bytes) -> tuple[list[Block], int]:
    """Return the segments before the first scan, and where that scan starts.

    A segment's ``kind`` is its marker's second byte. A cut-off file gives what there is and leaves
    the refusal to the decoder.
    """
    segments: list[Block] = []
    for piece in containers.jpeg.walk(data):
        if piece.kind == containers.jpeg.SCAN:
            return segments, piece.start
        if piece.kind not in NO_SEGMENTS and not piece.cut:
            segments.append(Block(piece.kind, piece.read_content(data)))
    return segments, len(data)


def _pack(segment: Block) -> bytes:
    return containers.jpeg.pack_segment(segment.kind, segment.payload)


def _is_metadata(segment: Block) -> bool:
    return APP0 <= segment.kind[0] <= APP15 or segment.kind[0] == COMMENT


def _is_needed_to_decode(segment: Block) -> bool:
    """Tell whether the decoder needs a segment: tables, frame, density, colour transform."""
    return not _is_metadata(segment) or segment.kind[0] in (APP0, APP14)


def _choose_carried(segments: list[Block], index: bytes | None) -> Iterator[Block]:
    """Yield the segments that go into the new file, with this index of further pictures.

    APP14 does not, since the encoder writes it itself. Neither does a C2PA manifest, since it
    describes the old pixels, nor an index of pictures that are not there.
    """
    boxes = {_name_box(segment) for segment in segments if _begins_metadata(segment)}
    for segment in segments:
        if _starts_with(segment, APP2, mpf.PREFIX):
            if index:
                yield Block(segment.kind, index)
            index = None
        elif _is_box(segment):
            if _name_box(segment) in boxes:
                yield segment
        elif _is_metadata(segment) and segment.kind[0] != APP14:
            yield segment


def _begins_metadata(segment: Block) -> bool:
    """Tell whether a box begins here that describes the picture and is not a C2PA manifest."""
    box = segment.payload[BOX_HEAD.start :]
    return _is_box(segment) and box[12:16] == DESCRIPTION and not is_store(box)


def _find_layers(segments: list[Block]) -> str | None:
    """Say when the file has layers that add to the old pixels."""
    kinds = {segment.payload[BOX_HEAD][4:] for segment in segments if _is_box(segment)}
    return LAYERS if kinds - {JUMBF} else None


def _is_box(segment: Block) -> bool:
    return _starts_with(segment, APP11, BOX)


def _name_box(segment: Block) -> bytes:
    """Return what the segments of one box have in common; other writers number boxes alike."""
    return segment.payload[BOX_NUMBER] + segment.payload[BOX_HEAD]


def _check_size(segments: list[Block], limits: Limits) -> None:
    frames = [s for s in segments if s.kind[0] in FRAMES and len(s.payload) >= 5]
    if not frames:
        raise CorruptImageError("The JPEG picture can't be decoded: its frame header is missing.")
    for frame in frames:
        bits, height, width = struct.unpack_from(">BHH", frame.payload)
        limits.check_size(width, height)
        if bits != BITS or frame.kind[0] not in DECODED:
            what = f"{bits} bits per channel" if bits != BITS else "a coding that is hardly used"
            raise UnsupportedFormatError(
                f"This JPEG has {what}, which is not handled; save it as a plain JPEG of 8 bits "
                "per channel, or as PNG."
            )


def _read_coding(image: Any) -> JpegCoding:
    """Return how Pillow's JPEG image ``image`` was coded, from its parsed header."""
    used = [image.quantization[table] for *_, table in image.layer if table in image.quantization]
    tables = [tuple(table) for table in used]
    if len(tables) > 1 and len(set(tables[1:])) == 1:
        tables = tables[:2]  # both chroma components share one, as nearly always
    sampling = JpegImagePlugin.get_sampling(image)
    return JpegCoding(
        tuple(tables),
        sampling if sampling >= 0 else FOUR_FOUR_FOUR,
        progressive=bool(image.info.get("progressive")),
        stored_rgb=image.mode == "RGB" and image.info.get("adobe_transform") == 0,
    )


def _settings(picture: Picture) -> dict[str, Any]:
    """Return Pillow's encoder arguments."""
    coding = picture.coding
    if coding is None or not coding.tables:
        return {"quality": picture.quality or QUALITY, "subsampling": FOUR_FOUR_FOUR}
    return {
        "qtables": [list(table) for table in coding.tables],
        "subsampling": coding.subsampling,
        "progressive": coding.progressive,
        "keep_rgb": coding.stored_rgb,
    }


def _compress(image: Image.Image, **settings: Any) -> bytes:
    """Encode with Huffman tables made for this picture, so that the file is about 5 % smaller.

    They need the whole file in one buffer, which Pillow makes too small for noise at the finest
    quality. Such a picture gets the standard tables.
    """
    buffer = BytesIO()
    try:
        image.save(buffer, "JPEG", optimize=True, **settings)
    except OSError:
        buffer = BytesIO()
        image.save(buffer, "JPEG", **{**settings, "progressive": False})
    return buffer.getvalue()


def _insert_blocks(encoded: bytes, blocks: tuple[Block, ...]) -> bytes:
    """Put ``blocks`` in front, an APP0 first; the input's JFIF header replaces the encoder's.

    A manifest is put behind it, and what counts from its own place, such as an index of pictures,
    has to lie behind the manifest.
    """
    segments, scans_start = _read_segments(encoded)
    rest = [s for s in segments if s.kind[0] != APP0]
    own = [[s for s in found if s.kind[0] == APP0] for found in (blocks, segments)]
    others = (block for block in blocks if block.kind[0] != APP0)
    return (
        START + b"".join(map(_pack, (*(own[0] or own[1]), *others, *rest))) + encoded[scans_start:]
    )


def _find_packet(segments: list[Block], prefix: bytes) -> bytes | None:
    """Return what follows ``prefix`` in the first APP1 segment that has it."""
    for segment in segments:
        if _starts_with(segment, APP1, prefix):
            return segment.payload[len(prefix) :]
    return None


def _join_profile(segments: list[Block]) -> bytes | None:
    """Return the ICC profile, joined in the order of its parts' numbers."""
    parts = [
        (s.payload[ICC_NUMBER], s.payload[ICC_HEAD:])
        for s in segments
        if _starts_with(s, APP2, ICC) and len(s.payload) > ICC_HEAD
    ]
    parts.sort(key=lambda part: part[0])
    return b"".join(part for _, part in parts) or None
