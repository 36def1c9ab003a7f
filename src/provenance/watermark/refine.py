"""Sharpen a geometry: the phases of the pilot's lines say how far each block is off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from provenance.types import Geometry
from provenance.watermark import format as fmt
from provenance.watermark import pilot, register
from provenance.watermark.plane import Plane

BLOCK = 64
"""Side, in samples, of the squares whose displacement is measured by their lines' phases."""
_STEPS = 4
"""Gauss-Newton steps of the refinement; it settles within three."""
_SHIFT_DEVIATION = 1.5
"""Mark units by which a registration's shift is off, one standard deviation: what refinement
expects."""
_BEND_DEVIATION = 0.8
"""Likewise the error of its linear part, in mark units over a tile."""


def refine(plane: Plane, geometry: Geometry, key: bytes | None) -> Geometry:
    """Improve a geometry by the phases of the lines in blocks of the plane sampled with it.

    The most probable affine displacement given the phasors, under a normal prior on its size: each
    line counts by its mean level in noise deviations, so that lines lost in the picture do no harm.

    Parameters
    ----------
    plane : Plane
        Sampled with ``geometry``.
    geometry : Geometry
        Off by a few mark units at most, or the phases are ambiguous.
    key : bytes or None
        32 bytes of a private layer, or None for the public one.
    """
    phasor, centres = _block_phasors(plane, key)
    phasor = phasor / (np.sqrt((np.abs(phasor) ** 2).mean(axis=0) / 2) + 1e-30)
    phasor = phasor * np.maximum(phasor.real.mean(axis=0), 0)
    wave = 2 * np.pi * pilot.lines(key) / fmt.TILE
    middle = centres.mean(axis=0)
    basis = np.concatenate((np.ones((len(centres), 1)), (centres - middle) / fmt.TILE), axis=1)
    jacobian = np.einsum("bp,lc->blpc", basis, wave).reshape(*phasor.shape, 6)
    prior = np.diag(np.repeat((_SHIFT_DEVIATION, _BEND_DEVIATION), (2, 4)) ** -2.0)
    step = np.zeros(6)
    for _ in range(_STEPS):
        turned = phasor * np.exp(-1j * (jacobian @ step))
        gradient = np.einsum("bl,blp->p", turned.imag, jacobian) - prior @ step
        information = np.einsum("bl,blp,blq->pq", np.maximum(turned.real, 0), jacobian, jacobian)
        step = step + np.linalg.solve(information + prior, gradient)
    shift, bend = step[:2], step[2:].reshape(2, 2).T / fmt.TILE
    return _displaced(geometry, bend, shift - bend @ middle)


def _block_phasors(
    plane: Plane, key: bytes | None
) -> tuple[NDArray[np.complex128], NDArray[np.float64]]:
    """Each line's phasor against the format's phase, and the blocks' centres in mark units.

    Returns
    -------
    complex128 array, shape (blocks, lines), and float64 array, shape (blocks, 2), columns u and v
    """
    rows, columns = (n // BLOCK * BLOCK or n for n in plane.samples.shape)
    high, wide = min(BLOCK, rows), min(BLOCK, columns)
    flat = _flatten(plane.samples[:rows, :columns])
    u = (np.arange(columns) + plane.column + 0.5) * fmt.GRID
    v = (np.arange(rows) + plane.row + 0.5) * fmt.GRID
    lines = pilot.lines(key)
    wave_u = np.exp(-2j * np.pi * np.outer(u, lines[:, 0]) / fmt.TILE).astype(np.complex64)
    wave_v = np.exp(-2j * np.pi * (np.outer(v, lines[:, 1]) / fmt.TILE + pilot.phases(key))).astype(
        np.complex64
    )
    across = np.matmul(
        flat.reshape(rows, columns // wide, wide).swapaxes(0, 1).astype(np.complex64),
        wave_u.reshape(columns // wide, wide, -1),
    )
    down = (across * wave_v[None]).reshape(columns // wide, rows // high, high, -1).sum(axis=2)
    centre_u, centre_v = u.reshape(-1, wide).mean(axis=1), v.reshape(-1, high).mean(axis=1)
    centres = np.stack(np.meshgrid(centre_u, centre_v, indexing="ij"), axis=-1).reshape(-1, 2)
    return down.reshape(len(centres), -1).astype(np.complex128), centres


def _flatten(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Detail over its local variance, as for the spectrum, on the plane's own grid."""
    detail = samples - ndimage.uniform_filter(samples, 5)
    return np.asarray(detail / (ndimage.uniform_filter(detail * detail, 7) + np.float32(9.0)))


def _displaced(g: Geometry, bend: NDArray[np.float64], shift: NDArray[np.float64]) -> Geometry:
    """The geometry in which what was sampled at u lies at the mark's u + bend u + shift."""
    linear = np.array([[g.xx, g.xy], [g.yx, g.yy]]) @ np.linalg.inv(np.eye(2) + bend)
    x0, y0 = np.array([g.x0, g.y0]) - linear @ shift
    return register.geometry(linear, x0, y0)
