"""HEIC files, by way of the optional package pillow-heif.

libheif turns pixels upright while it decodes. EXIF's orientation is then set to 1, as Pillow's
plugin does, so the picture looks as before.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from provenance.distribution import say_install
from provenance.errors import UnsupportedFormatError
from provenance.imaging import isomedia, orientation
from provenance.imaging.colour import Colour
from provenance.imaging.exif import UPRIGHT, strip_prefix
from provenance.imaging.isomedia import Layout
from provenance.imaging.picture import FULL_CHROMA, Picture, make_picture, orient
from provenance.imaging.pillow import (
    decode_pixels,
    make_deep_picture,
    translate_decoder_errors,
)
from provenance.imaging.samples import Samples
from provenance.limits import Limits

FINEST, LEAST_QUALITY = 94, 40
"""The quality at which libheif with x265 writes the quantiser 0, and each step of it takes two; and
the least at which a mark survives coding (``python -m bench.floors``)."""

PRESET, LARGE_PRESET, LARGE = "veryfast", "ultrafast", 4_000_000
"""Of x265, and from how many pixels on the quicker one. Coded anew at the same quality, files are
as long as with the default (slow) in half its time. The quicker one takes a sixth; files of half a
megapixel are 40 % longer then, but those of 12 do not grow."""

CHOICES = {"x265:ctu": "32", "x265:rd": "1"}
"""Blocks of 32 and not 64 pixels, and ways of coding chosen by an estimate. Files stay as long and
as good (within 0.5 %, 0.1 dB), in seven eighths of the time."""

PLAIN_MODES = frozenset({"L", "RGB", "RGBA"})
"""The library's names for samples of 8 bits that are taken as they are."""

FULL, DEEPEST = 16, 65_535
DEEP_MODES = {1: "I;16", 3: "RGB;16", 4: "RGBA;16"}
"""Bits that deep samples are spread over and the most of them; the library's names for them."""

TURNED_BACK = {6: 8, 8: 6}
"""The orientation that undoes another; the rest undo themselves."""

BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
"""What a file's type can be; AVIF files can have the last two as well."""


def read(data: bytes, limits: Limits) -> Picture:
    """Decode a HEIC file.

    Raises
    ------
    InputError
        It can't be decoded, is over a limit, or pillow-heif is not installed.
    """
    heif = _load_heif("read")
    with translate_decoder_errors("The HEIC picture"):
        file = heif.open_heif(BytesIO(data), convert_hdr_to_8bit=False)
        main = file[file.primary_index]
    limits.check_size(*main.size)
    with translate_decoder_errors("The HEIC picture"):
        info = dict(main.info)
        picture = _decode_deep(main) or _decode_plain(main) or decode_pixels(main.to_pillow())
    layout = isomedia.read_layout(data)
    picture = replace(
        picture,
        format="HEIC",
        icc=info.get("icc_profile"),
        exif=strip_prefix(info.get("exif")),
        xmp=info.get("xmp") or None,
        chroma=_chroma(info.get("chroma")),
        fineness=None if layout is None else _find_quality(layout.quantiser),
        lossless=False,
        obstacle=_find_obstacle(file, info, layout, picture) or picture.obstacle,
    )
    if layout is None:
        return orientation.state(picture, UPRIGHT)
    return isomedia.apply_layout(picture, layout, data, cropped=True, turned=True)


