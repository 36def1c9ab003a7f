"""The formats that are stamped: pictures and films, by the names of files."""

from __future__ import annotations

import os
from pathlib import Path

from provenance import films, imaging, manifest

MIME = {**imaging.MIME, **films.MIME}
FILM_FORMATS = frozenset(films.MIME)


def find_mime(format: str) -> str:  # noqa: A002 (the word users of Pillow know)
    """Return the media type that the C2PA library is told; any serves where there is none."""
    return MIME.get(format, manifest.ANY_TYPE)


def recognise(data: bytes) -> str | None:
    """Name a file's format by its first bytes; None if it is not one that is handled."""
    return films.recognise(data) or imaging.recognise(data)


def find_format(path: str | os.PathLike[str]) -> str:
    """Return the format that a file name's suffix stands for, e.g. "JPEG" for ``out.jpg``.

    Raises
    ------
    UnsupportedFormatError
        The suffix is not known.
    """
    is_film = Path(path).suffix.lower() in films.SUFFIXES
    return films.find_format(path) if is_film else imaging.find_format(path)
