"""The carrier: keyed chips on the wavelet coefficients of a tile.

Public chips are the same in every tile. Private ones differ from tile to tile, and from picture to
picture by a nonce, so that neither shows when tiles or pictures are averaged.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pywt
from numpy.typing import NDArray

from provenance.watermark import format as fmt
from provenance.watermark import prng

SAMPLES = fmt.TILE // fmt.GRID
"""Samples of the plane along a side of the tile."""
DEPTH = max(fmt.LEVEL_GAINS)
"""Levels of the wavelet transform."""
ALIGNMENT = 1 << DEPTH
"""Samples between places where the transform of a plane and of its tile agree."""
ORIENTATIONS = 3
"""Detail subbands of a level: horizontal, vertical, diagonal."""
_BLOCK = 32
"""A block of 32 x 32 coefficients holds each of the 1024 code bits once."""


Signs = NDArray[np.int8] | NDArray[np.float64]


@dataclass(frozen=True)
class Secret:
    """What a private mark's chips are drawn from: the key, and the nonce of its picture."""

    key: bytes = field(repr=False)
    nonce: int


@dataclass(frozen=True)
class Band:
    """One detail subband: which code bit each coefficient carries, and with which sign.

    ``bit`` has the shape (side, side) of one tile, ``chip`` that of all tiles before chips repeat;
    ``orientation`` indexes what pywt calls (H, V, D).
    """

    level: int
    orientation: int
    bit: NDArray[np.int64]
    chip: NDArray[np.int8]

    def signs(self, code: Signs) -> NDArray[Any]:
        """The sign that a code word gives each coefficient, in the shape of ``chip``."""
        tiles = len(self.chip) // len(self.bit)
        signs: NDArray[Any] = np.tile(code[self.bit], (tiles, tiles))
        return signs * self.chip

    def gather(self, folded: NDArray[np.float32]) -> NDArray[np.float64]:
        """Sum coefficients, in the shape of ``chip``, into their code bits."""
        side = len(self.bit)
        products = (folded * self.chip).reshape(-1, side, len(self.chip) // side, side)
        sums = np.bincount(self.bit.ravel(), products.sum(axis=(0, 2)).ravel(), fmt.CODE_BITS)
        return np.asarray(sums, dtype=np.float64)


def key_of(secret: Secret | None) -> bytes | None:
    """The key of a private mark; None of a public one."""
    return None if secret is None else secret.key


def tiles(secret: Secret | None) -> int:
    """Tiles along a side before the chips repeat."""
    return 1 if secret is None else fmt.PRIVATE_TILES


@functools.lru_cache(maxsize=2 * fmt.NONCES)
def bands(secret: Secret | None) -> tuple[Band, ...]:
    """Draw a carrier, finest level first; None stands for the public one."""
    order = bits(None if secret is None else secret.key)
    chips = _public_chips() if secret is None else _private_chips(secret)
    places = [(level, each) for level in sorted(fmt.LEVEL_GAINS) for each in range(ORIENTATIONS)]
    return tuple(
        Band(*place, bit, chip) for place, bit, chip in zip(places, order, chips, strict=True)
    )


@functools.lru_cache(maxsize=16)
def bits(key: bytes | None) -> tuple[NDArray[np.int64], ...]:
    """Draw each subband's code bits in a tile: each block holds all, in an order of its own."""
    found = []
    for level in sorted(fmt.LEVEL_GAINS):
        for orientation in range(ORIENTATIONS):
            side, name = SAMPLES >> level, f"level {level} orientation {orientation}"
            bit = np.empty((side, side), dtype=np.int64)
            for row in range(0, side, _BLOCK):
                for column in range(0, side, _BLOCK):
                    order = prng.permutation(
                        key, f"bits {name} block {row} {column}", fmt.CODE_BITS
                    )
                    bit[row : row + _BLOCK, column : column + _BLOCK] = order.reshape(
                        _BLOCK, _BLOCK
                    )
            found.append(bit)
    return tuple(found)


def _public_chips() -> list[NDArray[np.int8]]:
    return [
        prng.signs(None, f"chips level {level} orientation {orientation}", side * side).reshape(
            side, side
        )
        for level in sorted(fmt.LEVEL_GAINS)
        for side in (SAMPLES >> level,)
        for orientation in range(ORIENTATIONS)
    ]


def _private_chips(secret: Secret) -> list[NDArray[np.int8]]:
    """One stream for each tile: its subbands one after the other, each in row order."""
    many = fmt.PRIVATE_TILES
    sides = [SAMPLES >> level for level in sorted(fmt.LEVEL_GAINS) for _ in range(ORIENTATIONS)]
    count = sum(side * side for side in sides)
    drawn = np.stack(
        [
            prng.signs(secret.key, f"chips nonce {secret.nonce} tile {row} {column}", count)
            for row in range(many)
            for column in range(many)
        ]
    )
    ends = np.cumsum([side * side for side in sides])[:-1]
    return [
        part.reshape(many, many, side, side).swapaxes(1, 2).reshape(many * side, many * side)
        for part, side in zip(np.split(drawn, ends, axis=1), sides, strict=True)
    ]


def tile(code: Signs, secret: Secret | None) -> NDArray[np.float32]:
    """Lay a payload's code bits out over the tiles and transform them back to samples.

    Parameters
    ----------
    code : int8 or float64 array, shape (1024,)
        The code bits as signs, perhaps some stronger than others.
    secret : Secret or None
        What a private mark's chips are drawn from, or None for the public ones.

    Returns
    -------
    float32 array, shape (side, side): a tile, or all until private chips repeat
        Grey levels, for a wavelet coefficient of one grey level times its level's gain.
    """
    details: dict[int, list[NDArray[np.float64]]] = {level: [] for level in fmt.LEVEL_GAINS}
    for band in bands(secret):
        signs = band.signs(code).astype(np.float64)
        details[band.level].append(fmt.LEVEL_GAINS[band.level] * signs)
    deepest = tiles(secret) * SAMPLES >> DEPTH
    coefficients = [
        np.zeros((deepest, deepest)),
        *(tuple(details[level]) for level in sorted(details, reverse=True)),
    ]
    samples = pywt.waverec2(coefficients, fmt.WAVELET, mode="periodization")
    return np.asarray(samples, dtype=np.float32)
