"""Bytes to picture and back: finds out the format and calls the module that knows it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from provenance.errors import UnsupportedFormatError
from provenance.imaging import avif, jpeg, pillow, png, tiff, webp
from provenance.imaging.files import read_bytes
from provenance.imaging.limits import DEFAULT_LIMITS, Limits
from provenance.imaging.picture import OPAQUE, Picture, sane_dpi

ImageSource = str | Path | bytes | Image.Image | npt.NDArray[np.uint8]

READERS: dict[str, Callable[[bytes, Limits], Picture]] = {
    "PNG": png.read,
    "JPEG": jpeg.read,
    "WEBP": webp.read,
    "AVIF": avif.read,
}

WRITERS: dict[str, Callable[[Picture, Image.Image], bytes]] = {
    "PNG": png.write,
    "JPEG": jpeg.write,
    "WEBP": webp.write,
}

MIME = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "AVIF": "image/avif"}

SUFFIXES = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jpe": "JPEG",
    ".jfif": "JPEG",
    ".webp": "WEBP",
}

MAX_SIDE = {"JPEG": 65_500, "WEBP": 16_383}
"""Pixels that the encoders can write along a side: libjpeg's and the WebP format's limit."""

HANDLED = "PNG, JPEG, WebP and AVIF pictures are read"

FOREIGN = {
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
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

    Size limits are checked on the header before pixels are decoded. Every failure is an InputError:
    UnsupportedFormatError (not a format handled here, or animated), CorruptImageError or
    ImageTooLargeError.
    """
    limits.check_bytes(len(data))
    return READERS[_format_of(data)](data, limits)


def encode(picture: Picture, format: str | None = None) -> bytes:  # noqa: A002
    """Encode a picture in its own or another format, with its metadata.

    In its own format a picture keeps all metadata verbatim, and a JPEG its quantisation tables and
    chroma subsampling. Another format gets ICC profile, EXIF, XMP and DPI; PNG text and IPTC blocks
    have no place in it. Raises UnsupportedFormatError when the format can't hold the picture:
    transparency in a JPEG, too long a side, more than 8 bits.
    """
    target = format or picture.format
    if target not in WRITERS:
        raise UnsupportedFormatError(f"{target} is not written; choose PNG, JPEG or WebP")
    picture.require_stampable()
    side = max(picture.width, picture.height)
    if side > MAX_SIDE.get(target, side):
        raise UnsupportedFormatError(
            f"a side of {side} pixels does not fit {target}, whose limit is {MAX_SIDE[target]}; "
            "write PNG"
        )
    return WRITERS[target](picture, _image(picture, target))


def picture_from(
    image: ImageSource, limits: Limits = DEFAULT_LIMITS
) -> tuple[Picture, bytes | None]:
    """Return the picture, and its file's bytes when it came as a file or bytes.

    Takes a path, a file's bytes, a Pillow image, or an array (H, W), (H, W, 3) or (H, W, 4) of
    uint8; the last two become PNG. Raises InputError subclasses only.
    """
    if isinstance(image, str | os.PathLike):
        image = read_bytes(image, limits)
    if isinstance(image, bytes | bytearray | memoryview):
        data = bytes(image)
        return decode(data, limits), data
    if isinstance(image, Image.Image):
        return _from_pillow(image, limits), None
    if isinstance(image, np.ndarray):
        return _from_array(image, limits), None
    raise UnsupportedFormatError(
        f"a picture can't be made of {type(image).__name__}; "
        "give a path, bytes, a Pillow image or a uint8 array"
    )


def format_for(path: str | os.PathLike[str]) -> str:
    """Return the format that a file name's suffix stands for, e.g. "JPEG" for ``out.jpg``.

    Raises UnsupportedFormatError, naming the known suffixes, for any other.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise UnsupportedFormatError(
            f"the suffix {suffix!r} of {os.fspath(path)} stands for no format that is written; "
            f"use one of {', '.join(SUFFIXES)}"
        )
    return SUFFIXES[suffix]


def _format_of(data: bytes) -> str:
    """Name the format by the file's first bytes; UnsupportedFormatError when it isn't handled."""
    if data.startswith(png.SIGNATURE):
        return "PNG"
    if data.startswith(jpeg.START + b"\xff"):
        return "JPEG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in (b"avif", b"avis"):
        return "AVIF"
    if not data:
        raise UnsupportedFormatError("the file is empty")
    for start, name in FOREIGN.items():
        if data.startswith(start):
            raise UnsupportedFormatError(f"this is a {name} file; {HANDLED}")
    raise UnsupportedFormatError(f"this is not a picture in a known format; {HANDLED}")


def _image(picture: Picture, target: str) -> Image.Image:
    """Return the Pillow image to encode: grey where the file was, with alpha where it has one."""
    image = Image.fromarray(np.ascontiguousarray(picture.rgb))
    if picture.grey and target != "WEBP":  # which has no grey
        image = image.convert("L")
    if picture.alpha is None:
        return image
    if target != "JPEG":
        image.putalpha(Image.fromarray(picture.alpha))
    elif (picture.alpha < OPAQUE).any():
        raise UnsupportedFormatError("JPEG can't hold transparency; write PNG or WebP")
    return image


def _from_pillow(image: Image.Image, limits: Limits) -> Picture:
    _check_size(*image.size, limits)
    rgb, alpha, grey, obstacle = pillow.pixels_of(image)
    exif = tiff.bare(image.info.get("exif"))
    picture = Picture(
        rgb,
        alpha,
        grey=grey,
        icc=_bytes(image.info.get("icc_profile")),
        exif=exif,
        xmp=_bytes(image.info.get("xmp")),
        dpi=_density(image.info.get("dpi")),
        orientation=tiff.orientation(exif),
        obstacle=obstacle,
    )
    return replace(picture, blocks=png.blocks_for(picture))


def _check_size(width: int, height: int, limits: Limits) -> None:
    if not width * height:
        raise UnsupportedFormatError(f"a picture of {width} x {height} pixels has nothing in it")
    limits.check_size(width, height)


def _bytes(value: object) -> bytes | None:
    """Return what a Pillow image's free-form ``info`` holds if it is the bytes it should be."""
    return value if isinstance(value, bytes) and value else None


def _density(value: object) -> tuple[float, float] | None:
    match value:
        case (float() | int() as across, float() | int() as down):
            return sane_dpi(across, down)
    return None


def _from_array(array: npt.NDArray[Any], limits: Limits) -> Picture:
    grey = array.ndim == 2
    if array.dtype != np.uint8 or not (grey or (array.ndim == 3 and array.shape[2] in (3, 4))):
        raise UnsupportedFormatError(
            f"an array of {array.dtype} with shape {array.shape} is no picture; "
            "give uint8 of shape (height, width), (height, width, 3) or (height, width, 4)"
        )
    _check_size(array.shape[1], array.shape[0], limits)
    channels = np.repeat(array[..., None], 3, axis=2) if grey else array
    alpha = np.ascontiguousarray(channels[..., 3]) if channels.shape[2] == 4 else None
    return Picture(np.ascontiguousarray(channels[..., :3]), alpha, grey=grey)
