"""Between a picture's pixels and the mark's plane: where the mark lies, resampling both ways."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from provenance.geometry import Geometry
from provenance.watermark import format as fmt
from provenance.watermark.carrier import ALIGNMENT

Floats = NDArray[np.float32]

MAX_SIDE = 2000
"""Longest side, in samples, of a plane that is read upright; of a larger one the middle is
enough."""
MAX_TURNED_SIDE = 1000
"""Likewise of a turned one, which costs more to read: 16 times the tiles that a code word needs."""
PIXELS_PER_SAMPLE = 1.25
"""A turned picture is first shrunk to this many pixels per sample: bicubic sampling does not
average."""
LARGE_PIXELS, LARGE_SHRINK = 12_000_000, 2
"""Pixels beyond which a picture is searched at half its size: its luma in float, and the copies
made by resampling, would need more memory than everything else. A mark of a 12-megapixel picture
has samples of 3.4 pixels, so nothing of it is lost."""
STRIP_ROWS = 256
"""Rows that are converted at a time; a whole 100-megapixel picture would take 1 GB more."""
_UPRIGHT_TURN = 2e-4
"""Turn, in radians, under which a picture counts as upright: 0.1 px over 512."""


@dataclass(frozen=True)
class Plane:
    """Luma on the mark's grid.

    ``samples`` is float32, shape (rows, columns); its first sample is number (``row``, ``column``)
    of the mark's grid, both multiples of ``ALIGNMENT``, perhaps negative.
    """

    samples: Floats
    row: int
    column: int

    def middle(self, side: int) -> Plane:
        """Its middle, of so many samples a side at most."""
        top, left = (max(0, n - side) // 2 // ALIGNMENT * ALIGNMENT for n in self.samples.shape)
        part = self.samples[top : top + side, left : left + side]
        return Plane(part, self.row + top, self.column + left)


def luma(rgb: NDArray[np.uint8], shrink: int = 1) -> Floats:
    """Compute ITU-R BT.601 luma: float32, shape (height, width), grey levels 0 to 255.

    With ``shrink``, a divisor of ``STRIP_ROWS``, it is averaged over squares of that side.
    """
    height, width = (-(-side // shrink) for side in rgb.shape[:2])
    values = np.empty((height, width), dtype=np.float32)
    for rows in row_strips(len(rgb)):
        strip = Image.fromarray(rgb[rows]).convert("F").reduce(shrink)
        values[rows.start // shrink : rows.start // shrink + strip.height] = np.asarray(strip)
    return values


def shrink_factor(width: int, height: int) -> int:
    """Say by what factor a picture is shrunk for the search: a large picture has a coarse mark."""
    return LARGE_SHRINK if width * height > LARGE_PIXELS else 1


def row_strips(height: int) -> Iterator[slice]:
    """Cut a picture into strips of rows, so that what is made on the way needs little memory."""
    for top in range(0, height, STRIP_ROWS):
        yield slice(top, min(top + STRIP_ROWS, height))


def layout(width: int, height: int) -> Geometry:
    """Say where ``embed`` lays the mark in a picture of this size: only scaled, not moved."""
    size = min(width, height) / fmt.REFERENCE_SIDE
    scale = size ** (fmt.SMALLER_EXPONENT if size < 1 else fmt.LARGER_EXPONENT)
    return Geometry(xx=scale, xy=0.0, yx=0.0, yy=scale, tile=fmt.TILE)


def middle(width: int, height: int, pixels: int) -> tuple[slice, slice]:
    """Rows and columns of the middle of a picture, in its shape, of about so many pixels at most.

    The first row and column are multiples of 8, as JPEG's blocks are.
    """
    share = min(1.0, math.sqrt(pixels / (width * height)))
    left, top = (int(side * (1 - share) / 2) // 8 * 8 for side in (width, height))
    return slice(top, top + int(height * share)), slice(left, left + int(width * share))


def spread(samples: Floats, geometry: Geometry, rows: slice, columns: slice) -> Floats:
    """Bring a plane that starts at a picture's corner to some of the picture's pixels (Lanczos)."""
    step = fmt.GRID * geometry.scale
    box = tuple(side / step for side in (columns.start, rows.start, columns.stop, rows.stop))
    height, width = rows.stop - rows.start, columns.stop - columns.start
    image = Image.fromarray(samples).resize((width, height), Image.Resampling.LANCZOS, box=box)
    values = np.empty((height, width), dtype=np.float32)
    for band in row_strips(height):
        values[band] = np.asarray(image.crop((0, band.start, width, band.stop)))
    return values


def plane_shape(geometry: Geometry, width: int, height: int) -> tuple[int, int]:
    """Count the rows and columns of the plane that covers a picture from its corner."""
    step = fmt.GRID * geometry.scale
    return math.ceil(height / step), math.ceil(width / step)


def sample(picture: Floats, geometry: Geometry, most: int | None = None) -> Plane:
    """Luma on the mark's grid, for a picture in which the mark lies as ``geometry`` says.

    Parameters
    ----------
    picture : float32 array, shape (height, width)
        Luma.
    geometry : Geometry
        Any orientation; the translation is used modulo whole tiles.
    most : int, optional
        Samples of a side beyond which the middle is taken; MAX_SIDE or MAX_TURNED_SIDE if less.
    """
    picture, geometry = turn_upright(picture, geometry)
    turn = max(abs(geometry.xy), abs(geometry.yx)) / geometry.scale
    tilt = fmt.TILE * max(abs(geometry.pu), abs(geometry.pv))
    upright_enough = max(turn, tilt) < _UPRIGHT_TURN
    if upright_enough:
        return _sample_upright(picture, geometry, min(MAX_SIDE, most or MAX_SIDE))
    return _sample_turned(picture, geometry, min(MAX_TURNED_SIDE, most or MAX_TURNED_SIDE))


def fold(value: Floats, side: int, row: int, column: int) -> Floats:
    """Sum over all tiles of ``side`` samples: float32, shape (arrays, side, side).

    ``value`` has shape (arrays, rows, columns), its first sample is number (``row``, ``column``) of
    the grid; the sum is aligned to the tile's corner.
    """
    rows, columns = (-(-n // side) * side for n in value.shape[1:])
    padded = np.pad(value, ((0, 0), (0, rows - value.shape[1]), (0, columns - value.shape[2])))
    blocks = padded.reshape(len(value), rows // side, side, columns // side, side)
    return np.roll(blocks.sum(axis=(1, 3)), (row, column), axis=(1, 2))


def turn_upright(picture: Floats, geometry: Geometry) -> tuple[Floats, Geometry]:
    """Undo quarter turns and flips exactly; what remains is a turn of at most 45 degrees."""
    height, width = picture.shape
    g = geometry
    if abs(g.yx) > abs(g.xx):
        picture, width, height = picture.T, height, width
        g = Geometry(g.yx, g.yy, g.xx, g.xy, g.y0, g.x0, g.tile, g.pu, g.pv)
    if g.xx < 0:
        picture = picture[:, ::-1]
        xx, xy, x0 = width * g.pu - g.xx, width * g.pv - g.xy, width - g.x0
        g = Geometry(xx, xy, g.yx, g.yy, x0, g.y0, g.tile, g.pu, g.pv)
    if g.yy < 0:
        picture = picture[::-1]
        yx, yy, y0 = height * g.pu - g.yx, height * g.pv - g.yy, height - g.y0
        g = Geometry(g.xx, g.xy, yx, yy, g.x0, y0, g.tile, g.pu, g.pv)
    return np.ascontiguousarray(picture), g


def _first_aligned(start: float) -> int:
    """Find the first aligned sample at or after ``start`` samples from the tile's corner."""
    return math.ceil(start / ALIGNMENT - 1e-6) * ALIGNMENT


