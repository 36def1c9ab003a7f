"""Which kind of film a file is, by its first bytes, and which one a file name stands for."""

from __future__ import annotations

import os
from pathlib import Path

from provenance.errors import UnsupportedFormatError

MIME = {"MP4": "video/mp4", "MOV": "video/quicktime", "WEBM": "video/webm"}
DEMUXERS = {"MP4": "mov", "MOV": "mov", "WEBM": "matroska"}
"""FFmpeg's readers. One is named, so that no file can be read as a list of other files."""
SUFFIXES = {
    ".mp4": "MP4",
    ".m4v": "MP4",
    ".mov": "MOV",
    ".webm": "WEBM",
    ".mkv": "WEBM",
}

BOXES = b"ftyp"
BRANDS = (
    b"isom",
    b"iso",
    b"mp4",
    b"M4V",
    b"avc",
    b"3gp",
    b"3g2",
    b"dash",
    b"XAVC",
    b"MSNV",
    b"f4v",
)
"""How the types of MP4 files begin."""
QUICKTIME = b"qt  "
OLD_QUICKTIME = (b"moov", b"mdat", b"wide")
"""First boxes of QuickTime files from before there were types."""
MATROSKA = b"\x1aE\xdf\xa3"


def recognise(data: bytes) -> str | None:
    """Name a film's format by its first bytes; None if it is not a film that is read here."""
    if data.startswith(MATROSKA):
        return "WEBM"
    if data[4:8] == BOXES:
        if data[8:12] == QUICKTIME:
            return "MOV"
        return "MP4" if data[8:12].startswith(BRANDS) else None
    return "MOV" if data[4:8] in OLD_QUICKTIME else None


def find_format(path: str | os.PathLike[str]) -> str:
    """Return the format of a film that a file name's suffix stands for.

    Raises
    ------
    UnsupportedFormatError
        It is not one of a film.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise UnsupportedFormatError(
            f"The suffix {suffix!r} does not stand for a kind of film; use one of "
            f"{', '.join(SUFFIXES)}."
        )
    return SUFFIXES[suffix]
