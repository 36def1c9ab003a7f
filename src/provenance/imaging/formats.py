"""Which format a file is in, by its first bytes, and which one a file name stands for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from provenance import containers
from provenance.errors import UnsupportedFormatError
from provenance.imaging import avif, heic, jxl, psd

MIME = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "TIFF": "image/tiff",
    "HEIC": "image/heic",
    "GIF": "image/gif",
    "JXL": "image/jxl",
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
    ".apng": "PNG",
    ".gif": "GIF",
    ".jxl": "JXL",
}
"""Formats by suffix; pictures of some others are read, and are known by their first bytes."""

READ_ONLY = frozenset({".bmp", ".dib", ".psd"})
"""Suffixes of formats that are read and not written."""

HANDLED = "PNG, JPEG, WebP, AVIF, TIFF, HEIC, JPEG XL, GIF, BMP and PSD are read"
"""Part of every refusal of another format."""

BRANDS_END = 64
"""Bytes from the start in which a file of boxes lists the types that it is compatible with."""

FOREIGN = {
    b"II+\0": "a BigTIFF file",
    b"MM\0+": "a BigTIFF file",
    b"IIU\0": "a camera's raw file",
    b"IIRO": "a camera's raw file",
    b"IIRS": "a camera's raw file",
    b"MMOR": "a camera's raw file",
    b"FUJIFILMCCD-RAW": "a camera's raw file",
    b"\0MRM": "a camera's raw file",
    b"\0\0\1\0": "an ICO file",
    b"\0\0\0\x0cjP  ": "a JPEG 2000 file",
    b"\xff\x4f\xff\x51": "a JPEG 2000 file",
    b"\xff\xd8\xff\xf7": "a JPEG-LS file",
    b"gimp xcf": "a GIMP file",
    b"\x76\x2f\x31\x01": "an OpenEXR file",
    b"#?R": "a Radiance file",
    b"qoif": "a QOI file",
    b"DDS ": "a DDS file",
    b"FLIF": "a FLIF file",
    **{b"P%d" % number: "a Netpbm file" for number in range(1, 8)},
    b"%PDF": "a PDF file",
    b"%!PS": "a PostScript file",
    b"<svg": "an SVG file",
    b"RIFF": "a film or sound file of a kind that is not read (of films, MP4, MOV and WebM are)",
    b"\x1aE\xdf\xa3": "a film file",
    b"PK\3\4": "an archive",
    b"\x1f\x8b": "an archive",
}
"""First bytes of formats that are not handled, to name them in the refusal."""

STARTS: dict[str, Callable[[bytes], bool]] = {
    "PNG": lambda data: data.startswith(containers.png.SIGNATURE),
    "WEBP": lambda data: data.startswith(containers.riff.START) and data[8:12] == b"WEBP",
    "TIFF": lambda data: data[:4] in containers.tiff.STARTS,
    "GIF": lambda data: data.startswith(containers.gif.STARTS),
    "BMP": lambda data: data.startswith(b"BM") and data[6:10] == bytes(4),  # reserved
    "PSD": lambda data: data.startswith(psd.START),
    "JXL": lambda data: data.startswith((jxl.BARE, jxl.BOXED)),
}
"""How files of these formats begin; JPEG is told last, since others begin like it."""

FILM_BRANDS = (b"isom", b"iso", b"mp4", b"M4", b"qt  ", b"avc", b"3gp", b"3g2", b"dash", b"XAVC")
RAW_BRAND = b"crx "
"""How the types of films begin that consist of boxes as AVIF and HEIC do, and that of raw files."""


def detect_format(data: bytes) -> str:
    """Name the format by the file's first bytes.

    Raises
    ------
    UnsupportedFormatError
        It is none that is handled.
    """
    if found := next((name for name, begins in STARTS.items() if begins(data)), None):
        return found
    if data[4:8] == containers.bmff.FILE_TYPE:
        return _detect_boxes(data)
    for start, name in FOREIGN.items():
        if data.startswith(start):
            raise UnsupportedFormatError(f"This is {name}; {HANDLED}.")
    if data.startswith(containers.jpeg.START + b"\xff"):
        return "JPEG"
    if not data:
        raise UnsupportedFormatError("The file is empty.")
    raise UnsupportedFormatError(f"This is not a picture in a known format; {HANDLED}.")


def require_picture(head: bytes) -> None:
    """Refuse a file that is none of a picture that is read, by its first bytes.

    Raises
    ------
    UnsupportedFormatError
        It is another one.
    """
    detect_format(head)


def is_foreign(head: bytes) -> bool:
    """Tell by a file's first bytes whether it is of a known kind of pictures, films or documents.

    Those that are handled do not count.
    """
    film = head[4:8] == containers.bmff.FILE_TYPE
    return recognise(head) is None and (film or head.startswith(tuple(FOREIGN)))


def recognise(data: bytes) -> str | None:
    """Name a file's format by its first bytes; None if it is not one that is handled."""
    try:
        return detect_format(data)
    except UnsupportedFormatError:
        return None


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
            f"The suffix {suffix!r} does not stand for a format that is written here; use one of "
            f"{', '.join(SUFFIXES)}."
        )
    return SUFFIXES[suffix]


def _detect_boxes(data: bytes) -> str:
    brand = data[8:12]
    if brand in avif.BRANDS | heic.BRANDS:
        return "AVIF" if brand in avif.BRANDS or b"avif" in data[16:BRANDS_END] else "HEIC"
    if brand == RAW_BRAND:
        raise UnsupportedFormatError(f"This is a camera's raw file; {HANDLED}.")
    if brand.startswith(FILM_BRANDS):
        raise UnsupportedFormatError(f"This is a film file; {HANDLED}.")
    raise UnsupportedFormatError(f"This is not a picture in a known format; {HANDLED}.")
