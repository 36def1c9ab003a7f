"""What a forger aims at: losses that lead towards passing the content check.

He begins with the signed layout itself under his own detail, which passes, and goes back to his own
picture as far as the check lets him. The loss is the check's own share of unexplained steps, made
smooth, so that its gradient is exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.redteam.shading import Floats, Loss
from provenance.fingerprint import LatticeFingerprint
from provenance.fingerprint.agreement import DISTANCES, FULL_STEP, LARGEST_STEP
from provenance.fingerprint.matching import CONTRAST, FULL_CONTRAST

CONTRASTS = (1.1 * CONTRAST, 1.5 * CONTRAST, FULL_CONTRAST)
"""Contrasts at which the signed layout is put in."""
ROUNDING = 0.5
"""Grey levels within which an absolute value is rounded off."""

Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]


@dataclass(frozen=True, eq=False)
class Aim:
    """Cell means that pass, and the loss on the way back to the forger's own."""

    first: Floats
    loss: Loss


def aims(reference: LatticeFingerprint, start: Floats) -> Iterator[Aim]:
    """Give the aims for a picture whose cells have the means ``start``."""
    rows, columns = reference.levels.shape
    for contrast in CONTRASTS:
        wanted = start.copy()
        own, signed = start[:rows, :columns], contrast * reference.means
        wanted[:rows, :columns] = signed[: own.shape[0], : own.shape[1]]
        wanted[:rows, :columns] += own.mean() - wanted[:rows, :columns].mean()
        yield Aim(np.clip(wanted, 0, 255), _unexplained(wanted, _pairs(start.shape, rows, columns)))


def _pairs(shape: tuple[int, ...], rows: int, columns: int) -> list[Pairs]:
    """Number the cells at each distance from each other, those outside the reference left out."""
    number = np.arange(shape[0] * shape[1]).reshape(shape)[:rows, :columns]
    return [
        (
            np.concatenate((number[:, :-far].ravel(), number[:-far].ravel())),
            np.concatenate((number[:, far:].ravel(), number[far:].ravel())),
        )
        for far in DISTANCES
    ]


def _unexplained(wanted: Floats, pairs: list[Pairs]) -> Loss:
    """Share of a picture's steps and levels that differ from the wanted ones."""
    flat = wanted.ravel()

    def loss(means: Floats) -> tuple[float, Floats]:
        own = means.ravel()
        gradient = np.zeros_like(own)
        total = 0.0
        for low, high in pairs:
            step = own[high] - own[low]
            ratio, slope = _ratio(step, step - (flat[high] - flat[low]))
            total += ratio
            gradient += np.bincount(high, slope, len(own)) - np.bincount(low, slope, len(own))
        rest = own - flat
        left, left_slope = _limited(rest - np.median(rest))
        size, size_slope = _limited(own - np.median(own))
        ratio = float(left.sum() / size.sum())
        gradient += (left_slope - ratio * size_slope) / size.sum()
        return (total + ratio) / (len(pairs) + 1), gradient.reshape(means.shape) / (len(pairs) + 1)

    return loss


def _ratio(step: Floats, rest: Floats) -> tuple[float, Floats]:
    """Return what is left of steps over their size, and its slope along both."""
    weight = np.minimum(np.abs(step) / FULL_STEP, 1)
    slope = np.where(np.abs(step) < FULL_STEP, np.sign(step) / FULL_STEP, 0)
    left, left_slope = _limited(rest)
    size, size_slope = _limited(step)
    whole = float(weight @ size) + 1e-6
    ratio = float(weight @ left) / whole
    up, down = weight * left_slope + slope * left, weight * size_slope + slope * size
    return ratio, (up - ratio * down) / whole


def _limited(values: Floats) -> tuple[Floats, Floats]:
    """Return smooth absolute values that end at the largest step, and their slopes."""
    root = np.sqrt(values**2 + ROUNDING**2)
    bent = np.tanh((root - ROUNDING) / LARGEST_STEP)
    return LARGEST_STEP * bent, values / root * (1 - bent**2)
