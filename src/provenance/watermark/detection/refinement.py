"""Refine a geometry: the phases of the pilot's lines say how far each block is off."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from provenance.geometry import Geometry
from provenance.watermark import format as fmt
from provenance.watermark import pilot
from provenance.watermark.detection import registration
from provenance.watermark.plane import Plane

BLOCK = 64
"""Approximate side, in samples, of the blocks whose displacement their lines' phases measure."""
PIECE = 16
"""Rows that are multiplied at a time. BLAS spreads larger products over threads that mostly wait,
for ten times the processor time, and a ``fork`` in another thread may hang."""
_REACHES = (0.5, 0.75, 1.0, 1.0, 1.0)
"""Share of the distance to the farthest block within which blocks count, step by step: far ones may
be off by more than their phases can tell until the near ones have said which way."""
_SHIFT_DEVIATION = 1.5
"""Mark units by which a registration's shift is off, one standard deviation: what refinement
expects."""
_BEND_DEVIATION = 0.8
"""Likewise the error of its linear part, in mark units over a tile."""
_TILT_DEVIATION = 0.4
"""Likewise a tilt, in mark units over a tile, a tile away from the middle."""

_RIGID_BEND, _RIGID_TILT = 0.1, 0.05
"""The same two for a picture that was only turned and scaled: rounding to whole pixels hardly
changes the ratio of its sides."""
_MOST_TILT = 0.2
"""Change of scale, at the farthest block, beyond which a tilt is rejected."""


def refine(
    flat: Plane, geometry: Geometry, key: bytes | None, *, rigid: bool = False
) -> tuple[Geometry, float]:
    """Improve a geometry by the phases of the lines in blocks of the plane sampled with it.

    It takes the most probable projective displacement given the phasors, under a normal prior on
    its size. Each line counts by its mean level in noise deviations, so that lines lost in the
    picture do no harm.

    Parameters
    ----------
    flat : Plane
        Sampled with ``geometry``, and flattened.
    geometry : Geometry
        Off by a few mark units at most near the middle, or the phases are ambiguous.
    key : bytes or None
        32 bytes of a private layer, or None for the public one.
    rigid : bool
        Expect little more than shift, turn and scale: what a faint pilot says beyond is noise.

    Returns
    -------
    Geometry and float
        The better geometry, and how well the lines agree with it, in standard deviations of noise:
        without a pilot about 3.5 in the median, as the best fit of several numbers to noise.
    """
    phasor, centres = _block_phasors(flat, key)
    phasor = phasor / (np.sqrt((np.abs(phasor) ** 2).mean(axis=0) / 2) + 1e-30)
    plain = phasor
    middle = centres.mean(axis=0)
    away = (centres - middle) / fmt.TILE
    distance = np.hypot(*away.T)
    near, far = distance.min(), distance.max()
    level = phasor[distance <= max(near, _REACHES[0] * far)].real.mean(axis=0)
    phasor = phasor * np.maximum(level, 0)
    jacobian = _jacobian(away, 2 * np.pi * pilot.lines(key) / fmt.TILE)
    prior = _precision(rigid=rigid)
    step = np.zeros(8)
    for reach in _REACHES:
        counts = distance <= max(near, reach * far)
        slope = jacobian[counts]
        turned = phasor[counts] * np.exp(-1j * (slope @ step))
        gradient = np.einsum("bl,blp->p", turned.imag, slope) - prior @ step
        information = np.einsum("bl,blp,blq->pq", np.maximum(turned.real, 0), slope, slope)
        step = step + np.linalg.solve(information + prior, gradient)
    if np.hypot(*step[6:]) / fmt.TILE * far > _MOST_TILT:
        step[6:] = 0
    agreeing = (plain * np.exp(-1j * (jacobian @ step))).real.sum() / math.sqrt(plain.size)
    return _displace(geometry, step, middle), float(agreeing)


