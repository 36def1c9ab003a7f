"""Whether a picture shows the content of a lattice fingerprint, and how sure that is.

Pictures resemble each other: sky above ground, a bright middle, long edges. So the raw share of
equal bits misleads (wrong pictures reach 90 % and more). Both sides are therefore whitened: the
neighbourhood's mean is subtracted from each step's sign, and the rest is correlated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage, special

from provenance.fingerprint.cells import CELL, Cells, measure
from provenance.fingerprint.lattice_bits import LatticeFingerprint
from provenance.geometry import Geometry

FULL_STEP = 4.0
"""Grey levels from which a brightness step counts fully. Smaller ones, whose sign compression may
change, count in proportion. Measured: bit errors on the right picture fall from 2 % to 0.1 %."""

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

MIN_BITS = 24
"""Effective bits below which an offset is not tried: any small corner fits somewhere."""

MIN_OVERLAP = 0.7
"""Share of the largest overlap that an offset needs to count for "far": a copy lies inside the
picture it comes from. Slivers at the rim say nothing against a picture, but may be all that a
collage shows of it."""

INFLATION = 1.6
"""Standard deviation of the score on wrong pictures. It would be 1 if bits were independent; 1.45
fits the tail of 81,000 wrong pairs, and the rest is margin. (Independent bits: bits / 1.6**2.)"""

NEAR_ERROR = 1e-6
"""Largest probability that other content scores as high with which "near" is said: naming an
innocent producer is the worst that can happen."""

SMALLEST_ERROR = 1e-9
"""Smallest probability that is stated: the tail is extrapolated already."""

FAR_ERROR = 1e-2
"""Probability above which "far" may be said: only where chance easily explains the score."""

BIT_ERRORS = 0.3
"""Share of differing bits that separates "near" from "far", besides the probabilities. Honest
copies stay under 0.1, or 0.33 with a quarter covered. Wrong pictures that score high by shared
structure, such as two pages of text, lie above; honest copies of smooth pictures that score low lie
far below."""

FAR_BITS = 150
"""Effective bits that "far" needs; honest crops to a quarter of the area nearly always have
them."""

Floats = NDArray[np.float64]
Result = Literal["near", "far", "inconclusive"]


@dataclass(frozen=True)
class LatticeMatch:
    """Outcome of a comparison.

    Attributes
    ----------
    result
        ``"near"``: the same content. ``"far"``: other content. ``"inconclusive"``: too little, or
        too plain content, to say.
    bit_error_rate
        Share of differing bits, weighted by their reliability, 0 to 1: at the offset that shows the
        likeness, or else at the one where the fewest differ.
    bits
        Sum of those weights: how many fully reliable bits were compared there.
    error_rate
        Probability, over all offsets tried, that a picture of other content scores as high.
    offsets
        How many offsets of whole tiles were tried.
    box
        The part of the suspect on the fingerprint there: left, top, right, bottom, mark units.
    share
        Share of the suspect's cells in that box. What lies outside it was compared with nothing.
    """

    result: Result
    bit_error_rate: float
    bits: int
    error_rate: float
    offsets: int
    box: tuple[int, int, int, int] = (0, 0, 0, 0)
    share: float = 0.0


NOTHING = LatticeMatch("inconclusive", 0.0, 0, 1.0, 0)
"""The answer when there was nothing to compare."""


def compare(
    reference: LatticeFingerprint, rgb: NDArray[np.uint8], geometry: Geometry
) -> LatticeMatch:
    """Compare a picture with a fingerprint on the mark's lattice.

    The detector knows the position only up to whole tiles, so every such offset is tried.

    Parameters
    ----------
    reference
        Fingerprint of the picture that was stamped.
    rgb
        (H, W, 3) uint8: the suspect, best cut to the region that carries the mark.
    geometry
        How the mark lies in the suspect, as found by the detector.
    """
    cells = measure(rgb, geometry)
    if cells is None or not reference.bits:
        return NOTHING
    return compare_cells(reference, cells, geometry.tile // CELL)


def compare_cells(reference: LatticeFingerprint, cells: Cells, period: int) -> LatticeMatch:
    """Compare cells that were measured already, on a mark that repeats every ``period`` cells."""
    score, weight, agreement, places = _scores(reference, cells, period)
    tried = weight >= MIN_BITS
    if not tried.any():
        return NOTHING
    bit_errors = np.clip((1 - agreement / np.maximum(weight, MIN_BITS)) / 2, 0, 1)
    offsets = int(tried.sum())
    best = int(np.argmax(np.where(tried, score, -np.inf)))
    chance = offsets * float(special.ndtr(-score[best] / INFLATION))
    error = min(1.0, max(SMALLEST_ERROR, chance))

    def match(result: Result, offset: int) -> LatticeMatch:
        bits = round(float(weight[offset]))
        overlap = _overlap(reference, cells, places[offset])
        return LatticeMatch(result, float(bit_errors[offset]), bits, error, offsets, *overlap)

    if error <= NEAR_ERROR and bit_errors[best] < BIT_ERRORS:
        return match("near", best)
    whole = tried & (weight >= MIN_OVERLAP * weight.max())
    closest = int(np.argmin(np.where(whole, bit_errors, np.inf)))
    strange = bit_errors[closest] >= BIT_ERRORS and weight[closest] >= FAR_BITS
    return match("far" if strange and error > FAR_ERROR else "inconclusive", closest)


def _scores(
    reference: LatticeFingerprint, cells: Cells, period: int
) -> tuple[Floats, Floats, Floats, NDArray[np.intp]]:
    """Return score, weight, agreement and place at every offset of whole tiles, in this order.

    The score is the correlation of the whitened sides over its own standard error, about normal
    with standard deviation ``INFLATION`` on wrong pictures. Weight is the effective number of bits,
    agreement is the same with differing bits counted negative; a place is the row and column of the
    reference where the suspect's first cell lies.
    """
    shape = tuple(
        fft.next_fast_len(a + b, real=True)
        for a, b in zip(_cell_shape(reference), cells.means.shape, strict=True)
    )
    spectra = []
    for bits, (sign, weight) in zip((reference.across, reference.down), _steps(cells), strict=True):
        known = np.where(bits, 1.0, -1.0)
        certain = np.ones_like(known)
        expected, seen = _whiten(known, certain), _whiten(sign * weight, weight)
        left = _spectra((expected, expected**2, certain, known), shape)
        right = _spectra((seen, seen**2, weight, sign * weight), shape)
        spectra.append(left * right.conj())
    sums = fft.irfft2(sum(spectra), shape)
    rows, columns = (
        _offsets(size, start, other, period)
        for size, start, other in zip(
            _cell_shape(reference), (cells.row, cells.column), cells.means.shape, strict=True
        )
    )
    at = sums[:, rows % shape[0]][:, :, columns % shape[1]]
    product, variance, weight, agreement = at.reshape(4, -1)
    places = np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1).reshape(-1, 2)
    return product / np.sqrt(np.maximum(variance, 1)), weight, agreement, places


def _overlap(
    reference: LatticeFingerprint, cells: Cells, place: NDArray[np.intp]
) -> tuple[tuple[int, int, int, int], float]:
    """Return the box of the suspect that lies on the reference, and its share of the cells."""
    first = np.maximum(0, -place)
    last = np.minimum(cells.means.shape, np.array(_cell_shape(reference)) - place)
    (top, left), (bottom, right) = first.tolist(), last.tolist()
    covered = cells.inside[top:bottom, left:right].sum() / cells.inside.sum()
    row, column = cells.row, cells.column
    box = (column + left, row + top, column + right, row + bottom)
    return tuple(CELL * side for side in box), float(covered)


def _cell_shape(reference: LatticeFingerprint) -> tuple[int, int]:
    return reference.across.shape[0], reference.down.shape[1]


def _offsets(size: int, start: int, other: int, period: int) -> NDArray[np.intp]:
    """List the cells of the reference where the suspect's first cell may lie, along one axis."""
    every = np.arange(1 - other, size)
    return np.asarray(every[(every - start) % period == 0])


def _steps(cells: Cells) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Return signs and weights (0 to 1) of the suspect's steps, across and down."""
    inside = cells.inside
    across = np.diff(cells.means, axis=1) * (inside[:, 1:] & inside[:, :-1])
    down = np.diff(cells.means, axis=0) * (inside[1:] & inside[:-1])
    first, second = (
        (np.sign(step).astype(np.float64), np.minimum(np.abs(step) / FULL_STEP, 1.0))
        for step in (across, down)
    )
    return first, second


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
