"""Bytes to picture and back: finds out the format and calls the module that handles it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from provenance import containers
from provenance.errors import UnsupportedFormatError
from provenance.files import is_file_object, read_bytes, read_stream
from provenance.imaging import (
    arrays,
    avif,
    bmp,
    carrying,
    companions,
    conversion,
    heic,
    jpeg,
    jxl,
    moving,
    mpf,
    orientation,
    pillow,
    png,
    png_texts,
    psd,
    tiff,
    webp,
)
from provenance.imaging.arrays import Tensor
from provenance.imaging.colour import choose_curve, make_profile
from provenance.imaging.exif import states_orientation, strip_prefix
from provenance.imaging.formats import detect_format
from provenance.imaging.picture import OPAQUE, Picture, accept_dpi, make_picture
from provenance.imaging.samples import Samples
from provenance.limits import DEFAULT_LIMITS, Limits

ImageSource = (
    str
    | os.PathLike[str]
    | bytes
    | bytearray
    | memoryview
    | BinaryIO
    | Image.Image
    | npt.NDArray[Any]
    | Tensor
)

READERS: dict[str, Callable[[bytes, Limits], Picture]] = {
    "PNG": png.read,
    "JPEG": jpeg.read,
    "WEBP": webp.read,
    "AVIF": avif.read,
    "TIFF": tiff.read,
    "HEIC": heic.read,
    "GIF": moving.gif.read,
    "BMP": bmp.read,
    "PSD": psd.read,
    "JXL": jxl.read,
}

WRITERS: dict[str, Callable[[Picture, Any], bytes]] = {
    "PNG": png.write,
    "JPEG": jpeg.write,
    "WEBP": webp.write,
    "AVIF": avif.write,
    "TIFF": tiff.write,
    "HEIC": heic.write,
    "GIF": moving.gif.write,
    "JXL": jxl.write,
}

MAX_SIDE = {"JPEG": 65_500, "WEBP": 16_383, "AVIF": 65_535, "HEIC": 16_384, "GIF": 65_535}
"""Pixels that the encoders can write along a side: libjpeg's limit and the formats' own."""

HOLD_DEEP = frozenset({"PNG", "TIFF"})
HOLD_INK = frozenset({"JPEG", "TIFF"})
HOLD_MOVING = frozenset({"PNG", "WEBP", "AVIF", "GIF"})
HOLD_DEEP_INK = HOLD_DEEP - {"PNG"}
"""Formats that are written with 16 bits per channel, in CMYK, moving, and with 16 bits in CMYK."""

UPRIGHT = frozenset({"HEIC", "JXL", "GIF"})
"""Formats whose readers know no orientation in EXIF, or have turned the pixels by another already;
in these pixels are written as they are seen."""


def decode(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Picture:
    """Decode a picture file's bytes.

    Size limits are checked on the header before pixels are decoded.

    Raises
    ------
    UnsupportedFormatError
        The format is not handled here.
    CorruptImageError
        The picture is damaged.
    ImageTooLargeError
        It is over a limit.
    """
    limits.check_bytes(len(data))
    return _see_colours(READERS[detect_format(data)](data, limits))


def encode(picture: Picture, format: str | None = None) -> bytes:  # noqa: A002
    """Encode a picture in its own or another format, with its metadata.

    In its own format a picture keeps all metadata verbatim, and a JPEG its quantisation tables and
    chroma subsampling. Another format gets ICC profile, EXIF, XMP and density, and in these what
    ``carrying`` finds a place for; ``fit_to_format`` names what has none.

    Raises
    ------
    UnsupportedFormatError
        The format can't hold the picture, see ``fit_to_format``.
    """
    target = format or picture.format
    if picture.moving and not picture.moving.frames:
        picture = load_moving(picture)
    picture = fit_to_format(picture, target)
    if target == "PNG" != picture.format:
        blocks = (*png.make_blocks(picture), *carrying.make_texts(picture))
        picture = replace(picture, format="PNG", blocks=blocks)
    with pillow.translate_encoder_errors(target):
        return WRITERS[target](picture, _image(picture, target))


def fit_to_format(
    picture: Picture,
    format: str,  # noqa: A002
    *,
    alone: bool = False,
) -> Picture:
    """Return the picture as the format holds it: its pixels lie as a reader will see them.

    Where readers don't heed EXIF's orientation, pixels are turned before they are marked.
    What the format can't hold is added to ``losses``, or refused where the pixels would suffer.
    ``alone`` leaves out what the file holds beside the picture even where the format can hold it.

    Raises
    ------
    UnsupportedFormatError
        Something would be lost: transparency in a JPEG, 16 bits or CMYK in a format without them,
        or pixels beyond the longest side.
    """
    if format not in WRITERS:
        raise UnsupportedFormatError(
            f"{format} is not written here; choose one of {', '.join(WRITERS)}."
        )
    picture.require_stampable()
    side = max(picture.width, picture.height)
    if side > MAX_SIDE.get(format, side):
        raise UnsupportedFormatError(
            f"A side of {side} pixels does not fit {format}, whose limit is {MAX_SIDE[format]}; "
            "write PNG."
        )
    if format == "JPEG" and picture.alpha is not None and (picture.alpha < OPAQUE).any():
        raise UnsupportedFormatError("JPEG can't hold transparency; write PNG or WebP.")
    for what, holders in _needs(picture, format):
        if format not in holders:
            choice = " or ".join(sorted(holders))
            raise UnsupportedFormatError(f"{format} can't hold {what}; write {choice}.")
    if picture.samples and format != "TIFF":
        straight = make_picture(picture.samples.multiply_out()).samples
        picture = replace(picture, samples=straight)
    if picture.colour and not picture.icc and format != picture.format:
        stated = format == "HEIC" and picture.colour.numbers  # it holds these or a profile
        picture = replace(picture, icc=None if stated else make_profile(picture.colour))
    picture, carried = carrying.carry_over(picture, format)
    picture = conversion.add_losses(picture, format, alone, carried)
    if picture.companions and picture.xmp:
        packet = companions.forget_length(picture.xmp)
        picture = picture if packet == picture.xmp else replace_xmp(picture, packet)
    if alone or format != picture.format:
        rest = companions.drop_companions(picture)
        picture = replace_xmp(rest, rest.xmp) if rest.xmp and rest.xmp != picture.xmp else rest
    return _agree_on_orientation(picture.turn_upright() if format in UPRIGHT else picture, format)


def _agree_on_orientation(picture: Picture, format: str) -> Picture:  # noqa: A002
    """Return the picture with XMP that says of the orientation what EXIF, or the format, says."""
    if format not in UPRIGHT and not states_orientation(picture.exif):
        return picture
    agreeing = orientation.state(picture, picture.orientation)
    return picture if agreeing.xmp == picture.xmp else replace_xmp(picture, agreeing.xmp or b"")


def _needs(picture: Picture, format: str) -> Iterator[tuple[str, frozenset[str]]]:  # noqa: A002
    """Yield what a format has to hold, and which ones do."""
    if picture.moving:
        yield "a moving picture", HOLD_MOVING
    if picture.samples is None:
        return
    deep = picture.samples.values.dtype == np.uint16
    if picture.samples.inks:
        yield ("CMYK with 16 bits", HOLD_DEEP_INK) if deep else ("CMYK", HOLD_INK)
    elif deep and (picture.depth is None or format != picture.format):
        yield "16 bits per channel", HOLD_DEEP


def load_moving(picture: Picture, limits: Limits = DEFAULT_LIMITS) -> Picture:
    """Return a moving picture with all of its frames loaded, and any other as it is.

    Raises
    ------
    InputError
        A frame can't be decoded, or together they are over a limit.
    """
    if picture.moving is None:
        return picture
    loaded = moving.load_frames(picture.moving, limits)
    first = loaded.frames[0]
    return replace(picture, rgb=first.rgb, alpha=first.alpha, samples=None, moving=loaded)


def restate_index(file: bytes, signed: bytes) -> bytes:
    """Return a file that states its own places as they are once it is as long as ``signed``."""
    return mpf.restate(file, signed) if file.startswith(containers.jpeg.START) else file


def replace_xmp(picture: Picture, packet: bytes | None) -> Picture:
    """Return the picture with another XMP packet, or with none, and all else as it was.

    Raises
    ------
    UnsupportedFormatError
        The packet is too long for the picture's format.
    """
    picture = replace(picture, xmp=packet)
    blocks = {"PNG": png.replace_xmp, "JPEG": jpeg.replace_xmp}.get(picture.format)
    return replace(picture, blocks=blocks(picture)) if blocks else picture


def load_picture(
    image: ImageSource, limits: Limits = DEFAULT_LIMITS
) -> tuple[Picture, bytes | None]:
    """Return the picture, and its file's bytes when it came as a file or bytes.

    Takes a path, a file's bytes, a file object, a Pillow image, or an array or tensor (see
    ``arrays.read_array``); images and arrays become PNG.

    Raises
    ------
    InputError
        A picture can't be made of it.
    """
    if isinstance(image, str | os.PathLike):
        image = read_bytes(image, limits.max_bytes)
    elif is_file_object(image):
        image = read_stream(image, limits.max_bytes)
    if isinstance(image, bytes | bytearray | memoryview):
        data = bytes(image)
        return decode(data, limits), data
    if isinstance(image, Image.Image):
        return _from_pillow(image, limits), None
    if arrays.is_array(image):
        picture = arrays.read_array(image)
        _check_size(picture.width, picture.height, limits)
        return replace(picture, quick=True), None
    raise UnsupportedFormatError(
        f"A picture can't be made of {type(image).__name__}; "
        "give a path, bytes, a file object, a Pillow image, an array or a tensor."
    )


def _see_colours(picture: Picture) -> Picture:
    """Return the picture with a view that is as bright as its numbers are meant to look."""
    own = picture.samples
    if own is not None and own.inks:
        return picture
    levels = 1 << 16 if own is not None and own.most > OPAQUE else 1 << 8
    curve = choose_curve(picture.colour, picture.icc, levels)
    if curve is None:
        return picture
    if own is None:
        colours = picture.rgb[..., :1] if picture.grey else picture.rgb
        own = Samples(colours if picture.alpha is None else np.dstack([colours, picture.alpha]))
    own = replace(own, curve=curve)
    return replace(picture, rgb=own.view()[0], samples=own)


def _image(picture: Picture, target: str) -> Any:
    """Return what to encode: the file's own samples, or grey or RGB with alpha where it has one."""
    if picture.samples is not None:
        own = picture.samples.values
        if target == "JPEG" and picture.samples.has_alpha:
            own = own[..., :-1]
        own = np.ascontiguousarray(own)
        if picture.samples.inks:
            return (
                own if own.dtype == np.uint16 else Image.frombuffer("CMYK", own.shape[1::-1], own)
            )
        if own.shape[2] == 1 and target != "TIFF":
            image = Image.fromarray(own[..., 0])
            return image.convert("RGB") if target == "WEBP" else image
        return own if own.dtype == np.uint16 else Image.fromarray(own)
    image = Image.fromarray(np.ascontiguousarray(picture.rgb))
    if picture.grey and target != "WEBP":  # WebP has no grey
        image = image.convert("L")
    if picture.alpha is not None and target != "JPEG":
        image.putalpha(Image.fromarray(picture.alpha))
    return image


