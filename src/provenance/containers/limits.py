"""Into how many pieces a file may be cut: one table for everything that walks over files.

Each limit lies far above what pictures need, and bounds the time that a walk can take. A file
beyond its limit is refused by ``walk`` itself, so that no two readers can disagree about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provenance.containers.piece import OTHER, Piece
from provenance.errors import CorruptImageError

PNG_CHUNKS = 2**17
"""A PNG of 256 MiB in libpng's usual chunks of 8 KiB has 2**15."""

RIFF_CHUNKS = 2**17
"""A still WebP has at most a dozen; an animated one has one for each frame, and its manifest is
read although its pixels are not."""

GIF_BLOCKS = 2**17
"""Two for each picture of a moving one; an hour at ten a second has 72,000."""

JPEG_SEGMENTS = 10_000
"""Segments before the first scan. The most seen are 256 with a colour profile, and a thousand with
extended XMP."""

BOXES = 5_000
"""Boxes of an ISO media file, at any depth; the largest grids of a HEIC have about a thousand. Also
the boxes at one level of a manifest store; the longest known history has a few dozen."""

BOX_DEPTH = 32
"""Levels of boxes within boxes; a film's tables lie at depth 5. The C2PA library has the same
limit."""

ITEM_TABLE = 2**20
"""Bytes of a table about the items of a file of boxes: what they are, where they lie, what they
have to do with each other. The largest grids of a HEIC need about 20 KB."""

TIFF_ENTRIES = 50_000
"""Entries of all directories of a TIFF together; a page has about twenty. Also the directories that
may wait to be read."""

JPEG_STORE_PART = 64_000
"""Bytes of a manifest store in one JPEG segment, since a length field has 16 bits. The C2PA library
cuts at the same size, and a store is put back as it was signed."""


def limit_pieces(pieces: Iterable[Piece], most: int, names: str) -> Iterator[Piece]:
    """Pass on at most ``most`` pieces, not counting those that the format gives no name.

    Raises
    ------
    CorruptImageError
        There are more.
    """
    count = 0
    for piece in pieces:
        count += piece.kind != OTHER
        if count > most:
            raise CorruptImageError(f"The file has too many pieces: over {most:,} {names}.")
        yield piece
