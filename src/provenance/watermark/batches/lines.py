"""What Pillow, SciPy and PyWavelets do to a line of samples, for tensors.

All that embedder and detector do to a picture is done along its rows and then its columns, and is
linear there. The weights are not computed anew: each library is given a line for every sample, and
what it makes of these is applied to tensors, tap by tap. That is plain arithmetic in float32, so
that neither autocast nor TF32, which serving programs switch on for speed, makes it coarser.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pywt
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from provenance.watermark import format as fmt
from provenance.watermark.batches.tensors import Tensor, load_torch

ROWS, COLUMNS = -2, -1
"""The axes of a tensor (..., rows, columns) along which a line can run: down, and across."""
CACHED = 128
"""Maps that are kept, each of some 100 kB; a picture's size needs about 20."""


@dataclass(frozen=True)
class Resampling:
    """A line of another length, each sample a weighted sum of some.

    ``index`` and ``weight`` have the shape (taps, samples).
    """

    index: Tensor
    weight: Tensor

    def __call__(self, values: Tensor, axis: int) -> Tensor:
        """Resample along an axis."""
        weight = self.weight[:, :, None] if axis == ROWS else self.weight
        total = _pick(values, axis, self.index[0]).mul_(weight[0])
        for index, each in zip(self.index[1:], weight[1:], strict=True):
            total.addcmul_(_pick(values, axis, index), each)
        return total


@dataclass(frozen=True)
class Filter:
    """A line of the same length, each sample a sum of its neighbours with weights that stay.

    ``index`` continues the line beyond its ends.
    """

    index: Tensor
    weight: tuple[float, ...]

    def __call__(self, values: Tensor, axis: int) -> Tensor:
        """Filter along an axis."""
        long, count = _pick(values, axis, self.index), values.shape[axis]
        total = long.narrow(axis, 0, count) * self.weight[0]
        for start, weight in enumerate(self.weight[1:], 1):
            total.add_(long.narrow(axis, start, count), alpha=weight)
        return total

    def least(self, values: Tensor, axis: int) -> Tensor:
        """The least value of each neighbourhood."""
        long, count = _pick(values, axis, self.index), values.shape[axis]
        parts = (long.narrow(axis, start, count) for start in range(len(self.weight)))
        return functools.reduce(lambda a, b: a.minimum(b), parts)


def _pick(values: Tensor, axis: int, index: Tensor) -> Tensor:
    """Take samples along an axis; of a matrix the processor does it 15 times as fast."""
    if axis == ROWS:
        return values.index_select(axis, index)
    picked = values.reshape(-1, values.shape[-1]).index_select(1, index)
    return picked.reshape(*values.shape[:-1], len(index))


Map = Resampling | Filter


def both(values: Tensor, down: Map, across: Map) -> Tensor:
    """Map rows, then columns."""
    return down(across(values, COLUMNS), ROWS)


@functools.lru_cache(maxsize=CACHED)
def resized(
    length: int, count: int, kind: int, device: object, start: float = 0.0, stop: float = 0.0
) -> Resampling:
    """Pillow's ``resize`` to ``count`` samples, from ``start`` to ``stop`` or the line's end."""
    box = (start, 0.0, stop or float(length), float(length))
    made = _each_sample(length).resize((count, length), Image.Resampling(kind), box=box)
    return _taps(np.asarray(made).T, device)


@functools.lru_cache(maxsize=CACHED)
def reduced(length: int, factor: int, device: object) -> Resampling:
    """Pillow's ``reduce``."""
    return _taps(np.asarray(_each_sample(length).reduce((factor, 1))).T, device)


def _each_sample(length: int) -> Image.Image:
    return Image.fromarray(np.eye(length, dtype=np.float32))


@functools.lru_cache(maxsize=CACHED)
def split(length: int, device: object) -> tuple[Resampling, Resampling]:
    """A step of the wavelet transform of a line of even length: its low-pass, its high-pass."""
    parts = pywt.dwt(np.eye(length), fmt.WAVELET, mode="periodization", axis=0)
    low, high = (_taps(each, device) for each in parts)
    return low, high


@functools.lru_cache(maxsize=CACHED)
def joined(length: int, device: object) -> tuple[Resampling, Resampling]:
    """A step of the inverse transform: what a low-pass and a high-pass of this length add."""
    each, mode = np.eye(length), "periodization"
    low, high = (
        pywt.idwt(*pair, fmt.WAVELET, mode, axis=0) for pair in ((each, None), (None, each))
    )
    return _taps(low, device), _taps(high, device)


@functools.lru_cache(maxsize=CACHED)
def smoothed(length: int, deviation: float, cut: float, device: object) -> Filter:
    """SciPy's ``gaussian_filter``, cut off at so many deviations."""
    radius = int(cut * deviation + 0.5)
    point = np.zeros(2 * radius + 1)
    point[radius] = 1
    weight = ndimage.gaussian_filter1d(point, deviation, mode="constant", truncate=cut)
    return _filter(length, weight, "symmetric", device)


@functools.lru_cache(maxsize=CACHED)
def averaged(length: int, side: int, device: object, mode: str = "symmetric") -> Filter:
    """SciPy's ``uniform_filter`` of an odd side; its mode "reflect" is "symmetric" in NumPy."""
    return _filter(length, np.full(side, 1 / side), mode, device)


def _filter(length: int, weight: NDArray[np.float64], mode: str, device: object) -> Filter:
    index = np.pad(np.arange(length), len(weight) // 2, mode=mode)  # type: ignore[call-overload]
    return Filter(load_torch().from_numpy(index).to(device), tuple(weight.tolist()))


def _taps(matrix: NDArray[np.floating], device: object) -> Resampling:
    """The entries of each row that are not 0; rows that have fewer than others get weights of 0."""
    rows, columns = np.nonzero(matrix)
    counts = np.bincount(rows, minlength=len(matrix))
    within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    index = np.zeros((counts.max(), len(matrix)), dtype=np.int64)
    weight = np.zeros(index.shape, dtype=np.float32)
    index[within, rows], weight[within, rows] = columns, matrix[rows, columns]
    torch = load_torch()
    return Resampling(torch.from_numpy(index).to(device), torch.from_numpy(weight).to(device))
