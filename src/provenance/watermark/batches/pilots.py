"""How far the public pilot shows in batches: as marked, as resized, and at any scale and angle."""

from __future__ import annotations

import functools
import math

import numpy as np
from numpy.typing import NDArray

from provenance.watermark import pilot
from provenance.watermark.batches.lines import COLUMNS, ROWS, averaged, both
from provenance.watermark.batches.planes import Planes, fold
from provenance.watermark.batches.tensors import Tensor, load_torch
from provenance.watermark.carrier import SAMPLES
from provenance.watermark.detection import presence
from provenance.watermark.detection.registration import AMPLITUDE_CAP, turn_to_middle
from provenance.watermark.detection.scale_search import (
    MIN_FREQUENCY,
    MIN_LINES,
    POWER_CAP,
    UPRIGHT_SCALES,
    Grid,
    bins,
    choose_grid,
    constellation,
)
from provenance.watermark.detection.spectrum import Spectrum
from provenance.watermark.detection.whole_search import predict

_TINY = float(np.finfo(np.float32).tiny)


def measure_presence(planes: Planes) -> Tensor:
    """Measure how well the lines' phases agree with the format's: (pictures,); see ``presence``."""
    detail = planes.samples - _average(planes.samples, presence.MEAN_SIDE)
    variance = _average(detail * detail, presence.VARIANCE_SIDE)
    flat = detail / (variance + presence.FLOOR**2)
    value = load_torch().fft.rfft2(fold(flat, SAMPLES, planes.row, planes.column))
    power = value.real.square() + value.imag.square()
    noise = _average(power, presence.NOISE_SIDE, "wrap") + _TINY
    u, v = pilot.lines(None).T.tolist()
    expected = _on(np.exp(-2j * np.pi * pilot.sample_phases(None)), value)
    seen = (value[:, v, u] / (noise[:, v, u] / 2).sqrt() * expected).real
    cap = presence.AMPLITUDE_CAP
    return seen.clamp(-cap, cap).sum(1) / math.sqrt(len(u))


def _average(values: Tensor, side: int, mode: str = "symmetric") -> Tensor:
    down, across = (
        averaged(values.shape[axis], side, values.device, mode) for axis in (ROWS, COLUMNS)
    )
    return both(values, down, across)


def _on(values: NDArray[np.complexfloating], like: Tensor) -> Tensor:
    return load_torch().from_numpy(values.astype(np.complex64)).to(like.device)


def measure_resized(whole: Spectrum, size: tuple[int, int]) -> tuple[Tensor, NDArray[np.float64]]:
    """Measure how well the lines' phases agree with a whole picture of each size it may have had.

    Returns
    -------
    Agreement, shape (pictures, scales), and the scales; see ``find_resized``.
    """
    tried = predict(whole, size, None)
    at = np.rint(tried.frequency * (whole.width, whole.height)).astype(np.int64)
    x, y = np.clip(at[..., 0], 0, whole.width // 2), at[..., 1]
    inside = (np.abs(tried.frequency) < 0.5).all(axis=-1)
    turn = _on(turn_to_middle(whole, x, y) * np.exp(-1j * tried.phase) * inside, whole.value)
    places = load_torch().from_numpy(y % whole.height * (whole.width // 2 + 1) + x)
    places = places.to(turn.device).flatten()
    parts: tuple[Tensor, Tensor] = whole.value, whole.noise
    value, noise = (each.flatten(1).index_select(1, places) for each in parts)
    value = (value / noise.sqrt()).reshape(-1, *turn.shape)
    value = value * (AMPLITUDE_CAP / (value.abs() + _TINY)).clamp(max=1) * turn
    agreeing = value.real.sum(-1) / ((value != 0).sum(-1) / 2 + 1e-9).sqrt()
    return agreeing.abs(), tried.scale


def measure_gate(whole: Spectrum) -> tuple[Tensor, Tensor]:
    """Score the best scale at any angle, and the best of an unturned picture: (pictures,) each."""
    grid = choose_grid(whole)
    seen: Tensor = whole.power
    power = seen.clamp(max=POWER_CAP).flatten(1)
    polar = sum(
        power.index_select(1, each)
        for each in _places(grid, whole.height, whole.width, power.device)
    )
    polar = polar - polar.mean(1, keepdim=True)
    polar = polar / (polar.square().mean(1, keepdim=True).sqrt() + 1e-9)
    scores, outermost = _score(polar.reshape(len(polar), grid.angles, -1), grid)
    steps = np.arange(scores.shape[2]) - outermost
    scale = np.exp(-(math.log(MIN_FREQUENCY) + steps * grid.step))
    likely = np.flatnonzero((scale > UPRIGHT_SCALES[0]) & (scale < UPRIGHT_SCALES[1]))
    upright = scores[:, (0, 1, -1), likely[0] : likely[-1] + 1]
    return scores.amax((1, 2)), upright.amax((1, 2))


@functools.lru_cache(maxsize=4)
def _places(grid: Grid, height: int, width: int, device: object) -> list[Tensor]:
    return [load_torch().from_numpy(each.ravel()).to(device) for each in bins(grid, height, width)]


def _score(polar: Tensor, grid: Grid) -> tuple[Tensor, int]:
    """Score every angle and scale, as ``score_table`` does; and the outermost line's place."""
    pattern = constellation(None, grid)
    total = polar.new_zeros((len(polar), grid.angles, pattern.shifts))
    counts = np.zeros(pattern.shifts)
    for angle, radius in pattern.points:
        start = radius - pattern.outermost
        low, high = max(0, start), min(polar.shape[2], start + pattern.shifts)
        part, turned = slice(low - start, high - start), polar[:, :, low:high]
        total[:, : grid.angles - angle, part] += turned[:, angle:]
        total[:, grid.angles - angle :, part] += turned[:, :angle]
        counts[part] += 1
    counts = np.where(counts < MIN_LINES / 2, np.inf, np.maximum(counts, 1))
    return total / load_torch().from_numpy(np.sqrt(counts).astype(np.float32)).to(
        total.device
    ), pattern.outermost
