"""Bytes to picture and back: finds out the format and calls the module that handles it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from provenance import containers
from provenance.errors import UnsupportedFormatError
from provenance.files import read_bytes
from provenance.imaging import (
    avif,
    companions,
    conversion,
    heic,
    jpeg,
    mpf,
    pillow,
    png,
    tiff,
    webp,
)
from provenance.imaging.exif import strip_prefix
from provenance.imaging.picture import OPAQUE, Picture, accept_dpi, make_picture
from provenance.limits import DEFAULT_LIMITS, Limits

ImageSource = str | Path | bytes | Image.Image | npt.NDArray[np.uint8]

READERS: dict[str, Callable[[bytes, Limits], Picture]] = {
    "PNG": png.read,
    "JPEG": jpeg.read,
    "WEBP": webp.read,
    "AVIF": avif.read,
    "TIFF": tiff.read,
    "HEIC": heic.read,
}

WRITERS: dict[str, Callable[[Picture, Any], bytes]] = {
    "PNG": png.write,
    "JPEG": jpeg.write,
    "WEBP": webp.write,
    "AVIF": avif.write,
    "TIFF": tiff.write,
    "HEIC": heic.write,
}

MIME = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "TIFF": "image/tiff",
    "HEIC": "image/heic",
}

SUFFIXES = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jpe": "JPEG",
    ".jfif": "JPEG",
    ".webp": "WEBP",
    ".avif": "AVIF",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".heic": "HEIC",
    ".heif": "HEIC",
}

MAX_SIDE = {"JPEG": 65_500, "WEBP": 16_383, "AVIF": 65_535, "HEIC": 16_384}
"""Pixels that the encoders can write along a side: libjpeg's limit and the formats' own."""

HOLD_DEEP = frozenset({"PNG", "TIFF"})
HOLD_INK = frozenset({"JPEG", "TIFF"})
HOLD_DEEP_INK = HOLD_DEEP - {"PNG"}
"""Formats that are written with 16 bits per channel, in CMYK, and with both."""

HANDLED = "PNG, JPEG, WebP, AVIF, TIFF and HEIC pictures are read"
"""Part of every refusal of another format."""

BRANDS_END = 64
"""Bytes from the start in which a file of boxes lists the types that it is compatible with."""

FOREIGN = {
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"II+\0": "BigTIFF",
    b"MM\0+": "BigTIFF",
    b"\0\0\1\0": "ICO",
    b"\xff\x0a": "JPEG XL",
    b"\0\0\0\x0cJXL ": "JPEG XL",
    b"\0\0\0\x0cjP  ": "JPEG 2000",
    b"8BPS": "PSD",
    b"%PDF": "PDF",
    b"<svg": "SVG",
}
"""First bytes of formats that are not handled, to name them in the refusal."""


def decode(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Picture:
    """Decode a picture file's bytes.

    Size limits are checked on the header before pixels are decoded.

    Raises
    ------
    UnsupportedFormatError
        The format is not handled here, or the picture is animated.
    CorruptImageError
        The picture is damaged.
    ImageTooLargeError
        It is over a limit.
    """
    limits.check_bytes(len(data))
    return READERS[_detect_format(data)](data, limits)


def encode(picture: Picture, format: str | None = None) -> bytes:  # noqa: A002
    """Encode a picture in its own or another format, with its metadata.

    In its own format a picture keeps all metadata verbatim, and a JPEG its quantisation tables and
    chroma subsampling. Another format gets ICC profile, EXIF, XMP and DPI; ``fit_to_format`` names
    what has no place in it.

    Raises
    ------
    UnsupportedFormatError
        The format can't hold the picture, see ``fit_to_format``.
    """
    target = format or picture.format
    picture = fit_to_format(picture, target)
    with pillow.translate_encoder_errors(target):
        return WRITERS[target](picture, _image(picture, target))


def fit_to_format(
    picture: Picture,
    format: str,  # noqa: A002
    *,
    alone: bool = False,
) -> Picture:
    """Return the picture as the format holds it: its pixels lie as a reader will see them.

    HEIC readers turn pixels upright, so they are turned before they are marked and written.
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
    for what, holders in _needs(picture):
        if format not in holders:
            choice = " or ".join(sorted(holders))
            raise UnsupportedFormatError(f"{format} can't hold {what}; write {choice}.")
    if picture.samples and format != "TIFF":
        straight = make_picture(picture.samples.multiply_out()).samples
        picture = replace(picture, samples=straight)
    picture = conversion.add_losses(picture, format, alone)
    if alone or format != picture.format:
        rest = companions.drop_companions(picture)
        picture = replace_xmp(rest, rest.xmp) if rest.xmp and rest.xmp != picture.xmp else rest
    return picture.turn_upright() if format == "HEIC" else picture


