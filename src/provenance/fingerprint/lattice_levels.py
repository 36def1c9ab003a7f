"""The lattice fingerprint: how bright the cells of the mark's lattice are.

The detector finds out how a picture was turned, scaled and cropped; on that lattice the same cells
hold the same content again, whatever happened to the picture around them. See docs/fingerprints.md.
"""

from __future__ import annotations

import re
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
"""Cells beyond which a text is not read."""

STEP = 4
"""Grey levels from one level to the next: smaller steps don't survive compression anyway."""

_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_TEXT = re.compile(r"lattice2:(\d{2,3}):(\d{1,4})x(\d{1,4}):([A-Za-z0-9_-]*)")
MAX_TEXT = 24 + MAX_CELLS  # characters: head, one base64url digit a cell


@dataclass(frozen=True, eq=False)
class LatticeFingerprint:
    """How bright each cell is, over a picture.

    ``levels`` is uint8 (rows, columns), 0 to 63: the cell's mean luma in steps of 4 grey levels.
    Cells are ``side`` mark units wide; the first one starts at a tile's corner.

    ``str()`` gives ``lattice2:SIDE:COLUMNSxROWS:LEVELS``, a base64url digit for each cell, row by
    row.
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

    def __str__(self) -> str:
        rows, columns = self.levels.shape
        digits = np.frombuffer(_DIGITS, np.uint8)[self.levels].tobytes().decode()
        return f"lattice2:{self.side}:{columns}x{rows}:{digits}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LatticeFingerprint) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read what ``str()`` wrote; None for anything else, however long or odd."""
        found = _TEXT.fullmatch(text) if len(text) <= MAX_TEXT else None
        if found is None:
            return None
        side, columns, rows = int(found[1]), int(found[2]), int(found[3])
        digits = found[4].encode()
        if side not in SIDES or not 0 < columns * rows == len(digits) <= MAX_CELLS:
            return None
        values = np.array([_DIGITS.index(digit) for digit in digits], np.uint8)
        made = cls(values.reshape(rows, columns), side)
        return made if str(made) == text else None


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
