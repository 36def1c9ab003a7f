"""What every container module offers, and which one a file needs."""

from collections.abc import Iterator
from typing import Protocol

from provenance.containers import bmff, gif, jpeg, png, riff, tiff
from provenance.containers.piece import Piece
from provenance.containers.store import Span


class Container(Protocol):
    """What the module of each format offers."""

    def walk(self, data: bytes) -> Iterator[Piece]:
        """Yield the pieces of a file, in order; those of one level never overlap."""

    def extract(self, data: bytes) -> bytes | None:
        """Return the manifest store as it lies in the file, None when there is none."""

    def list_store_pieces(self, data: bytes) -> list[Piece]:
        """Return the pieces that hold manifest stores or parts of them, whole or not."""

    def insert(self, data: bytes, store: bytes, span: Span | None) -> bytes:
        """Return the file with a store put where the signer had it, or else where it belongs."""


def find_container(data: bytes) -> Container | None:
    """Return the module for the container that a file's first bytes announce, None if unknown."""
    if data.startswith(jpeg.START + b"\xff"):
        return jpeg
    if data.startswith(png.SIGNATURE):
        return png
    if data.startswith(riff.START):
        return riff
    if data[:4] in tiff.STARTS | tiff.BIG_STARTS:
        return tiff
    if data.startswith(gif.STARTS):
        return gif
    return bmff if data[4:8] == bmff.FILE_TYPE else None
