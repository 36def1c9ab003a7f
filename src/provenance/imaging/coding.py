"""How the caller wants a picture written, where that is not left to the file it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from provenance.errors import ConfigError
from provenance.imaging.picture import Picture

QUALITIES = range(1, 101)
"""Pillow's scale of quality, for each lossy format."""

OPTIONS: Mapping[str, tuple[str, ...]] = {
    "PNG": ("effort",),
    "JPEG": ("quality",),
    "WEBP": ("quality", "lossless"),
    "AVIF": ("quality",),
    "HEIC": ("quality",),
    "TIFF": (),
    "GIF": (),
    "JXL": ("quality", "lossless"),
}
"""What can be asked of each format."""

EFFORTS = ("fast", "small")
"""Of a PNG: less time, or fewer bytes."""


def choose_coding(picture: Picture, format: str, options: Mapping[str, Any]) -> Picture:  # noqa: A002
    """Return the picture, to be written in a format as the options say.

    ``quality`` of a lossy format is 1 to 100; ``effort`` of a PNG is "fast" or "small";
    ``lossless`` of a WebP is true or false, and with a quality it is lossy.

    Raises
    ------
    ConfigError
        The format has no such option, or the option can't have this value.
    """
    for name, value in options.items():
        if name not in OPTIONS[format]:
            known = ", ".join(OPTIONS[format]) or "none"
            raise ConfigError(
                f"{format} has no option {name!r}; the ones that can be set are: {known}."
            )
        if not _is_valid(name, value):
            raise ConfigError(f"The option {name} can't be {value!r}; it must be {_WANTED[name]}.")
    if "effort" in options:
        picture = replace(picture, quick=options["effort"] == "fast")
    if "quality" in options:
        picture = replace(picture, quality=options["quality"], coding=None, lossless=False)
    if "lossless" in options:
        picture = replace(picture, lossless=options["lossless"])
    return picture


_WANTED = {
    "quality": "a whole number from 1 to 100",
    "effort": "'fast' or 'small'",
    "lossless": "True or False",
}


def _is_valid(name: str, value: object) -> bool:
    if name == "quality":
        return isinstance(value, int) and not isinstance(value, bool) and value in QUALITIES
    return value in EFFORTS if name == "effort" else isinstance(value, bool)
