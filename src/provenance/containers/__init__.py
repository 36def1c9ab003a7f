"""Container formats: where the pieces of a file lie, and its C2PA manifest store among them.

One module per format, each with ``walk``, ``extract`` and ``insert``. Everything that needs to know
how a file is cut (decoding, metadata, manifests, the guards before other libraries) uses these
walks, so all of it sees the same pieces (ADR 0014). Works on bytes; no picture is decoded. There is
no way to remove a manifest.

Every error is a ``ProvenanceError``: ``CorruptImageError`` for a file that can't be walked over,
``ManifestError`` and its kinds for a store.
"""

from collections.abc import Iterator
from typing import Protocol

from provenance.containers import bmff, jpeg, limits, png, riff, tiff
from provenance.containers.piece import OTHER, Piece
from provenance.containers.store import STORE_MARK, Span, is_store

__all__ = [
    "OTHER",
    "STORE_MARK",
    "Container",
    "Piece",
    "Span",
    "bmff",
    "container_of",
    "is_store",
    "jpeg",
    "limits",
    "png",
    "riff",
    "tiff",
]


class Container(Protocol):
    """What the module of each format offers."""

    def walk(self, data: bytes) -> Iterator[Piece]:
        """Yield the pieces of a file, in order; those of one level never overlap."""

    def extract(self, data: bytes) -> bytes | None:
        """Return the manifest store as it lies in the file, None when there is none."""

    def insert(self, data: bytes, store: bytes, span: Span | None) -> bytes:
        """Return the file with a store put where the signer had it, or else where it belongs."""


def container_of(data: bytes) -> Container | None:
    """Return the module for the container that a file's first bytes announce, None if unknown."""
    if data.startswith(jpeg.START + b"\xff"):
        return jpeg
    if data.startswith(png.SIGNATURE):
        return png
    if data.startswith(riff.START):
        return riff
    if data[:4] in tiff.STARTS | tiff.BIG_STARTS:
        return tiff
    return bmff if data[4:8] == bmff.FILE_TYPE else None
