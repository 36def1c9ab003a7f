"""The lattice fingerprint: signs of brightness steps between cells of the mark's lattice.

The detector finds how a picture was turned, scaled and cropped. On the mark's lattice the same
cells hold the same content again, whatever happened to the picture around them:
docs/fingerprints.md.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from provenance.fingerprint.cells import CELL, MAX_CELLS, Cells, measure
from provenance.geometry import Geometry

Bits = NDArray[np.bool_]

_TEXT = re.compile(r"lattice1:(\d{1,5})x(\d{1,5}):([A-Za-z0-9_-]*)")
MAX_TEXT = 24 + MAX_CELLS * 2 // 6 + 4
"""Characters of the longest text: head, two bits a cell in base64, padding."""


@dataclass(frozen=True, eq=False)
class LatticeFingerprint:
    """Which of each two neighbouring cells of a picture is brighter.

    ``across`` is bool (rows, columns - 1): the cell to the right is brighter. ``down`` is bool
    (rows - 1, columns): the cell below is brighter. The first cell starts at a tile's corner.

    ``str()`` gives ``lattice1:COLUMNSxROWS:BITS``, the bits of ``across`` and then of ``down``, row
    by row, first bit highest, zero-filled to bytes, in base64url without padding.
    """

    across: Bits
    down: Bits

    @property
    def bits(self) -> int:
        """Number of bits."""
        return int(self.across.size + self.down.size)

    def __str__(self) -> str:
        rows, columns = self.down.shape[0] + 1, self.down.shape[1]
        packed = np.packbits(np.concatenate((self.across.ravel(), self.down.ravel())))
        text = base64.urlsafe_b64encode(packed.tobytes()).decode().rstrip("=")
        return f"lattice1:{columns}x{rows}:{text}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LatticeFingerprint) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Parse what ``str()`` wrote; None for anything else, however long or odd."""
        found = _TEXT.fullmatch(text) if len(text) <= MAX_TEXT else None
        if found is None:
            return None
        columns, rows = int(found[1]), int(found[2])
        if not 0 < columns * rows <= MAX_CELLS:
            return None
        padded = found[3] + "=" * (-len(found[3]) % 4)
        split, end = rows * (columns - 1), rows * (columns - 1) + (rows - 1) * columns
        try:
            bits = np.unpackbits(np.frombuffer(base64.urlsafe_b64decode(padded), np.uint8))
        except ValueError:
            return None
        if len(bits) < end:
            return None
        flags = bits.astype(bool)
        made = cls(
            flags[:split].reshape(rows, columns - 1), flags[split:end].reshape(rows - 1, columns)
        )
        return made if str(made) == text else None


def lattice(rgb: NDArray[np.uint8], geometry: Geometry) -> LatticeFingerprint:
    """Compute the lattice fingerprint of a picture.

    Parameters
    ----------
    rgb
        (H, W, 3) uint8.
    geometry
        How the mark lies in it, as ``watermark.layout`` says: upright, from the picture's corner.
        In a turned picture the bits of cells outside are zeros, which weakens the comparison.

    Returns
    -------
    LatticeFingerprint
        About two bits a cell. A picture that holds no pair of cells has no bits.
    """
    cells = measure(rgb, geometry)
    if cells is None:
        return LatticeFingerprint(np.zeros((1, 0), bool), np.zeros((0, 1), bool))
    means = _from_tile_corner(cells, geometry.tile // CELL)
    return LatticeFingerprint(np.diff(means, axis=1) > 0, np.diff(means, axis=0) > 0)


def _from_tile_corner(cells: Cells, period: int) -> NDArray[np.float32]:
    """Pad the means of whole rows and columns of cells so that they start at a tile's corner."""
    inside = cells.inside
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    means = np.where(inside, cells.means, 0)[: rows[-1] + 1, : columns[-1] + 1]
    return np.pad(means, ((cells.row % period, 0), (cells.column % period, 0)))
