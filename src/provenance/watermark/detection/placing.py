"""Where a private mark's chips begin, and under which nonce: what pilot and layout don't say.

Its chips differ from tile to tile, and by picture. The bits' energy shows the right place: wrong
chips add up as a random walk does. Every nonce and every offset of whole tiles is tried at once.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from provenance.watermark import format as fmt
from provenance.watermark.carrier import Secret, bands, bits
from provenance.watermark.detection.soft_bits import (
    BLANK,
    WEIGHTINGS,
    Coefficients,
    Weighting,
    excess,
    folded_weighted,
)

Floats = NDArray[np.float32]
_T = TypeVar("_T", bound=np.generic)

SIDE = fmt.PRIVATE_TILES
OFFSETS = SIDE * SIDE
"""Offsets of whole tiles that can be told apart."""
AS_LAID, MOVED = 2.5, 3.0
"""Excess energy from which a place is decoded, without an offset and with one: of 16 places without
a mark one in ten looks has it, of 1,024 about every second."""
MOST_AS_LAID, MOST_MOVED = 2, 3
"""Places that are decoded, the most energetic first."""
SEARCHED = WEIGHTINGS[:2]
"""Weightings that places are compared under; more take longer and find no others."""


@dataclass(frozen=True)
class Place:
    """Chips under which a plane shows energy, and how many tiles down and across they begin."""

    secret: Secret
    row: int = 0
    column: int = 0
    excess: float = 0.0


def places(coefficients: Coefficients, key: bytes, *, moved: bool) -> list[Place]:
    """The places worth decoding: at no offset, or ``moved`` by any."""
    least, most = (MOVED, MOST_MOVED) if moved else (AS_LAID, MOST_AS_LAID)
    best: dict[tuple[int, int], float] = {}
    for weighting in SEARCHED:
        for nonce, softs in soft_places(coefficients, weighting, key, moved=moved):
            for offset, soft in enumerate(softs):
                found = excess(soft)
                if found >= max(least, best.get((nonce, offset), 0.0)):
                    best[nonce, offset] = found
    chosen = sorted(best, key=lambda each: -best[each])[:most]
    return [
        Place(Secret(key, nonce), *divmod(offset, SIDE), best[nonce, offset])
        for nonce, offset in chosen
    ]


def carried(coefficients: Coefficients, key: bytes) -> float:
    """The most energy that the bits have under one of a key's nonces, where nothing was moved."""
    found = soft_places(coefficients, WEIGHTINGS[0], key, moved=False)
    return max(excess(softs[0]) for _, softs in found)


def soft_places(
    coefficients: Coefficients,
    weighting: Weighting,
    key: bytes,
    nonces: Iterable[int] = range(fmt.NONCES),
    *,
    moved: bool,
) -> Iterator[tuple[int, Floats]]:
    """For each nonce the soft bits, shape (offsets, 1024), as ``soft_bits`` gives them.

    Without ``moved`` there is one offset, none.
    """
    folded = folded_weighted(coefficients, weighting, SIDE)
    values = _by_bit([band for level in sorted(folded) for band in folded[level]], key)
    used = np.flatnonzero(values.any(axis=(1, 2)))
    values = values[used]
    energy = float(np.square(values, dtype=np.float64).sum())
    scale = np.float32(math.sqrt(fmt.CODE_BITS / max(energy, BLANK)))
    values, across = scale * values, np.ascontiguousarray(values.swapaxes(0, 1)) * scale
    for nonce in nonces:
        chips = _chips(Secret(key, nonce))
        if moved:
            yield nonce, _over_offsets(across, chips, used)
        else:
            yield nonce, np.einsum("tbc,tbc->b", values, chips[used])[None]


def _over_offsets(values: Floats, chips: NDArray[np.int8], used: NDArray[np.intp]) -> Floats:
    """Sum (bits, tiles, copies) under the chips of each offset: float32, shape (offsets, bits)."""
    every = np.ascontiguousarray(chips.transpose(1, 2, 0), dtype=np.float32)
    sums = np.ascontiguousarray(np.matmul(values, every).transpose(1, 2, 0))
    row, column = np.divmod(used, SIDE)
    out = np.empty((OFFSETS, fmt.CODE_BITS), dtype=np.float32)
    for offset in range(OFFSETS):
        down, right = divmod(offset, SIDE)
        there = (row + down) % SIDE * SIDE + (column + right) % SIDE
        out[offset] = sums[np.arange(len(used)), there].sum(axis=0)
    return out


@functools.lru_cache(maxsize=2 * fmt.NONCES)
def _chips(secret: Secret) -> NDArray[np.int8]:
    """The chips by tile and code bit: int8, shape (tiles, 1024, copies)."""
    return _by_bit([band.chip for band in bands(secret)], secret.key)


def _by_bit(subbands: list[NDArray[_T]], key: bytes) -> NDArray[_T]:
    """Order subbands of all tiles by tile and by the code bit that they carry."""
    found = []
    for subband, order in zip(subbands, bits(key), strict=True):
        side = len(order)
        tiles = subband.reshape(SIDE, side, SIDE, side).swapaxes(1, 2).reshape(OFFSETS, -1)
        by_bit = tiles[:, np.argsort(order.ravel(), kind="stable")]
        found.append(by_bit.reshape(OFFSETS, fmt.CODE_BITS, -1))
    return np.concatenate(found, axis=2)