def _needs(picture: Picture) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield what a format has to hold, and which ones do."""
    if picture.samples is None:
        return
    deep = picture.samples.values.dtype == np.uint16
    if picture.samples.inks:
        yield ("CMYK with 16 bits", HOLD_DEEP_INK) if deep else ("CMYK", HOLD_INK)
    elif deep:
        yield "16 bits per channel", HOLD_DEEP


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

    Takes a path, a file's bytes, a Pillow image, or an array (H, W), (H, W, 3) or (H, W, 4) of
    uint8; images and arrays become PNG.

    Raises
    ------
    InputError
        A picture can't be made of it.
    """
    if isinstance(image, str | os.PathLike):
        image = read_bytes(image, limits.max_bytes)
    if isinstance(image, bytes | bytearray | memoryview):
        data = bytes(image)
        return decode(data, limits), data
    if isinstance(image, Image.Image):
        return _from_pillow(image, limits), None
    if isinstance(image, np.ndarray):
        return _from_array(image, limits), None
    raise UnsupportedFormatError(
        f"A picture can't be made of {type(image).__name__}; "
        "give a path, bytes, a Pillow image or a uint8 array."
    )


def find_format(path: str | os.PathLike[str]) -> str:
    """Return the format that a file name's suffix stands for, e.g. "JPEG" for ``out.jpg``.

    Raises
    ------
    UnsupportedFormatError
        The suffix is not known.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise UnsupportedFormatError(
            f"The suffix {suffix!r} of {os.fspath(path)} does not stand for a format that is "
            f"written here; use one of {', '.join(SUFFIXES)}."
        )
    return SUFFIXES[suffix]


def _detect_format(data: bytes) -> str:
    """Name the format by the file's first bytes, if it is one that is handled."""
    if data.startswith(containers.png.SIGNATURE):
        return "PNG"
    if data.startswith(containers.jpeg.START + b"\xff"):
        return "JPEG"
    if data.startswith(containers.riff.START) and data[8:12] == b"WEBP":
        return "WEBP"
    if data[:4] in containers.tiff.STARTS:
        return "TIFF"
    if (
        data[4:8] == containers.bmff.FILE_TYPE
        and (brand := data[8:12]) in avif.BRANDS | heic.BRANDS
    ):
        return "AVIF" if brand in avif.BRANDS or b"avif" in data[16:BRANDS_END] else "HEIC"
    if not data:
        raise UnsupportedFormatError("The file is empty.")
    for start, name in FOREIGN.items():
        if data.startswith(start):
            raise UnsupportedFormatError(f"This is a {name} file; {HANDLED}.")
    raise UnsupportedFormatError(f"This is not a picture in a known format; {HANDLED}.")


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
        exif=strip_prefix(image.info.get("exif")),
        xmp=_accept_bytes(image.info.get("xmp")),
        dpi=_accept_density(image.info.get("dpi")),
    )
    return replace(picture, blocks=png.make_blocks(picture))


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


def _from_array(array: npt.NDArray[Any], limits: Limits) -> Picture:
    grey = array.ndim == 2
    if array.dtype != np.uint8 or not (grey or (array.ndim == 3 and array.shape[2] in (3, 4))):
        raise UnsupportedFormatError(
            f"An array of {array.dtype} with shape {array.shape} is not a picture; "
            "give uint8 of shape (height, width), (height, width, 3) or (height, width, 4)."
        )
    _check_size(array.shape[1], array.shape[0], limits)
    channels = np.repeat(array[..., None], 3, axis=2) if grey else array
    alpha = np.ascontiguousarray(channels[..., 3]) if channels.shape[2] == 4 else None
    return Picture(np.ascontiguousarray(channels[..., :3]), alpha, grey=grey)
