"""One piece of a file, as its format cuts it: a chunk, segment, box or directory entry."""

from __future__ import annotations

from dataclasses import dataclass

OTHER = b""
"""Kind of bytes that the format does not name: a signature, junk, a remainder too short for a
header, and whatever lies after the end."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Where one piece lies, in bytes from the start of the file.

    Attributes
    ----------
    kind
        What the format calls it: the type of a chunk or box, a JPEG marker's second byte, a TIFF
        tag in two bytes (big-endian) or ``IFD``, or ``OTHER``.
    start, end
        The whole piece: header, content, checksum and padding.
    content_start, content_end
        Its content. It lies within the piece, but that of a TIFF entry may be anywhere in the file.
    depth
        How many boxes it lies in, or how many directories of a TIFF were read before its own.
    cut
        It claims more bytes than are left in the file, or in the box that it lies in; ``end`` and
        ``content_end`` are then where those run out. Neither metadata nor a manifest is taken out
        of such a piece.
    """

    kind: bytes
    start: int
    end: int
    content_start: int
    content_end: int
    depth: int = 0
    cut: bool = False

    def read(self, data: bytes) -> bytes:
        """Return the piece's bytes, given the file's."""
        return data[self.start : self.end]

    def read_content(self, data: bytes) -> bytes:
        """Return the content's bytes, given the file's."""
        return data[self.content_start : self.content_end]


def make_unnamed(start: int, end: int, depth: int = 0) -> Piece:
    """Return the piece for bytes that the format does not name; all of them are content."""
    return Piece(OTHER, start, end, start, end, depth)
