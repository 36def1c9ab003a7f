"""Whether a picture shows the content of a lattice fingerprint, and how sure that is.

Two questions are asked. Does chance explain the likeness? The correlation in ``offsets`` says that.
Are the picture's large steps the signed ones? ``agreement`` says that, and stops people who shade
another picture, whom chance does not stop. "Near" needs both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from provenance.fingerprint.agreement import Agreement, agree
from provenance.fingerprint.cells import Cells, measure
from provenance.fingerprint.lattice_levels import LatticeFingerprint
from provenance.fingerprint.offsets import Offsets, correlate
from provenance.geometry import Geometry

MIN_BITS = 12
"""Effective steps below which an offset is not tried: any small corner fits somewhere."""

MIN_OVERLAP = 0.7
"""Share of the largest overlap that an offset needs to count for "far": a copy lies inside the
picture it comes from. Slivers at the rim say nothing against a picture, but may be all that a
collage shows of it."""

NEAR_ERROR = 1e-6
"""Largest probability that other content correlates as well with which "near" is said: naming an
innocent producer is the worst that can happen."""

SMALLEST_ERROR = 1e-9
"""Smallest probability that is stated: the tail is extrapolated already."""

FAR_ERROR = 1e-2
"""Probability above which "far" may be said: only where chance easily explains the likeness."""

BIT_ERRORS = 0.3
"""Share of steps of the other sign that separates "near" from "far", besides the probabilities.
Honest copies stay under 0.1, or 0.33 with a quarter covered. Wrong pictures that correlate by
shared structure, such as two pages of text, lie above; honest copies of smooth pictures lie far
below."""

FAR_BITS = 110
"""Effective steps that "far" needs; honest crops to a quarter of the area nearly always have
them."""

STRANGE = 0.7
"""Unexplained share from which a picture is another one, however many steps have the same sign."""

PART = 0.5
"""Share of the suspect's cells below which only a part of it lies on the fingerprint. Such a part
has to show as much as "far" needs: a faint patch in somebody's sky proves nothing."""

UNEXPLAINED = 0.4
"""Largest unexplained share of a picture's brightness steps with which "near" is said. Copies are
at 0.02 to 0.2, or 0.3 to 0.5 where covered in part or equalised; other pictures at 0.67 and more.
"""

FULL_CONTRAST = 0.9
"""Contrast under which less may be left unexplained, in proportion: darkened copies keep most of
their steps; a forger who puts the signed layout in faintly does not have them all (ADR 0027)."""

CONTRAST = 0.45
"""Least contrast of a picture that is near, relative to what was signed: a faint shadow of the
signed picture over another one is not a copy of it. Copies of half the brightness are at 0.49; 0.3
would save a forger 3 dB."""

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
        Share of steps of the other sign, weighted by their reliability, 0 to 1: at the offset that
        shows the likeness, or else at the one where the fewest differ.
    bits
        Sum of those weights: how many fully reliable steps were compared there.
    error_rate
        Probability, over all offsets tried, that a picture of other content correlates as well by
        chance. It says nothing about pictures that somebody made to correlate.
    offsets
        How many offsets of whole tiles were tried.
    box
        The part of the suspect on the fingerprint there: left, top, right, bottom, mark units.
    share
        Share of the suspect's cells in that box. What lies outside it was compared with nothing.
    unexplained
        Share of the suspect's brightness steps there that the fingerprint does not explain.
    """

    result: Result
    bit_error_rate: float
    bits: int
    error_rate: float
    offsets: int
    box: tuple[int, int, int, int] = (0, 0, 0, 0)
    share: float = 0.0
    unexplained: float = 1.0


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
    cells = measure(rgb, geometry, reference.side)
    if cells is None or not reference.steps:
        return NOTHING
    return compare_cells(reference, cells, max(1, geometry.tile // reference.side))


def compare_cells(reference: LatticeFingerprint, cells: Cells, period: int) -> LatticeMatch:
    """Compare cells that were measured already, on a mark that repeats every ``period`` cells."""
    found = correlate(reference, cells, period)
    tried = found.weight >= MIN_BITS
    if not tried.any():
        return NOTHING
    bit_errors = np.clip((1 - found.agreement / np.maximum(found.weight, MIN_BITS)) / 2, 0, 1)
    offsets = int(tried.sum())
    best = int(np.argmax(np.where(tried, found.evidence, -np.inf)))
    error = min(1.0, max(SMALLEST_ERROR, offsets * float(found.chance[best])))

    def match(result: Result, offset: int, unexplained: float = 1.0) -> LatticeMatch:
        bits = round(float(found.weight[offset]))
        overlap = _overlap(reference, cells, found.places[offset])
        seen = float(bit_errors[offset]), bits, error, offsets
        return LatticeMatch(result, *seen, *overlap, unexplained)

    if error <= NEAR_ERROR and bit_errors[best] < BIT_ERRORS:
        agreement = _compare_at(reference, cells, found.places[best])
        found_best = match("near", best, agreement.unexplained)
        same = agreement.unexplained <= allowed(agreement.contrast)
        enough = found_best.share >= PART or found.weight[best] >= FAR_BITS
        return found_best if same and enough else replace(found_best, result="inconclusive")
    closest = _find_closest(found, tried, bit_errors)
    if error <= FAR_ERROR or found.weight[closest] < FAR_BITS:
        return match("inconclusive", closest)
    unexplained = _compare_at(reference, cells, found.places[closest]).unexplained
    strange = bit_errors[closest] >= BIT_ERRORS or unexplained >= STRANGE
    return match("far" if strange else "inconclusive", closest, unexplained)


def allowed(contrast: float) -> float:
    """The share of steps that may be left unexplained in a picture of some contrast; none below."""
    if contrast < CONTRAST:
        return -1.0
    return UNEXPLAINED * min(1.0, contrast / FULL_CONTRAST)


def _find_closest(found: Offsets, tried: NDArray[np.bool_], bit_errors: NDArray[np.float64]) -> int:
    """Find the offset, of those with most of the overlap, at which the fewest steps differ."""
    whole = tried & (found.weight >= MIN_OVERLAP * found.weight.max())
    return int(np.argmin(np.where(whole, bit_errors, np.inf)))


def _compare_at(reference: LatticeFingerprint, cells: Cells, place: NDArray[np.intp]) -> Agreement:
    """Compare the cells that lie on each other at a place."""
    (top, left), (bottom, right) = _common(reference, cells, place)
    row, column = place.tolist()
    seen = np.s_[top:bottom, left:right]
    signed = reference.means[row + top : row + bottom, column + left : column + right]
    return agree(signed, cells.means[seen].astype(np.float64), cells.inside[seen])


def _common(
    reference: LatticeFingerprint, cells: Cells, place: NDArray[np.intp]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return first and end of the suspect's rows and columns that lie on the reference."""
    first = np.maximum(0, -place)
    last = np.minimum(cells.means.shape, np.array(reference.levels.shape) - place)
    (top, left), (bottom, right) = first.tolist(), last.tolist()
    return (top, left), (bottom, right)


def _overlap(
    reference: LatticeFingerprint, cells: Cells, place: NDArray[np.intp]
) -> tuple[tuple[int, int, int, int], float]:
    """Return the box of the suspect that lies on the reference, and its share of the cells."""
    (top, left), (bottom, right) = _common(reference, cells, place)
    covered = cells.inside[top:bottom, left:right].sum() / cells.inside.sum()
    row, column = cells.row, cells.column
    side = cells.side
    corner, end = (column + left, row + top), (column + right, row + bottom)
    return (side * corner[0], side * corner[1], side * end[0], side * end[1]), float(covered)
