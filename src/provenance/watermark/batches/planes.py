"""Between pixels and the mark's plane, for batches: as ``provenance.watermark.plane`` does it."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from provenance.geometry import Geometry
from provenance.watermark import format as fmt
from provenance.watermark.batches.lines import COLUMNS, ROWS, both, resized
from provenance.watermark.batches.tensors import Tensor
from provenance.watermark.plane import LARGE_PIXELS, MAX_SIDE, cut_axis, plane_shape

MOST_SIDE = 4096
"""Pixels of a side up to which a device does the work: larger pictures fill it one by one, and the
tables of their lines would be as large as they."""


def fits(width: int, height: int) -> bool:
    """Tell whether pictures of this size are for a device."""
    return max(width, height) <= MOST_SIDE and width * height <= LARGE_PIXELS


@dataclass(frozen=True)
class Planes:
    """Luma on the mark's grid: float32, shape (pictures, rows, columns); see ``plane.Plane``."""

    samples: Tensor
    row: int
    column: int


def luma(pixels: Tensor) -> Tensor:
    """Compute luma: float32, shape (pictures, height, width), the same values as Pillow's."""
    red, green, blue = pixels.int().unbind(-1)
    return (red * 299 + green * 587 + blue * 114).float() / 1000


def cover_planes(pictures: Tensor, geometry: Geometry) -> Tensor:
    """Average luma to the samples of the plane that covers each picture."""
    height, width = pictures.shape[1:]
    rows, columns = plane_shape(geometry, width, height)
    kind, device = int(Image.Resampling.BOX), pictures.device
    down, across = resized(height, rows, kind, device), resized(width, columns, kind, device)
    return both(pictures, down, across)


def spread(samples: Tensor, geometry: Geometry, rows: slice, columns: slice) -> Tensor:
    """Bring planes that start at the pictures' corner to some of their pixels."""
    step, kind = fmt.GRID * geometry.scale, int(Image.Resampling.LANCZOS)
    down, across = (
        resized(
            samples.shape[axis], part.stop - part.start, kind, samples.device,
            part.start / step, part.stop / step,
        )
        for axis, part in ((ROWS, rows), (COLUMNS, columns))
    )  # fmt: skip
    return both(samples, down, across)


def sample(pictures: Tensor, geometry: Geometry, most: int | None = None) -> Planes:
    """Luma on the mark's grid, for pictures in which the mark is scaled and moved alone."""
    height, width = pictures.shape[1:]
    side, kind, device = (
        min(MAX_SIDE, most or MAX_SIDE),
        int(Image.Resampling.LANCZOS),
        pictures.device,
    )
    down = cut_axis(geometry.y0, height, geometry.yy, side)
    across = cut_axis(geometry.x0, width, geometry.xx, side)
    maps = (
        resized(length, axis.count, kind, device, axis.start, axis.stop)
        for length, axis in ((height, down), (width, across))
    )
    return Planes(both(pictures, *maps), down.first, across.first)


def fold(values: Tensor, side: int, row: int, column: int) -> Tensor:
    """Sum over all tiles of ``side`` samples, aligned to the tile's corner: (..., side, side)."""
    down, across = (-(-values.shape[axis] // side) for axis in (ROWS, COLUMNS))
    padded = values.new_zeros((*values.shape[:-2], down * side, across * side))
    padded[..., : values.shape[-2], : values.shape[-1]] = values
    blocks = padded.reshape(*values.shape[:-2], down, side, across, side)
    return blocks.sum((-4, -2)).roll((row, column), (-2, -1))
