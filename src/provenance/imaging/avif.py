"""AVIF files: written with the colour resolution that they had, without visible loss."""

from __future__ import annotations

import re
import struct
from dataclasses import replace
from io import BytesIO

import numpy as np
from PIL import Image

from provenance.imaging import avif_sequence, isomedia
from provenance.imaging.colour import Colour
from provenance.imaging.exif import strip_prefix
from provenance.imaging.isomedia import Layout
from provenance.imaging.moving import make_moving, write_sequence
from provenance.imaging.picture import FULL_CHROMA, Picture
from provenance.imaging.pillow import decode_pixels, open_image
from provenance.limits import Limits

BRANDS = frozenset({b"avif", b"avis"})
"""What a file's type can be."""

CONFIGURATION = re.compile(rb"av1C\x81.(.)", re.DOTALL)
"""The box that says how the AV1 stream is coded."""

NUMBERS = re.compile(rb"colrnclx(....)", re.DOTALL)
"""The box that states primaries and transfer characteristic."""

HIGH_DEPTH, MONOCHROME, HALF_ACROSS, HALF_DOWN = 0x40, 0x10, 0x08, 0x04
"""Bits of that box's third byte: over 8 bits per channel, no colour, and colour at half the
resolution across or down."""

AS_FINE = (
    (0, 32, 60, 76, 92, 108, 120, 148, 172, 196, 216),
    (100, 90, 80, 75, 70, 65, 60, 50, 40, 30, 20),
)
"""AV1's ``base_q_idx``, and the quality at which libavif 1.4 with libaom writes it."""

LEAST_QUALITY = 50
"""At it 9 of 10 marks are read back, at 60 all, at 40 seven, at 30 two (``bench.floors``)."""

SPEED, LARGE_SPEED, LARGE = 6, 8, 4_000_000
"""libavif's 0 to 10, and from how many pixels on the quicker one. 6 is its default; 4 takes three
times as long to save 3 %, and 8 a third as long, for 1 to 5 % and 0.1 dB."""


def read(data: bytes, limits: Limits) -> Picture:
    """Decode an AVIF file.

    Raises
    ------
    InputError
        It can't be decoded, is over a limit or is animated.
    """
    image = open_image(data, "AVIF")
    limits.check_size(*image.size)
    moving = make_moving(image, data, "AVIF", avif_sequence.read_plays(data))
    picture = decode_pixels(image)
    layout = isomedia.read_layout(data)
    coding = data if moving else _find_coding(data, layout)
    coded = [flags[0] for flags in CONFIGURATION.findall(coding)]
    deep = any(flags & HIGH_DEPTH for flags in coded)
    picture = replace(
        picture,
        format="AVIF",
        icc=image.info.get("icc_profile"),
        exif=strip_prefix(image.info.get("exif")),
        xmp=image.info.get("xmp"),
        chroma=next((_chroma(flags) for flags in coded if not flags & MONOCHROME), None),
        fineness=_find_quality(data, layout, moving=moving is not None),
        lossless=False,
        moving=moving,
        obstacle="This AVIF has 10 or 12 bits per channel" if deep else picture.obstacle,
    )
    if moving:
        return _describe_sequence(picture, data)
    if layout is None:
        return replace(picture, obstacle=picture.obstacle or f"This AVIF {isomedia.ODD}")
    return isomedia.apply_layout(picture, layout, data)


def write(picture: Picture, image: Image.Image) -> bytes:
    """Encode ``image``, the pixels of ``picture``; grey stays one channel.

    Where the file holds more than the picture, only the picture in it is replaced.
    """
    if not picture.companions or picture.moving:
        return _encode(picture, image)
    known = decode_pixels(open_image(picture.companions, "AVIF")).alpha
    if picture.alpha is not None and known is not None and np.array_equal(picture.alpha, known):
        image = image.convert("L" if picture.grey else "RGB")  # the alpha in the file stays
    return isomedia.graft(_encode(picture, image), picture)


def _find_coding(data: bytes, layout: Layout | None) -> bytes:
    """Return what says how the picture is coded; the whole file where nothing else is known."""
    if layout is None:
        return data
    numbers = (layout.file.primary, *layout.file.find_tiles())
    properties = (each for number in numbers for each in layout.file.items[number].properties)
    return b"".join(each.box for each in properties if each.kind == b"av1C")


def _find_quality(data: bytes, layout: Layout | None, *, moving: bool) -> int | None:
    """Return the encoder's quality that codes as finely, so far as a mark survives it."""
    if moving:
        quality = avif_sequence.find_quality(data)
    else:
        quantiser = None if layout is None else layout.quantiser
        quality = None if quantiser is None else round(float(np.interp(quantiser, *AS_FINE)))
    return None if quality is None else max(LEAST_QUALITY, quality)


def _encode(picture: Picture, image: Image.Image) -> bytes:
    options = {
        "quality": picture.choose_quality("AVIF"),
        "speed": LARGE_SPEED if image.width * image.height > LARGE else SPEED,
        "subsampling": "4:0:0" if image.mode == "L" else picture.chroma or FULL_CHROMA,
        "icc_profile": picture.icc or b"",
        "exif": picture.exif or b"",
        "xmp": picture.xmp or b"",
        # Alpha is a picture of its own, and costs little.
        "advanced": {"alpha:lossless": "1"} if "A" in image.mode else None,
    }
    if picture.moving:
        options["subsampling"] = picture.chroma or FULL_CHROMA  # frames are in colour
        # Chromium 156 shows sequences of full range with too much contrast, whatever they state.
        options["range"] = "limited"
        encoded = write_sequence(picture.moving.frames, picture.moving, "AVIF", options)
        return avif_sequence.state_plays(encoded, picture.moving.plays)
    buffer = BytesIO()
    image.save(buffer, "AVIF", **options)
    return _state_colour(buffer.getvalue(), picture.colour)


def _describe_sequence(picture: Picture, data: bytes) -> Picture:
    """Add what a sequence says of its colours; such as can't be written are an obstacle."""
    stated = {struct.unpack(">HH", each) for each in NUMBERS.findall(data)} - isomedia.USUAL
    if stated and not picture.icc:
        return replace(picture, obstacle=picture.obstacle or "This AVIF moves and is not in sRGB")
    return picture


def _state_colour(encoded: bytes, colour: Colour | None) -> bytes:
    """Return the file with these numbers for its colours, in place of what the encoder states."""
    found = NUMBERS.search(encoded)
    numbers = colour and not colour.usual and colour.numbers
    if found is None or not numbers:
        return encoded
    return encoded[: found.start(1)] + struct.pack(">HH", *numbers) + encoded[found.end(1) :]


def _chroma(flags: int) -> str:
    if not flags & HALF_ACROSS:
        return FULL_CHROMA
    return "4:2:0" if flags & HALF_DOWN else "4:2:2"
