"""The pilot: a few dozen sinusoids on the tile's lattice that tell how a picture was turned and scaled."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from provenance.watermark import format as fmt
from provenance.watermark import randomness


@functools.cache
def lines() -> NDArray[np.int64]:
    """Wave vectors of the lines in cycles per tile: int64, shape (lines, 2), columns (along u, along v).

    One of each pair k, -k: the one with u > 0. The set maps to itself (up to sign) under quarter turns
    and flips, so that a search needs only look at angles up to 45 degrees.
    """
    found = [
        vector
        for a, b in fmt.LINE_ORBITS
        for vector in ((a, b), (a, -b), (b, a), (b, -a))
    ]
    return np.array(found, dtype=np.int64)


@functools.lru_cache(maxsize=16)
def phases(key: bytes | None) -> NDArray[np.float64]:
    """Phase of each line at the tile's corner, in turns."""
    return randomness.turns(key, "pilot phases", len(lines()))


def tile(amplitudes: NDArray[np.float64], key: bytes | None) -> NDArray[np.float32]:
    """One tile of the pilot on the plane's samples: float32, shape (SAMPLES, SAMPLES).

    Parameters
    ----------
    amplitudes : float64 array, shape (lines,)
        Grey levels, one for each line.
    """
    samples = fmt.TILE // fmt.GRID
    spectrum = np.zeros((samples, samples), dtype=np.complex128)
    centre = lines().sum(axis=1) * (fmt.GRID / 2) / fmt.TILE
    value = amplitudes / 2 * np.exp(2j * np.pi * (phases(key) + centre))
    u, v = lines().T
    np.add.at(spectrum, (v, u), value)
    np.add.at(spectrum, (-v, -u), value.conj())
    return np.fft.ifft2(spectrum).real.astype(np.float32) * samples**2