def _sample_upright(picture: Floats, g: Geometry, most: int) -> Plane:
    """Upright picture: separable Lanczos resampling with averaging."""
    height, width = picture.shape
    across, down = cut_axis(g.x0, width, g.xx, most), cut_axis(g.y0, height, g.yy, most)
    box = (across.start, down.start, across.stop, down.stop)
    size = across.count, down.count
    small = Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS, box=box)
    return Plane(np.asarray(small), down.first, across.first)


@dataclass(frozen=True)
class Axis:
    """Samples along an axis of an upright picture: ``count`` of them, from number ``first``.

    They cover the pixels from ``start`` to ``stop``.
    """

    first: int
    count: int
    start: float
    stop: float


def cut_axis(offset: float, length: int, scale: float, most: int) -> Axis:
    """The samples that an upright picture holds along an axis, at most so many of its middle.

    The tile's corner lies ``offset`` pixels from the picture's, a mark unit is ``scale`` pixels.
    """
    first, count = _span(-offset, length, scale, most)
    start = first * fmt.GRID * scale + offset
    stop = start + count * fmt.GRID * scale
    return Axis(first, count, max(start, 0.0), min(stop, float(length)))


def _span(start: float, length: int, scale: float, most: int) -> tuple[int, int]:
    """First aligned sample and aligned number of samples, at most ``most``, of an upright axis."""
    step = fmt.GRID * scale
    first = _first_aligned(start / step)
    count = math.floor((start + length) / step - first + 1e-6) // ALIGNMENT * ALIGNMENT
    first, count = _take_middle(first, count, most)
    return first, max(count, ALIGNMENT)


