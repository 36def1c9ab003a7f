"""Mean brightness of the cells of the mark's own lattice, wherever the mark lies in a picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from provenance.geometry import Geometry

CELL = 32
"""Side of the smallest cells, mark units: small enough for 1,000 of them in a picture, large enough
for their means to survive compression, blur and a detector's position error of a few pixels."""

MAX_CELLS = 2**16
"""Most cells of a picture: twice as many as a picture at the pixel limit of ``imaging`` has. It
bounds time and memory when a geometry makes cells tiny."""

SAMPLES = 8
"""Samples along a cell's side; the picture is first shrunk so that they lie about a pixel apart."""

MAX_STRETCH = 16.0
"""Largest sum of a cell's squared axes over its area: 2 is a square, beyond 16 it is a needle."""

MAX_NUMBER = 1e9
"""Largest coefficient of a geometry, pixels; beyond it arithmetic on positions may overflow."""

EDGE = 0.5
"""Mark units by which a cell may stick out of the picture: sides are rounded when it is resized."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Cells:
    """Mean luma of a rectangle of cells.

    ``means`` is float32 (rows, columns), grey levels; ``inside``, bool alike, says which cells lie
    in the picture. The first cell is the ``row``-th and ``column``-th of the mark's plane, which
    is cut into cells of ``side`` mark units.
    """

    means: Floats
    inside: NDArray[np.bool_]
    row: int
    column: int
    side: int = CELL


def measure(rgb: NDArray[np.uint8], geometry: Geometry, side: int = CELL) -> Cells | None:
    """Average a picture over the cells of the mark.

    Parameters
    ----------
    rgb
        (H, W, 3) uint8.
    geometry
        How the mark lies in it; any turn and flip.
    side
        Side of a cell, mark units.

    Returns
    -------
    Cells or None
        None when no whole cell lies in the picture, or the geometry is degenerate.
    """
    if not _is_usable(geometry, side):
        return None
    matrix = np.array(geometry.matrix) @ np.diag((side, side, 1))
    height, width = rgb.shape[:2]
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]])
    placed = corners @ np.linalg.inv(matrix).T
    placed = placed[:, :2] / placed[:, 2:]
    first = np.floor(placed.min(axis=0) + EDGE / side).astype(int)
    columns, rows = np.ceil(placed.max(axis=0) - EDGE / side).astype(int) - first
    columns = min(columns, MAX_CELLS)
    rows = min(rows, MAX_CELLS // max(1, columns))
    across, down = first[0] + np.arange(columns + 1), first[1] + np.arange(rows + 1)
    inside = _find_inside(*_positions(matrix, across, down), width, height, geometry.scale)
    if not inside.any():
        return None
    steps = (np.arange(SAMPLES) + 0.5) / SAMPLES
    x, y = _positions(
        matrix,
        (across[:-1, None] + steps).ravel(),
        (down[:-1, None] + steps).ravel(),
    )
    samples = _sample(rgb, x, y, max(1, int(side * geometry.scale / SAMPLES)))
    means = samples.reshape(rows, SAMPLES, columns, SAMPLES).mean(axis=(1, 3))
    return Cells(means, inside, int(first[1]), int(first[0]), side)


def _is_usable(geometry: Geometry, side: int) -> bool:
    """Say whether all numbers are sane, and cells are at least a pixel large and not needles."""
    g = geometry
    if not all(abs(x) < MAX_NUMBER for x in (g.xx, g.xy, g.yx, g.yy, g.x0, g.y0)):
        return False
    area = abs(g.xx * g.yy - g.xy * g.yx)
    squares = g.xx * g.xx + g.xy * g.xy + g.yx * g.yx + g.yy * g.yy
    return area * side * side >= 1 and squares <= MAX_STRETCH * area


def _positions(
    matrix: NDArray[np.float64],
    across: NDArray[np.float64],
    down: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return picture coordinates x, y, each (len(down), len(across)), of points in cell units."""
    u, v = across[None, :], down[:, None]
    x, y, w = (a * u + b * v + c for a, b, c in matrix)
    return x / w, y / w


def _find_inside(
    x: NDArray[np.float64], y: NDArray[np.float64], width: int, height: int, scale: float
) -> NDArray[np.bool_]:
    """Find the cells with all four corners in the picture, from (rows + 1, columns + 1) corners."""
    slack = EDGE * scale
    corner = (x >= -slack) & (x <= width + slack) & (y >= -slack) & (y <= height + slack)
    return corner[:-1, :-1] & corner[1:, :-1] & corner[:-1, 1:] & corner[1:, 1:]


def _sample(
    rgb: NDArray[np.uint8], x: NDArray[np.float64], y: NDArray[np.float64], shrink: int
) -> Floats:
    """Sample luma at points of the picture, averaged over squares of ``shrink`` pixels."""
    luma = Image.fromarray(rgb).convert("L").reduce(shrink)
    grid = [y / shrink - 0.5, x / shrink - 0.5]
    found = ndimage.map_coordinates(np.asarray(luma, np.float32), grid, order=1, mode="nearest")
    return np.asarray(found, dtype=np.float32)
