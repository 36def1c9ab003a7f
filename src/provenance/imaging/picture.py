"""A decoded picture together with everything needed to write it back faithfully."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from provenance.errors import UnsupportedFormatError
from provenance.imaging import exif
from provenance.imaging.colour import Colour
from provenance.imaging.frames import Frame, Moving
from provenance.imaging.samples import OPAQUE, Pixels, Samples
from provenance.losses import Loss

__all__ = ["OPAQUE", "Pixels"]  # so that other modules of this room need not know where they lie

MAX_DPI = 65_535
"""Pixels per inch that every format can state: JPEG has 16 bits for them."""

FULL_CHROMA = "4:4:4"
"""Colour at the same resolution as light, see ``Picture.chroma``."""

LOSSY_QUALITY = 90
"""For WebP, and for an AVIF or HEIC that comes from another format or does not say how finely it
was coded. At 90 a second coding adds no visible loss, so the watermark's own budget need not be
shared with it."""


def accept_dpi(across: float, down: float) -> tuple[float, float] | None:
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
        (H, W) uint8, ``OPAQUE`` at most, or None.
    format
        The file's format, a key of ``MIME``; ``"PNG"`` for arrays.
    grey
        Whether the file stores one channel; it is written back so.
    samples
        The file's own samples where 8-bit RGB says less; ``rgb`` is then their 8-bit view.
    icc, exif, xmp
        ICC profile, EXIF (a TIFF structure, without the ``Exif`` prefix) and XMP packet, raw bytes.
    colour
        What the numbers mean where the file says so without a profile, or beside one; None where
        nothing is said, so that sRGB or the profile holds.
    dpi
        Horizontal and vertical pixels per inch.
    blocks
        The file's metadata, repeated verbatim when the picture is written in the same format.
        Never a C2PA manifest, since that is bound to the old pixels.
    companions
        What a file holds beside the picture, kept as it is: gain maps, films, depth. Of a JPEG the
        bytes behind the picture; of an AVIF or HEIC the file, in which only the picture changes.
    moving
        How a moving picture goes on behind this, its first frame; None for a still one.
    coding
        How a JPEG was coded.
    chroma
        How an AVIF or HEIC resolves colour, such as ``"4:2:0"``.
    fineness
        How finely an AVIF or HEIC was coded, in its encoder's 1 to 100; None where that is unknown.
    depth
        Bits per channel of a HEIC that has more than 8; its samples are spread over 16.
    lossless
        Whether the file stores exact pixels (PNG, arrays, lossless WebP).
    quality
        What a lossy format is to be written with, 1 to 100; its usual one when None.
    quick
        Whether a PNG is to be written in less time, and with more bytes.
    obstacle
        Why this picture can be examined but not written back without loss, or None. The beginning
        of a sentence: "This AVIF has 10 or 12 bits per channel".
    losses
        What the file held and a stamped one will not hold; ``fit_to_format`` adds what another
        format can't hold.
    """

    rgb: Pixels
    alpha: Pixels | None = None
    format: str = "PNG"
    grey: bool = False
    samples: Samples | None = None
    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    colour: Colour | None = None
    dpi: tuple[float, float] | None = None
    blocks: tuple[Block, ...] = ()
    companions: bytes = b""
    moving: Moving | None = None
    coding: JpegCoding | None = None
    chroma: str | None = None
    fineness: int | None = None
    depth: int | None = None
    lossless: bool = True
    quality: int | None = None
    quick: bool = False
    obstacle: str | None = None
    losses: tuple[Loss, ...] = ()

    @property
    def width(self) -> int:
        """Stored width, pixels."""
        return int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        """Stored height, pixels."""
        return int(self.rgb.shape[0])

    @property
    def own(self) -> npt.NDArray[Any] | None:
        """The values of the file's own samples, where 8-bit RGB says less."""
        return None if self.samples is None else self.samples.values

    @property
    def orientation(self) -> int:
        """EXIF orientation, 1 to 8. It stays a tag: pixels are never turned."""
        return exif.read_orientation(self.exif)

    def choose_quality(self, target: str) -> int:
        """Return the quality to write with: what was asked for, as fine as before, or the usual."""
        as_before = self.fineness if target == self.format else None
        return self.quality or as_before or LOSSY_QUALITY

    @property
    def stampable(self) -> bool:
        """Whether the picture can be written back without losing anything but the marked pixels."""
        return self.obstacle is None

    def require_stampable(self) -> None:
        """Check that the picture can be written back without loss.

        Raises
        ------
        UnsupportedFormatError
            It can't; the message says why.
        """
        if self.obstacle is not None:
            raise UnsupportedFormatError(
                f"{self.obstacle}, which can't be marked without losing something; "
                "save it as grey or RGB with 8 bits per channel first."
            )

    def turn_upright(self) -> Picture:
        """Return the picture turned as its orientation says; the orientation is then 1."""
        turn = partial(_orient_copy, orientation=self.orientation)
        return replace(
            self,
            rgb=turn(self.rgb),
            alpha=None if self.alpha is None else turn(self.alpha),
            samples=self.samples and replace(self.samples, values=turn(self.samples.values)),
            exif=self.exif and exif.set_orientation(self.exif, exif.UPRIGHT),
            moving=self.moving and self.moving.turn(turn),
        )

    def with_pixels(self, rgb: Pixels) -> Picture:
        """Return the picture with other colours and all else kept.

        Colour under full transparency stays as it was: nobody sees it, and some tools rely on it.
        The file's own samples change by as much as the 8-bit ones.
        """
        if self.alpha is not None:
            rgb = np.where(self.alpha[..., None] == 0, self.rgb, rgb)
        return replace(self, rgb=rgb, samples=self.samples and self.samples.change(self.rgb, rgb))

    def with_frames(self, colours: Sequence[Pixels]) -> Picture:
        """Return the moving picture with other colours in each frame, and all else kept."""
        if self.moving is None:
            return self.with_pixels(colours[0])
        frames = tuple(map(_recolour, self.moving.frames, colours))
        return replace(self, rgb=frames[0].rgb, moving=replace(self.moving, frames=frames))


def _recolour(frame: Frame, rgb: Pixels) -> Frame:
    """Return a frame with other colours, but where nobody sees them."""
    if frame.alpha is not None:
        rgb = np.where(frame.alpha[..., None] == 0, frame.rgb, rgb)
    return replace(frame, rgb=rgb)


def make_picture(samples: Samples) -> Picture:
    """Return the picture that these samples make."""
    rgb, alpha, grey = samples.view()
    return Picture(rgb, alpha, grey=grey, samples=None if samples.plain else samples)


def orient(array: npt.NDArray[Any], orientation: int) -> npt.NDArray[Any]:
    """Return a view of (H, W) or (H, W, channels) samples as people see them.

    EXIF orientations 2 to 4 mirror or turn by half, 5 to 8 swap the sides first.
    """
    if orientation >= 5:
        array = array.swapaxes(0, 1)
    across = orientation in (2, 3, 6, 7)
    down = orientation in (3, 4, 7, 8)
    return array[:: -1 if down else 1, :: -1 if across else 1]


def _orient_copy(array: npt.NDArray[Any], orientation: int) -> npt.NDArray[Any]:
    return np.ascontiguousarray(orient(array, orientation))