def _take_middle(first: int, count: int, most: int) -> tuple[int, int]:
    """Take at most ``most`` of ``count`` samples, from the middle."""
    if count <= most:
        return first, count
    return first + (count - most) // 2 // ALIGNMENT * ALIGNMENT, most


def _sample_turned(picture: Floats, g: Geometry, most: int) -> Plane:
    """Turned picture: averaged, then sampled bicubically; outside is filled with the mean."""
    height, width = picture.shape
    shrink = max(1.0, fmt.GRID * g.scale / PIXELS_PER_SAMPLE)
    size = (max(1, round(width / shrink)), max(1, round(height / shrink)))
    image = Image.fromarray(picture)
    if size != (width, height):
        image = image.resize(size, Image.Resampling.LANCZOS)
    first_u, count_u, first_v, count_v = _turned_span(g, width, height, most)
    to_small = np.diag((size[0] / width, size[1] / height, 1.0))
    to_mark = np.array([[fmt.GRID, 0, 0], [0, fmt.GRID, 0], [0, 0, 1.0]])
    to_mark[:2, 2] = fmt.GRID * first_u, fmt.GRID * first_v
    warp = to_small @ np.array(g.matrix) @ to_mark
    turned = image.transform(
        (count_u, count_v),
        Image.Transform.PERSPECTIVE if g.pu or g.pv else Image.Transform.AFFINE,
        (warp / warp[2, 2]).ravel()[: 8 if g.pu or g.pv else 6].tolist(),
        Image.Resampling.BICUBIC,
        fillcolor=float(picture.mean()),
    )
    return Plane(np.asarray(turned), first_v, first_u)


def move(points: NDArray[np.float64], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Apply a projective map (3 x 3) to points: float64, shape (points, 2)."""
    moved = np.column_stack((points, np.ones(len(points)))) @ matrix.T
    return np.asarray(moved[:, :2] / moved[:, 2:])


def _turned_span(g: Geometry, width: int, height: int, most: int) -> tuple[int, int, int, int]:
    """The box of samples that holds the whole turned picture, or its middle when that is large."""
    corners = np.array([(0, 0), (width, 0), (0, height), (width, height)], dtype=np.float64)
    at = move(corners, np.linalg.inv(np.array(g.matrix))) / fmt.GRID
    out: list[int] = []
    for low, high in zip(at.min(axis=0), at.max(axis=0), strict=True):
        first = _first_aligned(low)
        count = max(int(high - first) // ALIGNMENT * ALIGNMENT, ALIGNMENT)
        out += _take_middle(first, count, most)
    return out[0], out[1], out[2], out[3]
