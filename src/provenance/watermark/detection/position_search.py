"""Find where the tile lies without the pilot: by the public carrier's own patterns.

Each code bit has a known pattern of chips, and only its sign is unknown. The energy that the
patterns take out of a picture is greatest where they lie. All shifts of the tile come from one
inverse transform for each bit. Some of the bits are enough.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
import pywt
from numpy.typing import NDArray
from scipy import fft

from provenance.geometry import Geometry
from provenance.watermark import format as fmt
from provenance.watermark.carrier import DEPTH, SAMPLES, bands
from provenance.watermark.detection.registration import ORIENTATIONS, geometry_from_matrix
from provenance.watermark.plane import Plane, fold

Floats = NDArray[np.float32]

BITS = 256
"""Code bits that are looked for: a quarter of them, for a quarter of the time and half of the
deviations."""
FEW_BITS, LIKELY = 96, 3
"""Likewise to tell which orientations are likely, and how many of those are tried with all."""
_PIECE = 64
"""Bits that are transformed at once: 4 MB."""


@dataclass(frozen=True)
class Position:
    """Where a tile's corner lies, and how far its patterns' energy stands out.

    ``row`` and ``column`` are samples of the folded plane, between them too; ``score`` says how far
    the energy exceeds that of noise, in standard deviations.
    """

    row: float
    column: float
    score: float


@functools.cache
def _patterns() -> NDArray[np.complex64]:
    """Half spectra of the patterns, conjugated: shape (BITS, SAMPLES, SAMPLES // 2 + 1)."""
    pieces = [
        np.arange(first, min(first + _PIECE, BITS))[:, None, None]
        for first in range(0, BITS, _PIECE)
    ]
    return np.concatenate([fft.rfft2(_waves(bits)).conj() for bits in pieces])


def _waves(bits: NDArray[np.int64]) -> Floats:
    """Patterns of code bits, given in shape (bits, 1, 1): float32, (bits, SAMPLES, SAMPLES)."""
    details: dict[int, list[Floats]] = {level: [] for level in fmt.LEVEL_GAINS}
    for band in bands(None):
        chips = np.float32(fmt.LEVEL_GAINS[band.level]) * band.chip
        details[band.level].append(np.where(band.bit == bits, chips, np.float32(0)))
    blank = np.zeros((len(bits), SAMPLES >> DEPTH, SAMPLES >> DEPTH), dtype=np.float32)
    levels = (tuple(details[level]) for level in sorted(details, reverse=True))
    waves = pywt.waverec2([blank, *levels], fmt.WAVELET, mode="periodization", axes=(-2, -1))
    return np.asarray(waves, dtype=np.float32)


def find_geometry(flat: Plane, geometry: Geometry) -> tuple[Geometry, float]:
    """Find the tile's position and orientation, of which the carrier shows most.

    Parameters
    ----------
    flat : Plane
        Sampled with ``geometry`` and flattened.
    geometry : Geometry
        Of the right scale and turn, but for quarter turns, flips and its position.

    Returns
    -------
    Geometry and float
        The geometry, and how far the carrier stands out: up to 5.5 where there is none.
    """
    folded = fold(flat.samples[None], SAMPLES, flat.row, flat.column)[0]
    # a point of the mark lies at orientation.T times it in the folded tile
    turns = [orientation.T for orientation in ORIENTATIONS]
    scores = [find_position(_turned(folded, turn), FEW_BITS).score for turn in turns]
    likely = [turns[n] for n in np.argsort(scores)[: -LIKELY - 1 : -1]]
    found, turn = max(
        ((find_position(_turned(folded, turn)), turn) for turn in likely),
        key=lambda pair: pair[0].score,
    )
    moved, shifted = np.eye(3), np.eye(3)
    moved[:2, :2] = turn
    shifted[:2, 2] = found.column * fmt.GRID, found.row * fmt.GRID
    placed = geometry_from_matrix(np.array(geometry.matrix) @ moved @ shifted)
    return placed, found.score


def _turned(folded: Floats, turn: NDArray[np.int64]) -> Floats:
    """The tile as it is seen when its points (u, v) are ``turn`` times what they are called."""
    if turn[0, 0] == 0:
        folded = folded.T
    across, down = turn[0].sum(), turn[1].sum()
    if turn[0, 0] == 0:
        across, down = down, across
    return folded[:: int(down), :: int(across)]


def find_position(folded: Floats, bits: int = BITS) -> Position:
    """Find the shift of the tile at which the carrier's patterns take most energy out of it.

    Parameters
    ----------
    folded : float32 array, shape (SAMPLES, SAMPLES)
        A flattened plane, folded.
    bits : int
        Code bits that are looked for: the first ones.
    """
    spectrum = fft.rfft2(folded)
    energy = np.zeros((SAMPLES, SAMPLES), dtype=np.float32)
    patterns = _patterns()[:bits]
    for first in range(0, bits, _PIECE):
        found = fft.irfft2(patterns[first : first + _PIECE] * spectrum, (SAMPLES, SAMPLES))
        energy += np.einsum("bij,bij->ij", found, found)
    mean = float(energy.mean(dtype=np.float64))
    score = (energy - mean) / (mean * math.sqrt(2 / bits) + 1e-30)
    row, column = divmod(int(score.argmax()), SAMPLES)
    down, across = score[:, column], score[row]
    return Position(row + _vertex(down, row), column + _vertex(across, column), float(down[row]))


def _vertex(values: Floats, at: int) -> float:
    """Fraction of a sample by which a peak lies off its sample: a parabola's."""
    before, here, after = (float(values[(at + n) % SAMPLES]) for n in (-1, 0, 1))
    curve = 2 * here - before - after
    return (after - before) / (2 * curve) if curve > 0 else 0.0
