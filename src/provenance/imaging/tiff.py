"""TIFF files: one page, written without loss, its descriptive tags kept as EXIF.

EXIF is a TIFF without pixels, so ``Picture.exif`` holds the tags of the file's directory that
describe the picture. Writing needs no libtiff: strips are deflated here, 16-bit colour included.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from provenance.errors import UnsupportedFormatError
from provenance.imaging.exif import UPRIGHT, read_orientation, set_orientation, strip_prefix
from provenance.imaging.picture import Picture, accept_dpi
from provenance.imaging.pillow import decode_pixels, open_image, translate_decoder_errors
from provenance.limits import Limits

WIDTH, LENGTH, BITS, COMPRESSION, PHOTOMETRIC = 256, 257, 258, 259, 262
STRIP_OFFSETS, CHANNELS, ROWS_PER_STRIP, STRIP_BYTES = 273, 277, 278, 279
X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 282, 283, 296
PREDICTOR, EXTRA_SAMPLES = 317, 338
XMP, ICC = 700, 34675
"""Tags that say how the samples are stored, and those of two packets of metadata."""

GREY, RGB, INKS = 1, 2, 5
"""Values of ``PHOTOMETRIC``."""

DEFLATE, HORIZONTAL_DIFFERENCES, UNASSOCIATED_ALPHA, INCH = 8, 2, 2, 2
"""Values of ``COMPRESSION``, ``PREDICTOR``, ``EXTRA_SAMPLES`` and ``RESOLUTION_UNIT``."""

DESCRIPTIVE = frozenset(
    {
        *(269, 270, 271, 272, 274, X_RESOLUTION, Y_RESOLUTION, 285, RESOLUTION_UNIT),
        *(305, 306, 315, 316, 18246, 33432, 33723, 34377, *range(40091, 40096)),
    }
)
"""Tags that describe the picture: names, maker, orientation, density, software, time, artist, host,
rating, copyright, IPTC, Photoshop's resources, Windows' texts."""

DIRECTORIES = frozenset({34665, 34853})
"""Tags of further directories that describe it: EXIF and GPS."""

DEEP_COLOUR = "This picture has 16 bits in each of several channels"
"""See ``Picture.obstacle``."""

STRIP = 2**20
"""Bytes of a strip before compression: few strips, and readers need little memory."""

EFFORT = 6
"""zlib's level; TIFFs are for archives, where size counts more than time."""


def read(data: bytes, limits: Limits) -> Picture:
    """Decode a TIFF file of one page.

    Raises
    ------
    InputError
        It can't be decoded, is over a limit or has several pages.
    """
    turned = read_orientation(data)
    # Told that they are upright, Pillow leaves the pixels as they are stored.
    image: Any = open_image(set_orientation(data, UPRIGHT), "TIFF")
    limits.check_size(*image.size)
    if _has_more_pages(image):
        raise UnsupportedFormatError(
            "This TIFF holds several pictures, and only one is handled; save each in its own file."
        )
    with translate_decoder_errors("The TIFF picture"):
        exif, xmp, bits = (
            _read_descriptive_tags(image),
            image.tag_v2.get(XMP),
            image.tag_v2.get(BITS, (1,)),
        )
        dpi = accept_dpi(*map(float, image.info.get("dpi", (0, 0))))
    picture = decode_pixels(image)
    lost = max(bits) > 8 and picture.own is None
    return replace(
        picture,
        format="TIFF",
        icc=image.info.get("icc_profile"),
        exif=set_orientation(exif, turned) if exif else None,
        xmp=xmp if isinstance(xmp, bytes) and xmp else None,
        dpi=dpi,
        obstacle=picture.obstacle or (DEEP_COLOUR if lost else None),
    )


def write(picture: Picture, image: Image.Image | NDArray[np.uint16]) -> bytes:
    """Encode ``image``, the pixels of ``picture``, with the picture's metadata."""
    samples = np.asarray(image)
    if samples.ndim == 2:
        samples = samples[..., None]
    inks = isinstance(image, Image.Image) and image.mode == "CMYK"
    directory = _make_directory(picture)
    directory[WIDTH], directory[LENGTH] = samples.shape[1], samples.shape[0]
    channels, bits = samples.shape[2], samples.dtype.itemsize * 8
    directory[BITS] = (bits,) * channels
    directory[CHANNELS] = channels
    directory[PHOTOMETRIC] = INKS if inks else RGB if channels >= 3 else GREY
    if not inks and channels in (2, 4):
        directory[EXTRA_SAMPLES] = UNASSOCIATED_ALPHA
    directory[COMPRESSION], directory[PREDICTOR] = DEFLATE, HORIZONTAL_DIFFERENCES
    rows = max(1, STRIP // samples[:1].nbytes)
    strips = list(_compress_strips(samples, rows))
    sizes = [len(strip) for strip in strips]
    directory[ROWS_PER_STRIP] = rows
    directory[STRIP_BYTES] = tuple(sizes)
    directory[STRIP_OFFSETS] = tuple(int(each) for each in np.cumsum([0, *sizes[:-1]]))
    file = BytesIO()
    directory.save(file)  # adds its own length to the offsets
    return file.getvalue() + b"".join(strips)


def _has_more_pages(image: Any) -> bool:
    """Look for a second page only, since the number of pages does not matter."""
    with translate_decoder_errors("The TIFF picture"):
        try:
            image.seek(1)
        except EOFError:
            return False
        return True


def _read_descriptive_tags(image: Any) -> bytes | None:
    """Return the directory's descriptive tags as EXIF, None when there are none."""
    found, kept = image.getexif(), Image.Exif()
    for tag in DESCRIPTIVE & set(found):
        kept[tag] = found[tag]
    for tag in DIRECTORIES:
        if inner := found.get_ifd(tag):
            kept[tag] = dict(inner)
    return strip_prefix(kept.tobytes()) if len(kept) else None


def _make_directory(picture: Picture) -> Any:
    """Return a directory with the picture's metadata and nothing else."""
    directory: Any = ImageFileDirectory_v2()
    exif = Image.Exif()
    exif.load(picture.exif or b"")
    for tag in sorted(DESCRIPTIVE & set(exif)):
        directory[tag] = exif[tag]
    for tag in sorted(DIRECTORIES):
        if inner := exif.get_ifd(tag):
            directory[tag] = dict(inner)
    if picture.dpi and X_RESOLUTION not in directory:
        directory[RESOLUTION_UNIT] = INCH
        directory[X_RESOLUTION], directory[Y_RESOLUTION] = picture.dpi
    for tag, packet in ((XMP, picture.xmp), (ICC, picture.icc)):
        if packet:
            directory[tag] = packet
    return directory


def _compress_strips(samples: NDArray[Any], rows: int) -> Iterator[bytes]:
    """Compress bands of rows, with each sample replaced by its difference from the left one."""
    for top in range(0, len(samples), rows):
        band = samples[top : top + rows]
        steps = band.copy()
        steps[:, 1:] -= band[:, :-1]
        yield zlib.compress(steps.astype(steps.dtype.newbyteorder("<")).tobytes(), EFFORT)
