"""One piece of a file, as its format cuts it: a chunk, segment, box or directory entry."""

from __future__ import annotations

from dataclasses import dataclass

OTHER = b""
"""Kind of bytes that the format gives no name: a signature, junk, a remainder too short for a
header, and whatever lies behind the end."""


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
        Its content. That of a TIFF entry may lie anywhere in the file; of any other piece it lies
        within.
    depth
        How many boxes it lies in, or how many directories of a TIFF were read before its own.
    cut
        It claims more bytes than the file, or the box that it lies in, has left; ``end`` and
        ``content_end`` then are where those run out. Nobody takes metadata or a manifest out of
        such a piece.
    """

    kind: bytes
    start: int
    end: int
    content_start: int
    content_end: int
    depth: int = 0
    cut: bool = False

    def whole(self, data: bytes) -> bytes:
        """Return the piece's bytes, given the file's."""
        return data[self.start : self.end]

    def content(self, data: bytes) -> bytes:
        """Return the content's bytes, given the file's."""
        return data[self.content_start : self.content_end]


def make_unnamed(start: int, end: int, depth: int = 0) -> Piece:
    """Return the piece for bytes without a name; all of them are content."""
    return Piece(OTHER, start, end, start, end, depth)
