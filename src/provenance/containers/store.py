"""What every container needs to know of a C2PA manifest store, and no more than that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from provenance.containers.piece import Piece
from provenance.errors import CorruptImageError, ManifestDamagedError

STORE_MARK = b"jumdc2pa"
"""How every manifest store begins its description: JUMBF box type and C2PA's content type."""


@dataclass(frozen=True)
class Span:
    """Bytes of a file: the first, and how many. Often where the signer left room for the store."""

    start: int
    length: int

    @property
    def end(self) -> int:
        """The byte behind the last."""
        return self.start + self.length


def is_store(data: bytes) -> bool:
    """Tell whether these bytes begin like a manifest store, which no picture does."""
    return data[4:8] == b"jumb" and data[12 : 12 + len(STORE_MARK)] == STORE_MARK


def require_one_store(stores: Sequence[bytes], pieces: Iterable[Piece]) -> bytes | None:
    """Return the only one of the stores found in a file's pieces, None when there is none.

    Raises
    ------
    CorruptImageError
        There is none, but the file is cut off.
    ManifestDamagedError
        There are several, and readers disagree about which one counts.
    """
    if len(stores) > 1:
        raise ManifestDamagedError(
            "The file holds several manifest stores, and only one is allowed."
        )
    if not stores and any(piece.cut for piece in pieces):
        raise CorruptImageError("The file is cut off: one of its pieces reaches beyond its end.")
    return stores[0] if stores else None


def extract_chunk(data: bytes, pieces: Sequence[Piece], kind: bytes) -> bytes | None:
    """Return the manifest store that is the content of one chunk, None when there is no such chunk.

    Raises
    ------
    CorruptImageError
        There is none, but the file is cut off.
    ManifestDamagedError
        There are several.
    """
    found = [piece.read_content(data) for piece in select(pieces, kind) if not piece.cut]
    return require_one_store(found, pieces)


def select(pieces: Iterable[Piece], kind: bytes) -> list[Piece]:
    """Return the pieces of a kind."""
    return [piece for piece in pieces if piece.kind == kind]