def _precision(*, rigid: bool) -> NDArray[np.float64]:
    """Compute the inverse covariance of the expected displacement: float64, shape (8, 8)."""
    turn, stretch = _BEND_DEVIATION, _RIGID_BEND if rigid else _BEND_DEVIATION
    tilt = _RIGID_TILT if rigid else _TILT_DEVIATION
    deviations = np.array([_SHIFT_DEVIATION] * 2 + [turn, turn, stretch, stretch] + [tilt] * 2)
    # the bend's entries xx, yx, xy, yy as scale, turn, and stretch along and across the diagonals
    parts = np.eye(8)
    parts[2:6, 2:6] = np.array([(1, 0, 0, 1), (0, 1, -1, 0), (1, 0, 0, -1), (0, 1, 1, 0)]) / 2**0.5
    return np.asarray(parts.T @ np.diag(deviations**-2.0) @ parts)


def _jacobian(away: NDArray[np.float64], wave: NDArray[np.float64]) -> NDArray[np.float64]:
    """Differentiate each block's phase of each line by shift (2), bend (4) and tilt (2).

    A block ``r`` tiles away from the middle is displaced by ``shift + bend r + (tilt . r) r``.
    """
    basis = np.concatenate((np.ones((len(away), 1)), away), axis=1)
    affine = np.einsum("bp,lc->blpc", basis, wave).reshape(len(away), len(wave), 6)
    tilt = np.einsum("bl,bp->blp", away @ wave.T, away)
    return np.concatenate((affine, tilt), axis=2)


def _block_phasors(
    flat: Plane, key: bytes | None
) -> tuple[NDArray[np.complex128], NDArray[np.float64]]:
    """Measure each line's phasor against the format's phase, by block; and the blocks' centres.

    Returns
    -------
    complex128 array, shape (blocks, lines), and float64 array, shape (blocks, 2)
        Phasors; centres in mark units, columns u and v.
    """
    high, wide = (n // max(1, round(n / BLOCK)) for n in flat.samples.shape)
    rows, columns = flat.samples.shape[0] // high * high, flat.samples.shape[1] // wide * wide
    u = (np.arange(columns) + flat.column + 0.5) * fmt.GRID
    v = (np.arange(rows) + flat.row + 0.5) * fmt.GRID
    lines = pilot.lines(key)
    wave_u = np.exp(-2j * np.pi * np.outer(u, lines[:, 0]) / fmt.TILE).astype(np.complex64)
    wave_v = np.exp(-2j * np.pi * (np.outer(v, lines[:, 1]) / fmt.TILE + pilot.phases(key))).astype(
        np.complex64
    )
    strips = flat.samples[:rows, :columns].reshape(rows, columns // wide, wide).swapaxes(0, 1)
    strips = np.pad(strips.astype(np.complex64), ((0, 0), (0, -rows % PIECE), (0, 0)))
    pieces = strips.reshape(columns // wide, -1, PIECE, wide)
    across = np.matmul(pieces, wave_u.reshape(columns // wide, 1, wide, len(lines)))
    across = across.reshape(columns // wide, -1, len(lines))[:, :rows]
    down = (across * wave_v[None]).reshape(columns // wide, rows // high, high, -1).sum(axis=2)
    centre_u, centre_v = u.reshape(-1, wide).mean(axis=1), v.reshape(-1, high).mean(axis=1)
    centres = np.stack(np.meshgrid(centre_u, centre_v, indexing="ij"), axis=-1).reshape(-1, 2)
    return down.reshape(len(centres), -1).astype(np.complex128), centres


def _displace(
    geometry: Geometry, step: NDArray[np.float64], middle: NDArray[np.float64]
) -> Geometry:
    """Give the geometry that puts what was sampled at u at the mark's displaced u.

    To first order ``u + (tilt . r) r`` is ``r / (1 - tilt . r)``, a projective map.
    """
    displacement, to_middle = np.eye(3), np.eye(3)
    displacement[:2, :2] += step[2:6].reshape(2, 2).T / fmt.TILE
    displacement[:2, 2] = step[:2]
    displacement[2, :2] = -step[6:] / fmt.TILE**2
    to_middle[:2, 2] = -middle
    moved = np.linalg.inv(to_middle) @ displacement @ to_middle
    return registration.geometry_from_matrix(np.array(geometry.matrix) @ np.linalg.inv(moved))
