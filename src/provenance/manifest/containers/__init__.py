"""Where a manifest store lies in each kind of file: taken out and put in, the rest untouched.

One module per container, each with `extract` and `insert`. Both work on bytes and raise
`ValueError` for files that are not what they seem; no picture is decoded. There is no way to remove
a manifest.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType


@dataclass(frozen=True)
class Span:
    """Where the signer left room for the store: a start and a length in bytes of the whole file."""

    start: int
    length: int


def container_of(data: bytes) -> ModuleType | None:
    """Return the module for the container that a file's first bytes announce, None if unknown."""
    from provenance.manifest.containers import bmff, jpeg, png, riff, tiff

    if data.startswith(b"\xff\xd8\xff"):
        return jpeg
    if data.startswith(png.SIGNATURE):
        return png
    if data[:4] == b"RIFF":
        return riff
    if data[:4] in tiff.STARTS:
        return tiff
    return bmff if data[4:8] == b"ftyp" else None
