"""Bent pictures: how far each place is off, by the phases of the pilot's lines around it.

A lens, a page, a curved screen or a warp that somebody made displaces each part of a picture a
little differently. The lines' phases in small cells say by how much, once they are smoothed: first
over large neighbourhoods, whose displacement must not be ambiguous, then over smaller ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from provenance.geometry import Geometry
from provenance.watermark import format as fmt
from provenance.watermark import pilot
from provenance.watermark.plane import PIXELS_PER_SAMPLE, Plane

Floats = NDArray[np.float32]

CELL = 8
"""Side of a cell in samples: 16 mark units."""
REACHES = (12.0, 8.0, 6.0, 4.0, 3.0, 2.2, 1.6)
"""Deviations, in cells, of the neighbourhoods that displacement is taken over, step by step."""
SHOWN = (4.0, 2.2, 1.6)
"""Reaches after which the picture is looked at: a faint pilot bears no finer ones."""
_ROUNDS = 3
"""Steps for each neighbourhood."""
_PRIOR = 4.0
"""Inverse variance, per mark unit squared, of the displacement that a step adds."""
_MOST_STEP = 1.5
"""Mark units that a step may add: the phases say no more than where they are nearly right."""


def find_displacements(flat: Plane, key: bytes | None) -> Iterator[NDArray[np.float64]]:
    """Measure how far each cell is off, ever finer: float64, shape (rows, columns, 2), mark units.

    Parameters
    ----------
    flat : Plane
        Sampled with a geometry that is right on the whole, and flattened.
    key : bytes or None
        32 bytes of a private layer, or None for the public one.
    """
    phasor = _cell_phasors(flat, key)
    phasor /= np.sqrt((np.abs(phasor) ** 2).mean(axis=(0, 1)) / 2) + 1e-30
    wave = 2 * np.pi * pilot.lines(key) / fmt.TILE
    found = np.zeros((*phasor.shape[:2], 2))
    for reach in REACHES:
        for _ in range(_ROUNDS):
            turn = (found @ wave.T).astype(np.float32)  # complex exponentials take far longer
            turned = phasor * (np.cos(turn) - np.complex64(1j) * np.sin(turn))
            found = found + _step(np.asarray(turned, dtype=np.complex64), wave, reach)
        if reach in SHOWN:
            yield found


def _step(
    turned: NDArray[np.complex64], wave: NDArray[np.float64], reach: float
) -> NDArray[np.float64]:
    """One step towards the displacement at which the lines agree, each line by its mean level."""
    level = np.maximum(turned.real.mean(axis=(0, 1)), 0)
    pull = (turned.imag * level) @ wave
    stiffness = np.einsum("l,lp,lq->pq", level**2, wave, wave)
    smooth = ndimage.gaussian_filter(pull, (reach, reach, 0), mode="constant")
    cells = ndimage.gaussian_filter(np.ones(pull.shape[:2]), reach, mode="constant")
    prior = _PRIOR / (4 * np.pi * reach**2) * np.eye(2)
    step = np.linalg.solve(stiffness * cells[..., None, None] + prior, smooth[..., None])[..., 0]
    length = np.hypot(step[..., 0], step[..., 1])
    return np.asarray(step * np.minimum(1, _MOST_STEP / (length + 1e-9))[..., None])


def _cell_phasors(flat: Plane, key: bytes | None) -> NDArray[np.complex64]:
    """Measure each line's phasor against the format's phase: shape (rows, columns, lines)."""
    rows, columns = (n // CELL for n in flat.samples.shape)
    values = flat.samples[: rows * CELL, : columns * CELL].astype(np.complex64)
    u = (np.arange(columns * CELL) + flat.column + 0.5) * fmt.GRID
    v = (np.arange(rows * CELL) + flat.row + 0.5) * fmt.GRID
    lines = pilot.lines(key)
    turn_u = np.outer(u, lines[:, 0]) / fmt.TILE
    turn_v = np.outer(v, lines[:, 1]) / fmt.TILE + pilot.phases(key)
    wave_u, wave_v = (np.exp(-2j * np.pi * each).astype(np.complex64) for each in (turn_u, turn_v))
    strips = values.reshape(rows * CELL, columns, CELL).swapaxes(0, 1)
    across = np.matmul(strips, wave_u.reshape(columns, CELL, -1)).swapaxes(0, 1)
    down = across * wave_v[:, None]
    return np.asarray(down.reshape(rows, CELL, columns, -1).sum(axis=1))


@dataclass(frozen=True)
class Bendable:
    """A picture made ready to be sampled where its places belong, several times over.

    ``waves`` are coefficients of cubic splines of its luma, shrunk where the mark is coarser;
    ``size`` is that of the picture, width and height.
    """

    waves: Floats
    size: tuple[int, int]

    @classmethod
    def of(cls, picture: Floats, geometry: Geometry) -> Bendable:
        """Make luma, shape (height, width), ready for a mark that lies so."""
        height, width = picture.shape
        shrink = max(1.0, fmt.GRID * geometry.scale / PIXELS_PER_SAMPLE)
        size = max(1, round(width / shrink)), max(1, round(height / shrink))
        small = Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS)
        waves = ndimage.spline_filter(np.asarray(small), output=np.float32)
        return cls(np.asarray(waves), (width, height))

    def sample(self, geometry: Geometry, plane: Plane, displacement: NDArray[np.float64]) -> Plane:
        """Sample it anew where each sample of a plane belongs.

        Parameters
        ----------
        geometry : Geometry
            What the plane was sampled with.
        displacement : float64 array, shape (rows, columns, 2)
            Of the plane's cells, in mark units.
        """
        rows, columns = plane.samples.shape
        off = [_to_samples(displacement[..., n], rows, columns) for n in (0, 1)]
        u = (np.arange(columns) + plane.column + 0.5) * fmt.GRID - off[0]
        v = (np.arange(rows) + plane.row + 0.5)[:, None] * fmt.GRID - off[1]
        (xx, xy, x0), (yx, yy, y0), (pu, pv, _) = geometry.matrix
        far = 1 + pu * u + pv * v
        high, wide = self.waves.shape
        column = (xx * u + xy * v + x0) / far * (wide / self.size[0]) - 0.5
        row = (yx * u + yy * v + y0) / far * (high / self.size[1]) - 0.5
        values = ndimage.map_coordinates(
            self.waves, (row, column), order=3, mode="nearest", prefilter=False
        )
        return Plane(np.asarray(values, np.float32), plane.row, plane.column)


def _to_samples(cells: NDArray[np.float64], rows: int, columns: int) -> Floats:
    """Interpolate from the middles of cells to samples; what is left over goes on as it was."""
    high, wide = cells.shape
    image = Image.fromarray(cells.astype(np.float32))
    whole = image.resize((wide * CELL, high * CELL), Image.Resampling.BILINEAR)
    rest = (0, rows - high * CELL), (0, columns - wide * CELL)
    return np.pad(np.asarray(whole), rest, mode="edge")
