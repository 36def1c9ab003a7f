"""The bytes of strips and tiles, decompressed, and nothing else.

libtiff, by way of Pillow, decompresses; what the bytes mean is not left to it. So it is shown a
plain grey picture, one byte a pixel, whose rows are the rows of the strips, or of the tiles below
each other.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from provenance.containers import tiff
from provenance.errors import CorruptImageError
from provenance.imaging.pillow import open_image, translate_decoder_errors
from provenance.imaging.tiff import names
from provenance.imaging.tiff.layout import FAX, Layout, make_error

Bytes = NDArray[np.uint8]
Spans = Sequence[tuple[int, int]]

PASSED_ON = (names.FILL_ORDER, names.T4_OPTIONS, names.T6_OPTIONS)
JPEG_PASSED_ON = (
    *(names.JPEG_TABLES, names.YCC_COEFFICIENTS, names.YCC_SUBSAMPLING),
    *(names.YCC_POSITIONING, names.YCC_RANGE),
)
"""Tags that a decompressor needs."""

_LONG = 4


def find_spans(page: tiff.Directory, layout: Layout, length: int) -> list[Spans]:
    """Return place and length in bytes of each part, for each plane, in a file of ``length`` bytes.

    Raises
    ------
    CorruptImageError
        Parts are missing, share bytes or lie outside of the file.
    UnknownLayoutError
        Parts are left out on purpose.
    """
    count = layout.across * layout.down
    planes = layout.channels if layout.planes else 1
    places = page.read(names.TILE_OFFSETS) or page.read(names.STRIP_OFFSETS)
    sizes = page.read(names.TILE_BYTES) or page.read(names.STRIP_BYTES)
    if not sizes and layout.compression == names.RAW:
        sizes = (layout.row_bytes * layout.part_length,) * len(places)
    elif not sizes and len(places) == 1:
        sizes = (length - places[0],)
    spans = list(zip(places, sizes, strict=False))[: count * planes]
    inside = all(0 <= place <= length and 0 <= size <= length for place, size in spans)
    room = length + layout.row_bytes * layout.part_length  # the last strip may be stated too long
    if not inside or len(spans) < count * planes or sum(size for _, size in spans) > room:
        raise CorruptImageError("The TIFF picture can't be decoded: strips or tiles are missing.")
    if any(size == 0 for _, size in spans):
        raise make_error("parts that are left out")
    return [spans[start : start + count] for start in range(0, count * planes, count)]


def decompress(data: bytes, page: tiff.Directory, layout: Layout, spans: Spans) -> Bytes:
    """Return the rows of a plane's parts: (parts, rows, bytes); strips make one part together.

    Raises
    ------
    CorruptImageError
        They can't be decompressed.
    """
    rows = layout.part_length * len(spans) if layout.tile else layout.length
    if layout.compression == names.RAW:
        flat = _join(data, layout, spans, rows)
    elif layout.compression == names.JPEG:
        flat = _decode_jpeg(data, page, layout, spans, rows)
    else:
        flat = _decode(data, page, layout, spans, rows)
    if flat.size != rows * layout.row_bytes:
        raise CorruptImageError("The TIFF picture can't be decoded: its tags contradict its data.")
    return flat.reshape(len(spans) if layout.tile else 1, -1, layout.row_bytes)


def _join(data: bytes, layout: Layout, spans: Spans, rows: int) -> Bytes:
    size = layout.part_length * layout.row_bytes
    parts = [data[place : place + min(size, count)] for place, count in spans]
    whole = b"".join(parts)[: rows * layout.row_bytes]
    if len(whole) < rows * layout.row_bytes or any(len(part) < size for part in parts[:-1]):
        raise CorruptImageError("The TIFF picture can't be decoded: strips or tiles are cut off.")
    return np.frombuffer(whole, np.uint8)


def _decode(data: bytes, page: tiff.Directory, layout: Layout, spans: Spans, rows: int) -> Bytes:
    fax = layout.compression in FAX
    tags = _describe(layout, spans, rows, fax)
    image = _open(data, page, spans, tags, PASSED_ON)
    samples = np.asarray(image)
    return np.packbits(samples, axis=1) if fax else samples


def _decode_jpeg(
    data: bytes, page: tiff.Directory, layout: Layout, spans: Spans, rows: int
) -> Bytes:
    """Decode as luma and chroma, or as what it is; tiles come below each other."""
    tags = _describe(layout, spans, rows, fax=False)
    tags[names.WIDTH] = layout.part_width
    tags[names.CHANNELS] = layout.channels
    tags[names.BITS] = (8,) * layout.channels
    tags[names.PHOTOMETRIC] = names.GREY if layout.channels == 1 else layout.photometric
    return np.asarray(_open(data, page, spans, tags, JPEG_PASSED_ON))


def _describe(layout: Layout, spans: Spans, rows: int, fax: bool) -> dict[int, Any]:
    """Return the tags of the plain picture."""
    return {
        names.WIDTH: layout.part_width if fax else layout.row_bytes,
        names.LENGTH: rows,
        names.BITS: 1 if fax else 8,
        names.COMPRESSION: layout.compression,
        names.PHOTOMETRIC: names.GREY,
        names.CHANNELS: 1,
        names.ROWS_PER_STRIP: layout.part_length,
        names.STRIP_BYTES: tuple(size for _, size in spans),
    }


def _open(
    data: bytes,
    page: tiff.Directory,
    spans: Spans,
    tags: dict[int, Any],
    passed_on: Sequence[int],
) -> Image.Image:
    parts = [data[place : place + size] for place, size in spans]
    if any(len(part) < size for part, (_, size) in zip(parts, spans, strict=True)):
        raise CorruptImageError("The TIFF picture can't be decoded: strips or tiles are cut off.")
    tags[names.STRIP_OFFSETS] = tuple(
        int(each) for each in 8 + np.cumsum([0, *(len(part) for part in parts[:-1])])
    )
    entries: dict[int, tuple[int, bytes] | tiff.Tree] = {
        tag: _pack(value) for tag, value in tags.items()
    }
    known = tiff.copy_entries(page)
    entries |= {tag: known[tag] for tag in passed_on if tag in known}
    body = b"".join(parts)
    body += bytes(len(body) % 2)
    directory = tiff.pack_directory(entries, 8 + len(body))
    image = open_image(struct.pack("<4sI", b"II*\0", 8 + len(body)) + body + directory, "TIFF")
    with translate_decoder_errors("The TIFF picture"):
        image.load()
    return image


def _pack(value: int | tuple[int, ...]) -> tuple[int, bytes]:
    numbers = value if isinstance(value, tuple) else (value,)
    return _LONG, struct.pack(f"<{len(numbers)}I", *numbers)