def _decode_deep(main: Any) -> Picture | None:
    """Decode samples of more than 8 bits, and spread them over 16; None where there are none."""
    bits = main.info.get("bit_depth", 8)
    if bits <= 8:
        return None
    values = np.asarray(main)
    own = values.astype(np.uint32) >> (FULL - bits)  # the library fills the lower bits with zeros
    most = (1 << bits) - 1
    spread = ((own * DEEPEST + most // 2) // most).astype(np.uint16)
    picture = make_deep_picture(spread if spread.ndim == 3 else spread[..., None])
    return replace(picture, depth=bits)


def _decode_plain(main: Any) -> Picture | None:
    """Decode grey or RGB of 8 bits, without a copy in Pillow's own way; None for other kinds."""
    if main.mode not in PLAIN_MODES:
        return None
    values = np.asarray(main)
    return make_picture(Samples(values if values.ndim == 3 else values[..., None]))


def write(picture: Picture, image: Image.Image | NDArray[np.uint16]) -> bytes:
    """Encode ``image``, the pixels of ``picture``; an array is one of 16 bits.

    Where the file holds more than the picture, only the picture in it is replaced, and is turned
    back as the rest of the file lies.
    """
    if not picture.companions:
        return _encode(picture, image)
    layout = isomedia.read_layout(picture.companions)
    turned = layout.orientation if layout else UPRIGHT
    turn = TURNED_BACK.get(turned, turned)
    if not isinstance(image, Image.Image):
        return isomedia.graft(_encode(picture, orient(image, turn)), picture)
    known = decode_pixels(_load_heif("write").open_heif(picture.companions).to_pillow()).alpha
    if picture.alpha is not None and known is not None and np.array_equal(picture.alpha, known):
        image = image.convert("L" if picture.grey else "RGB")  # the alpha in the file stays
    stored = orient(np.asarray(image), turn)
    image = Image.fromarray(np.ascontiguousarray(stored))
    return isomedia.graft(_encode(picture, image), picture)


def _find_quality(quantiser: int | None) -> int | None:
    """Return the encoder's quality that codes as finely, so far as a mark survives it."""
    return None if quantiser is None else max(LEAST_QUALITY, FINEST - 2 * quantiser)


def _encode(picture: Picture, image: Image.Image | NDArray[np.uint16]) -> bytes:
    buffer = BytesIO()
    width, height = image.size if isinstance(image, Image.Image) else image.shape[1::-1]
    _wrap(picture, image).save(
        buffer,
        quality=picture.choose_quality("HEIC"),
        enc_params={"preset": LARGE_PRESET if width * height > LARGE else PRESET, **CHOICES},
        bit_depth=picture.depth or 8,
        chroma=(picture.chroma or FULL_CHROMA).replace(":", ""),
        icc_profile=picture.icc,
        **_state_colour(picture.colour),
        exif=picture.exif,
        xmp=picture.xmp,
    )
    return buffer.getvalue()


def _wrap(picture: Picture, image: Image.Image | NDArray[np.uint16]) -> Any:
    """Return what the library encodes."""
    heif = _load_heif("write")
    if isinstance(image, Image.Image):
        return heif.from_pillow(image)
    bits = picture.depth or FULL
    most = (1 << bits) - 1
    own = ((image.astype(np.uint32) * most + DEEPEST // 2) // DEEPEST) << (FULL - bits)
    mode = DEEP_MODES[image.shape[2]]
    size = image.shape[1::-1]
    return heif.from_bytes(mode=mode, size=size, data=own.astype(np.uint16).tobytes())


def _state_colour(colour: Colour | None) -> dict[str, int]:
    numbers = colour and not colour.usual and colour.numbers
    if not numbers:
        return {}
    return {"color_primaries": numbers[0], "transfer_characteristics": numbers[1]}


def _load_heif(what: str) -> ModuleType:
    try:
        import pillow_heif
    except ImportError as error:
        raise UnsupportedFormatError(
            f"To {what} HEIC pictures, install pillow-heif: {say_install('formats')}."
        ) from error
    return pillow_heif


def _chroma(number: Any) -> str | None:
    return {420: "4:2:0", 422: "4:2:2", 444: FULL_CHROMA}.get(number)


def _find_obstacle(
    file: Any, info: dict[str, Any], layout: Layout | None, picture: Picture
) -> str | None:
    """Say what would be lost: what can't be taken apart here, and many bits of several layers."""
    if layout is None and (len(file) > 1 or info.get("aux") or info.get("depth_images")):
        return "This HEIC holds further pictures or layers"
    layers = layout is not None and not layout.alone
    if info.get("bit_depth", 8) > 8 and picture.alpha is not None and layers:
        return "This HEIC has 10 or 12 bits per channel, transparency and further layers"
    return None
