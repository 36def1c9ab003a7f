"""Writing a TIFF: deflated strips, and the directory with whatever describes the picture."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from provenance.containers import tiff
from provenance.errors import InputError, UnsupportedFormatError
from provenance.imaging.picture import Picture
from provenance.imaging.tiff import names
from provenance.imaging.tiff.kept import DESCRIPTIVE

STRIP = 2**20
"""Bytes of a strip before compression: few strips, and readers need little memory."""

EFFORT = 6
"""zlib's level; TIFFs are for archives, where size counts more than time."""

HEADER = 8
"""Bytes before the first directory."""

DENSITY_STEPS = 10_000
"""Denominator of a density."""

_BYTE, _SHORT, _LONG, _FRACTION, _UNDEFINED = 1, 3, 4, 5, 7
_CODES = {_SHORT: "H", _LONG: "I", _FRACTION: "II"}


def write(picture: Picture, image: Image.Image | NDArray[Any]) -> bytes:
    """Encode ``image``, the pixels of ``picture``, with the picture's metadata."""
    samples = np.asarray(image)
    if samples.ndim == 2:
        samples = samples[..., None]
    rows = max(1, STRIP // samples[:1].nbytes)
    strips = list(_compress_strips(samples, rows))
    sizes = [len(strip) for strip in strips]
    tree = _describe_picture(picture) | _describe_samples(picture, samples, rows, sizes)
    # The length of the directory does not depend on where the strips lie.
    start = HEADER + len(tiff.pack_directory(tree | _place(sizes, 0), HEADER))
    directory = tiff.pack_directory(tree | _place(sizes, start), HEADER)
    return struct.pack("<4sI", b"II*\0", HEADER) + directory + b"".join(strips)


def _place(sizes: list[int], start: int) -> dict[int, tuple[int, bytes] | tiff.Tree]:
    places = (start + int(each) for each in np.cumsum([0, *sizes[:-1]]))
    return {names.STRIP_OFFSETS: _pack(_LONG, *places)}


def _describe_samples(
    picture: Picture, samples: NDArray[Any], rows: int, sizes: list[int]
) -> dict[int, tuple[int, bytes] | tiff.Tree]:
    height, width, channels = samples.shape
    own = picture.samples
    inks = own is not None and own.inks
    tree: dict[int, tuple[int, bytes] | tiff.Tree] = {
        names.WIDTH: _pack(_LONG, width),
        names.LENGTH: _pack(_LONG, height),
        names.BITS: _pack(_SHORT, *[samples.dtype.itemsize * 8] * channels),
        names.CHANNELS: _pack(_SHORT, channels),
        names.PHOTOMETRIC: _pack(
            _SHORT, names.INKS if inks else names.RGB if channels >= 3 else names.GREY
        ),
        names.COMPRESSION: _pack(_SHORT, names.DEFLATE),
        names.PREDICTOR: _pack(_SHORT, names.HORIZONTAL_DIFFERENCES),
        names.ROWS_PER_STRIP: _pack(_LONG, rows),
        names.STRIP_BYTES: _pack(_LONG, *sizes),
    }
    if not inks and channels in (2, 4):
        premultiplied = own is not None and own.premultiplied
        alpha = names.PREMULTIPLIED if premultiplied else names.STRAIGHT
        tree[names.EXTRA_SAMPLES] = _pack(_SHORT, alpha)
    return tree


def _describe_picture(picture: Picture) -> dict[int, tuple[int, bytes] | tiff.Tree]:
    """Return the tags of the picture's metadata.

    Raises
    ------
    UnsupportedFormatError
        Its EXIF is damaged.
    """
    tree: dict[int, tuple[int, bytes] | tiff.Tree] = {}
    if picture.exif:
        try:
            found = tiff.copy_entries(tiff.read_pages(picture.exif)[0])
        except InputError as error:
            raise UnsupportedFormatError(
                "The picture's EXIF is damaged and can't be written into a TIFF "
                f"({str(error).rstrip('.')}); leave its metadata out, or keep its format."
            ) from error
        tree = {tag: found[tag] for tag in DESCRIPTIVE & found.keys()}
    if picture.dpi and names.X_RESOLUTION not in tree:
        tree[names.RESOLUTION_UNIT] = _pack(_SHORT, names.INCH)
        for tag, density in zip((names.X_RESOLUTION, names.Y_RESOLUTION), picture.dpi, strict=True):
            tree[tag] = _pack(_FRACTION, round(density * DENSITY_STEPS), DENSITY_STEPS)
    for block in picture.blocks if picture.format == "TIFF" else ():
        tree[int.from_bytes(block.kind, "big")] = (block.payload[0], block.payload[1:])
    if picture.xmp:
        tree[names.XMP] = (_BYTE, picture.xmp)
    if picture.icc:
        tree[names.ICC] = (_UNDEFINED, picture.icc)
    return tree


def _pack(kind: int, *numbers: int) -> tuple[int, bytes]:
    code = "I" if kind == _FRACTION else _CODES[kind]
    return kind, struct.pack(f"<{len(numbers)}{code}", *numbers)


def _compress_strips(samples: NDArray[Any], rows: int) -> Iterator[bytes]:
    """Compress bands of rows, with each sample replaced by its difference from the left one."""
    for top in range(0, len(samples), rows):
        band = samples[top : top + rows]
        steps = band.copy()
        steps[:, 1:] -= band[:, :-1]
        yield zlib.compress(steps.astype(steps.dtype.newbyteorder("<")).tobytes(), EFFORT)
