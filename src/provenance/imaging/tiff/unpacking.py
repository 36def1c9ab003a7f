"""From decompressed rows to samples: bits, differences, tiles, planes, palettes and negatives."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenance.containers import tiff
from provenance.errors import CorruptImageError
from provenance.imaging.samples import BAND, STEP, Samples
from provenance.imaging.tiff import names
from provenance.imaging.tiff.decompression import decompress, find_spans
from provenance.imaging.tiff.layout import Layout

MAX_COLOUR = 65_535
"""The largest number in a palette."""


def read_samples(data: bytes, page: tiff.Directory, layout: Layout) -> Samples:
    """Decode a page: uint8 for up to 8 bits a sample, else uint16.

    Raises
    ------
    InputError
        It can't be decoded.
    """
    planes = [
        _assemble(decompress(data, page, layout, spans), layout)
        for spans in find_spans(page, layout, len(data))
    ]
    values = planes[0] if len(planes) == 1 else np.concatenate(planes, axis=2)
    if layout.photometric == names.PALETTE:
        return Samples(_look_up(values[..., 0], page, layout.bits))
    if layout.photometric == names.WHITE_IS_ZERO:
        values[..., 0] = (1 << layout.bits) - 1 - values[..., 0]
    return Samples(
        _scale(values, layout.bits),
        inks=layout.photometric == names.INKS,
        premultiplied=layout.alpha == names.PREMULTIPLIED,
    )


def _assemble(rows: NDArray[np.uint8], layout: Layout) -> NDArray[Any]:
    """Put a plane together: (H, W, channels)."""
    count, length, _ = rows.shape
    shape = (length, layout.part_width, layout.interleaved)
    parts = np.empty((count, *shape), np.uint8 if layout.bits <= 8 else np.uint16)
    for part, packed in zip(parts, rows, strict=True):
        for top in range(0, length, BAND):
            band = packed[top : top + BAND]
            part[top : top + BAND] = _unpack(band, layout).reshape(len(band), *shape[1:])
        if layout.differences:
            np.cumsum(part, axis=1, dtype=part.dtype, out=part)
    if layout.tile is None:
        first: NDArray[Any] = parts[0]
        return first
    grid = parts.reshape(layout.down, layout.across, *shape).swapaxes(1, 2)
    whole = grid.reshape(layout.down * length, layout.across * layout.part_width, shape[2])
    found: NDArray[Any] = whole[: layout.length, : layout.width]
    return found


def _unpack(rows: NDArray[np.uint8], layout: Layout) -> NDArray[Any]:
    """Return the numbers of packed rows, the bits of each in order."""
    if layout.bits == 8:
        return rows
    if layout.bits == 16:
        return np.ascontiguousarray(rows).view(f"{layout.order}u2")
    count = layout.part_width * layout.interleaved
    bits = np.unpackbits(rows, axis=1)[:, : count * layout.bits]
    numbers = np.zeros((len(rows), count), np.uint16)
    for place in range(layout.bits):
        numbers *= 2
        numbers += bits[:, place :: layout.bits]
    return numbers


def _scale(values: NDArray[Any], bits: int) -> NDArray[Any]:
    """Spread the numbers over 8 or 16 bits; each can be told from its neighbours afterwards."""
    if bits in (8, 16):
        return values
    most = np.uint32((1 << 8) - 1 if bits < 8 else MAX_COLOUR)
    table = (np.arange(1 << bits, dtype=np.uint32) * most * 2 + (1 << bits) - 1) // (
        2 * ((1 << bits) - 1)
    )
    return np.asarray(table.astype(values.dtype)[values])


def _look_up(values: NDArray[Any], page: tiff.Directory, bits: int) -> NDArray[np.uint8]:
    """Return the colours of a palette; one that stays under 256 was meant in 8 bits."""
    colours = np.array(page.read(names.COLOUR_MAP), dtype=np.uint32)
    if len(colours) != 3 << bits:
        raise CorruptImageError("The TIFF picture can't be decoded: its palette is incomplete.")
    if colours.max() >= 1 << 8:
        colours = (colours + STEP // 2) // STEP
    return np.asarray(colours.reshape(3, -1).T.astype(np.uint8)[values])
