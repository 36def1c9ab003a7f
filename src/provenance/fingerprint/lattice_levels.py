"""The lattice fingerprint: how bright the cells of the mark's lattice are.

The detector finds out how a picture was turned, scaled and cropped; on that lattice the same cells
hold the same content again, whatever happened to the picture around them. See docs/fingerprints.md.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from provenance.fingerprint.cells import CELL, Cells, measure
from provenance.geometry import Geometry

Levels = NDArray[np.uint8]

SIDES = (CELL, 2 * CELL, 4 * CELL, 8 * CELL)
"""Sides of cells, mark units; each divides the mark's tile."""

FEW_CELLS = 2048
"""Cells that a fingerprint has at most, apart from rounding; larger pictures get larger cells. So
nobody learns more of a large picture than of one of 1024 px, and a manifest grows by 2 kB."""

MAX_CELLS = 2 * FEW_CELLS
"""Cells of the largest fingerprint that is read."""

STEP = 4
"""Grey levels from one level to the next: smaller steps don't survive compression anyway."""

LEVEL_BITS = 6
"""Bits of a level: 64 of them cover all grey levels."""

_HEAD = struct.Struct(">HHH")  # side, columns, rows
MAX_BYTES = _HEAD.size + MAX_CELLS * LEVEL_BITS // 8


@dataclass(frozen=True, eq=False)
class LatticeFingerprint:
    """How bright each cell is, over a picture.

    ``levels`` is uint8 (rows, columns), 0 to 63: the cell's mean luma in steps of 4 grey levels.
    Cells are ``side`` mark units wide; the first one starts at a tile's corner.
    """

    levels: Levels
    side: int = CELL

    @property
    def steps(self) -> int:
        """Number of pairs of neighbouring cells."""
        rows, columns = self.levels.shape
        return int(rows * (columns - 1) + (rows - 1) * columns)

    @property
    def means(self) -> NDArray[np.float64]:
        """Grey levels in the middle of each level."""
        return (self.levels.astype(np.float64) + 0.5) * STEP

    def pack(self) -> bytes:
        """Write side, columns and rows in two bytes each, then six bits a cell, row by row."""
        rows, columns = self.levels.shape
        bits = np.unpackbits(self.levels.reshape(-1, 1), axis=1)[:, -LEVEL_BITS:]
        return _HEAD.pack(self.side, columns, rows) + np.packbits(bits).tobytes()

    @classmethod
    def unpack(cls, data: bytes) -> Self | None:
        """Read what ``pack`` wrote; None for anything else, however long or odd."""
        if not _HEAD.size < len(data) <= MAX_BYTES:
            return None
        side, columns, rows = _HEAD.unpack_from(data)
        cells = columns * rows
        if side not in SIDES or not 0 < cells <= MAX_CELLS:
            return None
        bits = np.unpackbits(np.frombuffer(data, np.uint8, offset=_HEAD.size))
        if (
            len(data) != _HEAD.size + -(-cells * LEVEL_BITS // 8)
            or bits[cells * LEVEL_BITS :].any()
        ):
            return None
        values = bits[: cells * LEVEL_BITS].reshape(cells, LEVEL_BITS)
        levels = np.packbits(values, axis=1).reshape(rows, columns) >> np.uint8(8 - LEVEL_BITS)
        return cls(levels, side)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LatticeFingerprint) and self.pack() == other.pack()

    def __hash__(self) -> int:
        return hash(self.pack())


def lattice(rgb: NDArray[np.uint8], geometry: Geometry) -> LatticeFingerprint:
    """Compute the lattice fingerprint of a picture.

    Parameters
    ----------
    rgb
        (H, W, 3) uint8.
    geometry
        How the mark lies in it, as ``watermark.layout`` says: upright, from the picture's corner.
        In a turned picture the cells outside are black, and weaken the comparison.

    Returns
    -------
    LatticeFingerprint
        Of a single cell, thus without any step, when the picture holds no pair of cells.
    """
    side = _choose_side(rgb.shape[0] * rgb.shape[1], geometry.scale)
    cells = measure(rgb, geometry, side)
    if cells is None:
        return LatticeFingerprint(np.zeros((1, 1), np.uint8))
    means = _from_tile_corner(cells, max(1, geometry.tile // side))
    if means.size > MAX_CELLS:
        return LatticeFingerprint(np.zeros((1, 1), np.uint8))
    return LatticeFingerprint((means / STEP).astype(np.uint8), side)


def _choose_side(pixels: int, scale: float) -> int:
    """Choose the smallest cells of which there are few enough."""
    fitting = (side for side in SIDES if pixels <= FEW_CELLS * (side * scale) ** 2)
    return next(fitting, SIDES[-1])


def _from_tile_corner(cells: Cells, period: int) -> NDArray[np.float32]:
    """Return the means of the whole rows and columns of cells, starting at a tile's corner."""
    inside = cells.inside
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    means = np.where(inside, cells.means, 0)[: rows[-1] + 1, : columns[-1] + 1]
    return np.pad(means, ((cells.row % period, 0), (cells.column % period, 0)))