def _from_pillow(image: Image.Image, limits: Limits) -> Picture:
    _check_size(*image.size, limits)
    picture = replace(
        pillow.decode_pixels(image),
        icc=_accept_bytes(image.info.get("icc_profile")),
        exif=strip_prefix(image.info.get("exif") or _write_exif(image)),
        xmp=_accept_bytes(image.info.get("xmp")),
        dpi=_accept_density(image.info.get("dpi")),
        quick=True,
    )
    picture = _see_colours(picture)
    return replace(picture, blocks=(*png_texts.make_texts(image.info), *png.make_blocks(picture)))


def _write_exif(image: Image.Image) -> bytes | None:
    """Return EXIF that the program has set on a Pillow picture."""
    found = image.getexif()
    return found.tobytes() if found else None


def _check_size(width: int, height: int, limits: Limits) -> None:
    if not width * height:
        raise UnsupportedFormatError(f"A picture of {width} x {height} pixels is empty.")
    limits.check_size(width, height)


def _accept_bytes(value: object) -> bytes | None:
    """Return a value of a Pillow image's free-form ``info`` if it is bytes, as it should be."""
    return value if isinstance(value, bytes) and value else None


def _accept_density(value: object) -> tuple[float, float] | None:
    match value:
        case (float() | int() as across, float() | int() as down):
            return accept_dpi(across, down)
    return None
