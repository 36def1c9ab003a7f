"""PNG files: chunks in, chunks out, metadata carried over byte for byte."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from provenance import containers
from provenance.containers import Piece
from provenance.errors import CorruptImageError, UnsupportedFormatError
from provenance.imaging import colour, companions, png16, png_quick, png_texts
from provenance.imaging.colour import Colour
from provenance.imaging.moving import read_apng, write_apng
from provenance.imaging.moving.apng import OF_MOVING
from provenance.imaging.picture import Block, Picture, accept_dpi, make_picture
from provenance.imaging.pillow import (
    decode_pixels,
    make_deep_picture,
    open_image,
)
from provenance.imaging.samples import Samples
from provenance.limits import Limits
from provenance.losses import Loss, LossKind

SIGNATURE, HEADER_END = containers.png.SIGNATURE, containers.png.HEADER_END
"""First bytes of a file, and the bytes up to the end of its header."""

METRES_PER_INCH, PER_METRE = 0.0254, 1
"""PNG states pixels per metre, and names that unit in a byte of ``pHYs``."""

GREY, RGB, PALETTE = 0, 2, 3
"""Colour types without alpha."""

DECODED = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
"""Chunks that make the pixels: the decoder sees these and nothing else."""

COLOUR_SPACE = frozenset({b"cHRM", b"gAMA", b"iCCP", b"sRGB", b"cICP", b"mDCV", b"cLLI"})
"""Not marked as safe to copy, but still true when a mark has changed the samples a little."""

SAMPLE_LAYOUT = frozenset({b"sBIT"})
"""True only while colour type and bit depth stay the same."""

BACKGROUND = b"bKGD"
"""The colour to show behind the picture, as a sample of it."""

STILL_TRUE = frozenset({b"tIME", b"pCAL", b"sCAL", b"sTER"})
"""Not marked as safe to copy either: time, scales of pixels and samples, halves for either eye."""

OLD_SAMPLES = frozenset({b"caBX", b"hIST", b"sPLT", b"iDOT"})
"""Left out without a word, since they say something about the old samples only: a manifest, which
stays as the parent's, palettes and their use, and where Apple's writer cut the data."""

APPLE = b"CgBI"
"""The first chunk of a file that only looks like a PNG: packed in another way."""

CREDITS = frozenset({b"Author", b"Copyright", b"Creation Time"})
"""Keywords of text that credits somebody."""

COLOUR_TYPES = {1: 0, **{count: kind for kind, count in png16.CHANNELS.items()}}
"""The colour type of so many channels."""

COMPRESS_LEVEL = 4
"""Deflate effort. On generated pictures 4 takes 0.11 s per megapixel; 6 takes 0.24 s to save 3 %,
9 takes 1 s to save 5 %."""


@dataclass(frozen=True)
class Header:
    """The first chunk: size in pixels, bits per sample, colour type, and whether interlaced."""

    width: int
    height: int
    depth: int
    colour_type: int
    interlaced: bool


def read(data: bytes, limits: Limits) -> Picture:
    """Decode a PNG file.

    Raises
    ------
    InputError
        It can't be decoded, is over a limit or is animated.
    """
    pieces = list(containers.png.walk(data))
    chunks = [piece for piece in pieces if piece.kind != containers.OTHER]
    header = _read_header(data, chunks)
    limits.check_size(header.width, header.height)
    kinds = {chunk.kind for chunk in chunks}
    moving = read_apng(data, chunks)
    picture = _decode_samples(data, chunks, header)
    if moving and picture.samples is not None:
        picture = replace(picture, obstacle="This PNG moves and has 16 bits per channel")
    kept = _choose_kept(header, gains_alpha=b"tRNS" in kinds)
    left = kinds - DECODED - OLD_SAMPLES - SAMPLE_LAYOUT - (OF_MOVING if moving else set())
    lost = sorted(kind.decode("latin-1") for kind in left if not kept(kind))
    carried = tuple(
        Block(chunk.kind, _restate(chunk, data, header, chunks))
        for chunk in chunks
        if kept(chunk.kind) and not chunk.cut
    )
    return replace(
        picture,
        format="PNG",
        icc=_read_profile(carried),
        colour=_read_colour(carried),
        exif=_find_first(carried, b"eXIf"),
        xmp=png_texts.read_xmp(carried),
        dpi=_read_dpi(carried),
        blocks=carried,
        moving=moving,
        losses=(
            *((_make_loss(lost),) if lost else ()),
            *companions.find_left_behind("PNG", data, pieces),
        ),
    )


def _make_loss(kinds: list[str]) -> Loss:
    return Loss(
        LossKind.PRIVATE,
        f"The PNG holds data that may not fit the marked pixels and is left out: "
        f"{', '.join(kinds)} (a program's own chunks, such as an editor's layers).",
    )


def _decode_samples(data: bytes, chunks: Sequence[Piece], header: Header) -> Picture:
    """Decode the samples: with Pillow, or here where Pillow would cut them down to 8 bits."""
    key = next((c.read_content(data) for c in chunks if c.kind == b"tRNS" and not c.cut), None)
    channels = png16.CHANNELS.get(header.colour_type)
    plain = header.colour_type == GREY and key is None  # which Pillow reads, and faster
    if header.depth == 16 and channels and not plain:
        packed = b"".join(chunk.read_content(data) for chunk in chunks if chunk.kind == b"IDAT")
        size = (header.width, header.height)
        unpack = png16.unpack_interlaced if header.interlaced else png16.unpack_rows
        samples = unpack(packed, *size, channels)
        return make_deep_picture(_add_alpha(samples, key, header))
    decoded = DECODED - {b"tRNS"} if header.colour_type == GREY else DECODED
    core = SIGNATURE + b"".join(chunk.read(data) for chunk in chunks if chunk.kind in decoded)
    picture = decode_pixels(open_image(core, "PNG"))
    if header.colour_type != GREY or key is None:
        return picture
    return make_picture(Samples(_add_alpha(picture.rgb[..., :1], key, header)))


def _add_alpha(samples: NDArray[Any], key: bytes | None, header: Header) -> NDArray[Any]:
    """Return samples with alpha where a key colour says which of them are transparent."""
    if key is None or header.colour_type not in (GREY, RGB):
        return samples
    colours = samples.shape[2]
    if len(key) < 2 * colours:
        raise CorruptImageError("The PNG picture can't be decoded: its key colour is cut off.")
    most = np.iinfo(samples.dtype).max
    wanted = np.frombuffer(key, ">u2", colours).astype(np.uint32)
    wanted = wanted % (1 << header.depth) * (most // ((1 << header.depth) - 1))
    hidden = (samples == wanted).all(axis=2, keepdims=True)
    return np.concatenate([samples, np.where(hidden, 0, most).astype(samples.dtype)], axis=2)


def write(picture: Picture, image: Image.Image | NDArray[np.uint16]) -> bytes:
    """Encode ``image``, the pixels of ``picture``, with the picture's blocks.

    An array is one of 16 bits in several channels.
    """
    if picture.moving:
        return write_apng(picture, picture.moving.frames, picture.moving)
    if picture.quick:
        samples = np.asarray(image)
        plain = _assemble(samples, png_quick.pack_rows(samples))
    elif isinstance(image, Image.Image):
        buffer = BytesIO()
        image.save(buffer, "PNG", compress_level=COMPRESS_LEVEL)
        plain = buffer.getvalue()
    else:
        plain = _assemble(image, png16.pack_rows(image, COMPRESS_LEVEL))
    return plain[:HEADER_END] + b"".join(map(_pack, picture.blocks)) + plain[HEADER_END:]


def _assemble(samples: NDArray[Any], rows: bytes) -> bytes:
    """Put a file together from its samples' deflated rows."""
    height, width = samples.shape[:2]
    colour_type = COLOUR_TYPES[1 if samples.ndim == 2 else samples.shape[2]]
    depth = samples.dtype.itemsize * 8
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    blocks = (Block(b"IHDR", header), Block(b"IDAT", rows), Block(b"IEND", b""))
    return SIGNATURE + b"".join(map(_pack, blocks))


