"""The correlation of a picture's cells with a fingerprint, at every offset of whole tiles.

Pictures resemble each other by rule: sky above ground, a bright middle, long edges. So the raw
likeness of steps misleads. Both sides are therefore whitened: the neighbourhood's mean is
subtracted from each step, and what is left is correlated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage, special

from provenance.fingerprint.agreement import FULL_STEP
from provenance.fingerprint.cells import Cells
from provenance.fingerprint.lattice_levels import LatticeFingerprint

SOFT_STEP = 8.0
"""Grey levels around which a step begins to count by its sign rather than by its size: a step that
is twice as large through contrast is no other content."""

NEIGHBOURHOOD = 1.0
"""Standard deviation, in cells, of the neighbourhood whose mean is subtracted. Measured: 2 leaves
more of the structure that all pictures share; 0 (nothing subtracted) leaves all of it."""

REACH = 4
"""Cells at which the neighbourhood's Gaussian is cut off."""

_taps = np.exp(-0.5 * (np.arange(-REACH, REACH + 1) / NEIGHBOURHOOD) ** 2)
OWN_SHARE = float((_taps.max() / _taps.sum()) ** 2)
"""Share of the neighbourhood's Gaussian that falls on its own centre."""

SUPPORT = 0.05
"""Weight of neighbours, relative to full steps all around, below which their mean is faded out."""

INFLATION = 1.6
"""Standard deviation of the correlation on wrong pictures, over the one that independent steps
would have. 1.45 fits, and the rest is margin. (Independent steps: steps / 1.6**2.)"""

MIN_FREEDOM = 2.0
"""Independent steps under which a correlation says nothing."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Offsets:
    """The outcome at every offset, one element each.

    ``chance`` is the probability that other content correlates as well there, and ``evidence``
    orders offsets as it does, also where it vanishes. ``weight`` is how many fully reliable steps
    were compared, ``agreement`` the same with steps of the other sign counted negative. A place is
    the row and column of the reference where the suspect's first cell lies.
    """

    chance: Floats
    evidence: Floats
    weight: Floats
    agreement: Floats
    places: NDArray[np.intp]


def correlate(reference: LatticeFingerprint, cells: Cells, period: int) -> Offsets:
    """Correlate at every offset of ``period`` cells."""
    shape = reference.levels.shape
    padded = tuple(
        fft.next_fast_len(a + b, real=True) for a, b in zip(shape, cells.means.shape, strict=True)
    )
    sums = fft.irfft2(sum(_products(reference, cells, axis, padded) for axis in (1, 0)), padded)
    rows, columns = (
        _list_starts(size, start, other, period)
        for size, start, other in zip(
            shape, (cells.row, cells.column), cells.means.shape, strict=True
        )
    )
    at = sums[:, rows % padded[0]][:, :, columns % padded[1]].reshape(len(sums), -1)
    product, variance, power, other, weight, agreement = at
    places = np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1).reshape(-1, 2)
    chance, evidence = _judge(product, variance, np.maximum(power, 0) * np.maximum(other, 0))
    return Offsets(chance, evidence, weight, agreement, places)


def _judge(product: Floats, variance: Floats, powers: Floats) -> tuple[Floats, Floats]:
    """Return the chance of each correlation by Student's law, and what orders them."""
    tiny = 1e-6
    correlation = np.clip(product / np.sqrt(np.maximum(powers, tiny)), -1 + tiny, 1 - tiny)
    freedom = powers / np.maximum(variance, tiny) / INFLATION**2
    usable = np.maximum(freedom, MIN_FREEDOM)
    rest = 1 - correlation**2
    chance = special.stdtr(usable, -correlation * np.sqrt(usable / rest))
    evidence = -np.sign(correlation) * usable * np.log(rest)
    idle = freedom < MIN_FREEDOM
    return np.where(idle, 1.0, chance), np.where(idle, 0.0, evidence)


def _products(
    reference: LatticeFingerprint, cells: Cells, axis: int, padded: tuple[int, ...]
) -> NDArray[np.complex128]:
    """Return the spectra of all sums over the steps along one axis."""
    known = np.diff(reference.means, axis=axis)
    step, there = _steps(cells, axis)
    everywhere = np.ones_like(known)
    expected = _whiten(np.arctan(known / SOFT_STEP), everywhere)
    seen = _whiten(np.arctan(step / SOFT_STEP), there)
    weight = np.minimum(np.abs(step) / FULL_STEP, 1.0)
    sign = np.sign(known)
    left = _spectra((expected, expected**2, everywhere, np.abs(sign), sign), padded)
    right = _spectra((seen, seen**2, there, weight, np.sign(step) * weight), padded)
    return left[[0, 1, 1, 2, 3, 4]] * right[[0, 1, 2, 1, 3, 4]].conj()


def _list_starts(size: int, start: int, other: int, period: int) -> NDArray[np.intp]:
    """List the cells of the reference where the suspect's first cell may lie, along one axis."""
    every = np.arange(1 - other, size)
    return np.asarray(every[(every - start) % period == 0])


def _steps(cells: Cells, axis: int) -> tuple[Floats, Floats]:
    """Return the suspect's steps along an axis, and 1 where both cells lie in the picture."""
    inside = cells.inside if axis else cells.inside.T
    pair = inside[:, 1:] & inside[:, :-1]
    there = (pair if axis else pair.T).astype(np.float64)
    return np.diff(cells.means.astype(np.float64), axis=axis) * there, there


def _whiten(values: Floats, weight: Floats) -> Floats:
    """Subtract from each of ``values`` the weighted mean of its neighbours, itself left out."""
    near, support = (_neighbours(field) for field in (values, weight))
    mean = near / np.maximum(support, 1e-6) * np.clip(support / SUPPORT, 0, 1)
    return np.asarray(values - mean * weight)


def _neighbours(field: Floats) -> Floats:
    """Return the Gaussian-weighted sum around each element, without itself."""
    blurred = ndimage.gaussian_filter(field, NEIGHBOURHOOD, mode="constant", radius=REACH)
    return np.asarray(blurred - OWN_SHARE * field)


def _spectra(fields: tuple[Floats, ...], shape: tuple[int, ...]) -> NDArray[np.complex128]:
    return np.stack([fft.rfft2(field, shape) for field in fields])
