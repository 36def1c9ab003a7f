"""What a picture may cost to decode: a hostile file is refused by its length and header alone."""

from __future__ import annotations

from dataclasses import dataclass

from provenance.errors import ImageTooLargeError
from provenance.files import refuse_over


@dataclass(frozen=True)
class Limits:
    """Bounds checked on the file's length and header, before any pixel is decoded.

    Attributes
    ----------
    max_bytes
        File size, bytes. A 100-megapixel photograph as lossless PNG stays under it.
    max_pixels
        Width times height. 2**27 (134 million) lets the largest camera sensors in (102 megapixels)
        and bounds the decoded RGBA array to 512 MiB.
    max_side
        Width and height each, pixels: the most a JPEG can state.
    max_scans
        Scans of a JPEG. Encoders write about ten; the decoder's time grows with them.
    """

    max_bytes: int = 256 * 2**20
    max_pixels: int = 2**27
    max_side: int = 65_535
    max_scans: int = 100

    def check_bytes(self, count: int) -> None:
        """Check the length of a file, in bytes.

        Raises
        ------
        ImageTooLargeError
            It is over the limit.
        """
        refuse_over(self.max_bytes, count)

    def check_size(self, width: int, height: int) -> None:
        """Check the size of a picture, in pixels.

        Raises
        ------
        ImageTooLargeError
            It is over a limit.
        """
        if max(width, height) > self.max_side:
            raise ImageTooLargeError(
                f"The picture is {width} x {height} pixels, and a side may have at most "
                f"{self.max_side:,}; raise max_side to accept it."
            )
        if width * height > self.max_pixels:
            raise ImageTooLargeError(
                f"The picture is {width} x {height} pixels, more than the limit of "
                f"{self.max_pixels:,} in all; raise max_pixels to accept it."
            )

    def check_scans(self, count: int) -> None:
        """Check how many scans a JPEG has.

        Raises
        ------
        ImageTooLargeError
            There are more than ``max_scans``.
        """
        if count > self.max_scans:
            raise ImageTooLargeError(
                f"The JPEG has {count} scans, more than the limit of {self.max_scans}; "
                "raise max_scans to accept it."
            )


DEFAULT_LIMITS = Limits()
"""What holds when nobody chooses limits."""