def make_blocks(picture: Picture) -> tuple[Block, ...]:
    """Return the chunks that hold a picture's ICC profile, pixel density, EXIF and XMP."""
    blocks = []
    numbers = picture.colour and not picture.colour.usual and picture.colour.numbers
    if numbers:
        blocks.append(Block(b"cICP", bytes([*numbers, 0, 1])))
    if picture.icc:
        blocks.append(Block(b"iCCP", b"ICC Profile\0\0" + zlib.compress(picture.icc)))
    if picture.dpi:
        density = (round(value / METRES_PER_INCH) for value in picture.dpi)
        blocks.append(Block(b"pHYs", struct.pack(">IIB", *density, PER_METRE)))
    if picture.exif:
        blocks.append(Block(b"eXIf", picture.exif))
    if picture.xmp:
        blocks.append(png_texts.make_xmp(picture.xmp))
    return tuple(blocks)


def replace_xmp(picture: Picture) -> tuple[Block, ...]:
    """Return the chunks with the picture's XMP in place of the one that they had."""
    rest = tuple(block for block in picture.blocks if not png_texts.is_xmp(block))
    return (*rest, png_texts.make_xmp(picture.xmp)) if picture.xmp else rest


def drop_texts(picture: Picture) -> tuple[Block, ...]:
    """Return the chunks that can't hold a prompt, the picture's EXIF among them."""
    if picture.format != "PNG":
        return ()
    kept = [
        block
        for block in picture.blocks
        if block.kind in COLOUR_SPACE | SAMPLE_LAYOUT | {BACKGROUND, b"pHYs"}
        or (block.kind in png_texts.TEXTS and block.payload.partition(b"\0")[0] in CREDITS)
    ]
    return (*kept, *((Block(b"eXIf", picture.exif),) if picture.exif else ()))


