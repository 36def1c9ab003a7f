"""The pilot: sinusoids on the tile's lattice that show how a picture was turned and scaled."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from provenance.watermark import format as fmt
from provenance.watermark import prng


@functools.lru_cache(maxsize=16)
def orbits(key: bytes | None) -> tuple[tuple[int, int], ...]:
    """Draw one wave vector (a, b), a > b > 0, for each ring."""
    drawn = prng.words(key, "pilot orbits", len(fmt.LINE_RINGS))
    found = []
    for (low, high), word in zip(fmt.LINE_RINGS, drawn.tolist(), strict=True):
        choices = _ring(low, high)
        found.append(choices[word * len(choices) >> 32])
    return tuple(found)


def _ring(low: int, high: int) -> list[tuple[int, int]]:
    """List the wave vectors of a ring inside the slopes allowed, by a, then b."""
    p, q, r, s = fmt.LINE_SLOPE
    return [
        (a, b)
        for a in range(1, high)
        for b in range(1, a)
        if low * low <= a * a + b * b < high * high and p * a <= q * b and s * b <= r * a
    ]


@functools.lru_cache(maxsize=16)
def lines(key: bytes | None) -> NDArray[np.int64]:
    """List the lines' wave vectors in cycles per tile: int64, shape (32, 2), columns along u, v.

    Each pair k, -k is listed once, by the one with u > 0. The set maps to itself, up to sign, under
    quarter turns and flips, so that a search need only look at a quarter turn.
    """
    found = [vector for a, b in orbits(key) for vector in ((a, b), (a, -b), (b, a), (b, -a))]
    return np.array(found, dtype=np.int64)


@functools.lru_cache(maxsize=16)
def phases(key: bytes | None) -> NDArray[np.float64]:
    """Draw the phase of each line at the tile's corner, in turns."""
    return prng.turns(key, "pilot phases", 4 * len(fmt.LINE_RINGS))


@functools.lru_cache(maxsize=16)
def sample_phases(key: bytes | None) -> NDArray[np.float64]:
    """Give each line's phase at the middle of the tile's first sample, in turns."""
    return np.asarray(phases(key) + lines(key).sum(axis=1) * (fmt.GRID / 2) / fmt.TILE)


def tile(amplitudes: NDArray[np.float64], key: bytes | None) -> NDArray[np.float32]:
    """Draw one tile of the pilot on the plane's samples: float32, shape (SAMPLES, SAMPLES).

    Parameters
    ----------
    amplitudes : float64 array, shape (lines,)
        Grey levels, one for each line.
    """
    samples = fmt.TILE // fmt.GRID
    spectrum = np.zeros((samples, samples), dtype=np.complex128)
    value = amplitudes / 2 * np.exp(2j * np.pi * sample_phases(key))
    u, v = lines(key).T
    np.add.at(spectrum, (v, u), value)
    np.add.at(spectrum, (-v, -u), value.conj())
    return np.fft.ifft2(spectrum).real.astype(np.float32) * samples**2
