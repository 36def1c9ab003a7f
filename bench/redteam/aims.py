"""What a forger aims at: losses whose zeros pass the content check."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.redteam.shading import Floats, Loss
from provenance.fingerprint import LatticeFingerprint

MARGINS = (1.0, 2.0, 4.0)
"""Grey levels by which a step is to point the signed way."""
GIVEN_UP = (0.1, 0.2, 0.3)
"""Shares of the steps that are left as they are, the dearest ones."""


def aims(reference: LatticeFingerprint, start: Floats) -> Iterator[Loss]:
    """Give the losses that lead from a picture's own cell means to passing."""
    rows, columns = start.shape
    signs = (
        _padded(np.where(reference.across, 1.0, -1.0), (rows, columns - 1)),
        _padded(np.where(reference.down, 1.0, -1.0), (rows - 1, columns)),
    )
    against = [-sign * np.diff(start, axis=axis) for sign, axis in zip(signs, (1, 0), strict=True)]
    every = np.concatenate([step[step != 0] for step in against])
    for share in GIVEN_UP:
        limit = np.quantile(every, 1 - share)
        wanted = [
            np.where(step <= limit, sign, 0.0) for step, sign in zip(against, signs, strict=True)
        ]
        for margin in MARGINS:
            yield _hinges(wanted[0], wanted[1], margin)


def _padded(signs: Floats, shape: tuple[int, int]) -> Floats:
    """Fill up with zeros for the cells that stick out of the picture."""
    missing = np.subtract(shape, signs.shape)
    return np.pad(signs, [(0, count) for count in missing.tolist()])


def _hinges(across: Floats, down: Floats, margin: float) -> Loss:
    """Squares of what steps lack of pointing the wanted way by a margin."""

    def loss(means: Floats) -> tuple[float, Floats]:
        gradient = np.zeros_like(means)
        total = 0.0
        for sign, low, high in (
            (across, np.s_[:, :-1], np.s_[:, 1:]),
            (down, np.s_[:-1], np.s_[1:]),
        ):
            lack = np.maximum(margin - sign * (means[high] - means[low]), 0) * np.abs(sign)
            total += 0.5 * float(np.square(lack).sum())
            gradient[high] -= sign * lack
            gradient[low] += sign * lack
        return total, gradient

    return loss