def _pack(block: Block) -> bytes:
    return containers.png.pack_chunk(block.kind, block.payload)


def _read_header(data: bytes, chunks: Sequence[Piece]) -> Header:
    if chunks and chunks[0].kind == APPLE:
        raise UnsupportedFormatError(
            "This is a PNG of Apple's own kind (CgBI), made for apps and not for exchange; save it "
            "as a plain PNG."
        )
    if not chunks or chunks[0].kind != b"IHDR" or len(data) < HEADER_END:
        raise CorruptImageError("The PNG picture can't be decoded: its header is missing.")
    values = struct.unpack_from(">IIBBBBB", data, len(SIGNATURE) + 8)
    width, height, depth, colour_type, _method, _filters, interlaced = values
    return Header(width, height, depth, colour_type, bool(interlaced))


def _choose_kept(header: Header, gains_alpha: bool) -> Callable[[bytes], bool]:
    """Return the test that says which kinds of chunks go into the new file.

    Kept: chunks with a name that marks them as safe to copy (fourth letter in lower case: text,
    EXIF, pixel density, unknown ones), and those that are true of the new samples too. Left out:
    what described the old samples, such as a C2PA manifest (``caBX``).
    """
    kept = {BACKGROUND} | COLOUR_SPACE | STILL_TRUE
    if header.depth >= 8 and header.colour_type != PALETTE and not gains_alpha:
        kept |= SAMPLE_LAYOUT
    return lambda kind: kind not in DECODED and (kind in kept or kind[3:4].islower())


def _restate(chunk: Piece, data: bytes, header: Header, chunks: Sequence[Piece]) -> bytes:
    """Return a chunk's content; the background as a sample of the picture that is written."""
    content = chunk.read_content(data)
    if chunk.kind != BACKGROUND:
        return content
    if header.colour_type == PALETTE:
        palette = next((each.read_content(data) for each in chunks if each.kind == b"PLTE"), b"")
        colour = palette[3 * content[0] : 3 * content[0] + 3] if content else b""
        return struct.pack(">3H", *colour) if len(colour) == 3 else bytes(6)
    if header.depth < 8 and len(content) == 2:
        step = 255 // ((1 << header.depth) - 1)
        return struct.pack(">H", min(int.from_bytes(content, "big") * step, 255))
    return content


def _find_first(blocks: tuple[Block, ...], kind: bytes) -> bytes | None:
    return next((block.payload for block in blocks if block.kind == kind), None)


def _read_profile(blocks: tuple[Block, ...]) -> bytes | None:
    _name, _, rest = (_find_first(blocks, b"iCCP") or b"").partition(b"\0")
    return png_texts.inflate(
        rest[1:]
    )  # one byte names the compression method, which is always deflate


def _read_colour(blocks: tuple[Block, ...]) -> Colour | None:
    """Return what the numbers mean; a profile or sRGB goes before exponent and chromaticities."""
    numbers = _find_first(blocks, b"cICP")
    stated = numbers is None and (_find_first(blocks, b"iCCP") or _find_first(blocks, b"sRGB"))
    older = () if stated else (_find_first(blocks, b"gAMA"), _find_first(blocks, b"cHRM"))
    return colour.read_png(numbers, *(older or (None, None)))


def _read_dpi(blocks: tuple[Block, ...]) -> tuple[float, float] | None:
    density = _find_first(blocks, b"pHYs")
    if density is None or len(density) != 9 or density[8] != PER_METRE:
        return None
    across, down = struct.unpack(">II", density[:8])
    return accept_dpi(across * METRES_PER_INCH, down * METRES_PER_INCH)
