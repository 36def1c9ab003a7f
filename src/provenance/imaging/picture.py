"""A decoded picture together with everything needed to write it back faithfully."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from provenance.errors import UnsupportedFormatError

Pixels = npt.NDArray[np.uint8]

OPAQUE = 255  # the alpha of a pixel that shows nothing of what lies behind it

MAX_DPI = 65_535  # what every format can state: JPEG has 16 bits for it


def sane_dpi(across: float, down: float) -> tuple[float, float] | None:
    """Return a pixel density that every format can state, or None for one that can't be meant."""
    return (across, down) if 1 <= across <= MAX_DPI and 1 <= down <= MAX_DPI else None


@dataclass(frozen=True)
class Block:
    """One piece of metadata as it lay in its file: a PNG chunk or a JPEG segment."""

    kind: bytes
    payload: bytes


@dataclass(frozen=True)
class JpegCoding:
    """How a JPEG was coded, so that it is coded the same way again.

    ``tables`` are quantisation tables of 64 steps in natural order, luma first; ``subsampling`` is
    Pillow's number (0: 4:4:4, 1: 4:2:2, 2: 4:2:0); ``stored_rgb`` means that the components are R,
    G and B instead of luma and chroma.
    """

    tables: tuple[tuple[int, ...], ...]
    subsampling: int
    progressive: bool = False
    stored_rgb: bool = False


@dataclass(frozen=True, eq=False)
class Picture:
    """Pixels in stored orientation, plus what the file said around them.

    Attributes
    ----------
    rgb
        (H, W, 3) uint8, in the picture's own colour space; a grey picture has three equal channels.
    alpha
        (H, W) uint8, `OPAQUE` at most, or None.
    format
        ``"PNG"``, ``"JPEG"``, ``"WEBP"`` or ``"AVIF"``: the file's format, ``"PNG"`` for arrays.
    grey
        Whether the file stores one channel; it is written back so.
    icc, exif, xmp
        ICC profile, EXIF (a TIFF structure, without the ``Exif`` prefix) and XMP packet, raw bytes.
    dpi
        Horizontal and vertical pixels per inch.
    orientation
        EXIF orientation, 1 to 8. It stays a tag: pixels are never turned.
    blocks
        The file's metadata, repeated verbatim when the picture is written in the same format.
        Never a C2PA manifest: that one is bound to the old pixels.
    coding
        How a JPEG was coded.
    lossless
        Whether the file stores exact pixels (PNG, arrays, lossless WebP).
    obstacle
        Why this picture can only be looked at and not be written back without loss, or None.
    """

    rgb: Pixels
    alpha: Pixels | None = None
    format: str = "PNG"
    grey: bool = False
    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    dpi: tuple[float, float] | None = None
    orientation: int = 1
    blocks: tuple[Block, ...] = ()
    coding: JpegCoding | None = None
    lossless: bool = True
    obstacle: str | None = None

    @property
    def width(self) -> int:
        """Stored width, pixels."""
        return int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        """Stored height, pixels."""
        return int(self.rgb.shape[0])

    @property
    def stampable(self) -> bool:
        """Whether the picture can be written back without losing anything but the marked pixels."""
        return self.obstacle is None

    def require_stampable(self) -> None:
        """Raise UnsupportedFormatError with the reason when the picture isn't `stampable`."""
        if self.obstacle is not None:
            raise UnsupportedFormatError(
                f"{self.obstacle}, which can't be marked without losing quality; "
                "convert it to 8-bit RGB or grey as PNG, JPEG or WebP first"
            )

    def with_pixels(self, rgb: Pixels) -> Picture:
        """Return the picture with other colours and all else kept.

        Colour under full transparency stays as it was: nobody sees it, and some tools rely on it.
        """
        if self.alpha is not None:
            rgb = np.where(self.alpha[..., None] == 0, self.rgb, rgb)
        return replace(self, rgb=rgb)
