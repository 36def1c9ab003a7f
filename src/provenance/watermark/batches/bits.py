"""Between planes and code bits, for batches: the transform, its inverse, and chips."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from provenance.watermark import carrier
from provenance.watermark import format as fmt
from provenance.watermark.batches.lines import COLUMNS, ROWS, averaged, both, joined, split
from provenance.watermark.batches.planes import Planes, fold
from provenance.watermark.batches.tensors import Tensor, load_torch
from provenance.watermark.carrier import SAMPLES, Secret
from provenance.watermark.detection.soft_bits import BLANK, WINDOW, Weighting


@dataclass(frozen=True)
class Coefficients:
    """Detail coefficients and their local variance by level: (pictures, 3, rows, columns)."""

    value: dict[int, Tensor]
    variance: dict[int, Tensor]
    row: int
    column: int


def transform(planes: Planes) -> Coefficients:
    """Compute the wavelet transform of planes."""
    low, value, variance = planes.samples, {}, {}
    for level in sorted(fmt.LEVEL_GAINS):
        down, across = (split(low.shape[axis], low.device) for axis in (ROWS, COLUMNS))
        left, right = (each(low, COLUMNS) for each in across)
        details = down[1](left, ROWS), down[0](right, ROWS), down[1](right, ROWS)
        value[level], low = load_torch().stack(details, 1), down[0](left, ROWS)
        sides = (averaged(low.shape[axis], WINDOW, low.device) for axis in (ROWS, COLUMNS))
        variance[level] = both(value[level] * value[level], *sides)
    return Coefficients(value, variance, planes.row, planes.column)


@dataclass(frozen=True)
class Band:
    """One detail subband; see ``carrier.Band``.

    ``bit`` is one tile's, flat; ``order``, shape (1024, blocks), lists the coefficients that carry
    each bit; ``chip``, shape (pictures or 1, side, side), is that of all tiles until it repeats.
    """

    level: int
    orientation: int
    bit: Tensor
    order: Tensor
    chip: Tensor


@dataclass(frozen=True)
class Carriers:
    """The chips of some pictures' marks under one key."""

    bands: tuple[Band, ...]
    tiles: int

    @classmethod
    def of(cls, secrets: Sequence[Secret | None], device: object) -> Carriers:
        """Draw them: one set for all pictures in the public layer, under a key one for each."""
        torch, drawn = load_torch(), [carrier.bands(each) for each in dict.fromkeys(secrets)]
        which = [list(dict.fromkeys(secrets)).index(each) for each in secrets]
        found = []
        for bands in zip(*drawn, strict=True):
            chip = torch.from_numpy(np.stack([each.chip for each in bands])).to(device)
            chip = (chip if len(bands) == 1 else chip[which]).float()
            bit = bands[0].bit.ravel()
            order = np.argsort(bit, kind="stable").reshape(fmt.CODE_BITS, -1)
            bit, order = (torch.from_numpy(each).to(device) for each in (bit, order))
            found.append(Band(bands[0].level, bands[0].orientation, bit, order, chip))
        return cls(tuple(found), carrier.tiles(secrets[0]))

    def soft_bits(self, coefficients: Coefficients, weighting: Weighting) -> Tensor:
        """Sum coefficients into code bits, each by the noise around it: (pictures, 1024)."""
        folded: dict[int, Tensor] = {}
        total: Tensor = 0.0
        for level, gain in zip(sorted(fmt.LEVEL_GAINS), weighting.gains, strict=True):
            value, variance = coefficients.value[level], coefficients.variance[level]
            weighted = gain * value / (variance + weighting.floor**2)
            row, column = coefficients.row >> level, coefficients.column >> level
            folded[level] = fold(weighted, self.tiles * SAMPLES >> level, row, column)
            total = total + folded[level].square().sum((1, 2, 3))
        out = 0.0
        for band in self.bands:
            products = folded[band.level][:, band.orientation] * band.chip
            once = fold(products, SAMPLES >> band.level, 0, 0).flatten(1)
            out = out + once[:, band.order].sum(-1)
        return out * (fmt.CODE_BITS / total.clamp(min=BLANK)).sqrt()[:, None]

    def tile(self, code: Tensor) -> Tensor:
        """Lay code bits, shape (pictures, 1024), out over the tiles, and transform them back."""
        details: dict[int, list[Tensor]] = {level: [] for level in fmt.LEVEL_GAINS}
        for band in self.bands:
            side = SAMPLES >> band.level
            signs = code[:, band.bit].reshape(-1, side, side).repeat(1, self.tiles, self.tiles)
            details[band.level].append(fmt.LEVEL_GAINS[band.level] * signs * band.chip)
        low: Tensor = 0.0
        for level in sorted(details, reverse=True):
            high_low, low_high, high = details[level]
            add_low, add_high = joined(high.shape[-1], high.device)
            left = add_high(low_high, COLUMNS)
            if level != carrier.DEPTH:
                left += add_low(low, COLUMNS)
            right = add_low(high_low, COLUMNS) + add_high(high, COLUMNS)
            low = add_low(left, ROWS) + add_high(right, ROWS)
        return low


def excess(soft: Tensor) -> Tensor:
    """How far the soft bits' energy exceeds that of no mark, for each picture."""
    return (soft.square().sum(1) - fmt.CODE_BITS) / math.sqrt(2 * fmt.CODE_BITS)
