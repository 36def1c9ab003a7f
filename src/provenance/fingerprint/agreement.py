"""How much of what a picture shows is what a fingerprint says, at one offset.

Chance does not bring a picture near, but somebody can who turns its smallest steps over. Shading
that nobody sees does not turn the *large* steps, and honest copies keep the brightness of cells
nearly exactly, up to tone. So the tone is fitted, and what it leaves unexplained is counted: of the
steps between neighbours, of those over larger distances, and of brightness itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

FULL_STEP = 4.0
"""Grey levels from which a brightness step counts fully; smaller ones, which compression may turn
over, count in proportion."""

DISTANCES = (1, 2, 4)
"""Cells between which brightness steps are looked at."""

LARGEST_STEP = 48.0
"""Grey levels beyond which a step counts no more, times the contrast if that was raised: the rims
of stickers and captions are steep."""

KNOTS = 5
"""Quantiles of the signed brightness between which the tone curve is straight."""

ROUNDS = 6
"""Rounds of fitting the tone, each of which trusts more in the cells that fit already."""

FITTING = 100
"""Iterations of one fit, which takes about six."""

SLACK = 2.0
"""Grey levels that a cell may always differ before it is trusted less."""

FLOOR = 1e-3
"""Weight of cells without any step beside them."""

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Agreement:
    """What a fingerprint explains of a picture.

    ``unexplained`` is the share of brightness steps that the signed ones do not explain: 0 for the
    picture itself, about 1 for any other. ``contrast`` is that of the picture over the signed.
    """

    unexplained: float = 1.0
    contrast: float = 0.0


def agree(signed: Floats, seen: Floats, inside: Mask) -> Agreement:
    """Compare the brightness of cells, signed and seen; all arrays are (rows, columns)."""
    weight = _weigh(seen, inside)
    fitted = np.zeros_like(signed)
    fitted[inside] = _fit_tone(signed[inside], seen[inside], weight[inside])
    there, here, left = (list(_steps(field, inside)) for field in (signed, seen, seen - fitted))
    shown = [np.minimum(np.abs(step) / FULL_STEP, 1.0) for step in here]
    had = sum(float(w @ np.abs(step)) for w, step in zip(shown, there, strict=True))
    kept = sum(
        float(w @ np.abs(step - rest)) for w, step, rest in zip(shown, here, left, strict=True)
    )
    if had <= 0:
        return Agreement()
    limit = LARGEST_STEP * max(1.0, kept / had)
    shares = [_share(w, rest, step, limit) for w, rest, step in zip(shown, left, here, strict=True)]
    levels = seen[inside]
    rest = levels - fitted[inside]
    shares.append(_share(weight[inside], rest - np.median(rest), levels - np.median(levels), limit))
    return Agreement(float(np.mean(shares)), kept / had)


def _steps(field: Floats, inside: Mask) -> Iterator[Floats]:
    """Give all steps across and down for each distance at which there are any."""
    for distance in DISTANCES:
        steps = [
            (turned[:, distance:] - turned[:, :-distance])[mask[:, distance:] & mask[:, :-distance]]
            for turned, mask in ((field, inside), (field.T, inside.T))
        ]
        both = np.concatenate(steps)
        if both.size:
            yield both


def _share(weight: Floats, rest: Floats, whole: Floats, limit: float) -> float:
    """Return how large what is left is, over how large it was."""
    size = float(weight @ np.minimum(np.abs(whole), limit))
    return float(weight @ np.minimum(np.abs(rest), limit)) / size if size > 0 else 1.0


def _weigh(seen: Floats, inside: Mask) -> Floats:
    """Return for each cell its largest step to a neighbour, in full steps, 1 at most."""
    found = np.zeros_like(seen)
    for turned, mask, into in ((seen, inside, found), (seen.T, inside.T, found.T)):
        step = np.abs(np.diff(turned, axis=1)) * (mask[:, 1:] & mask[:, :-1]) / FULL_STEP
        np.maximum(into[:, 1:], step, out=into[:, 1:])
        np.maximum(into[:, :-1], step, out=into[:, :-1])
    return np.minimum(found, 1.0)


def _fit_tone(signed: Floats, seen: Floats, weight: Floats) -> Floats:
    """Fit a rising tone curve to most cells, and return what it makes of the signed brightness.

    A curve of straight pieces is a sum of ramps, none of which may fall.
    """
    from scipy import optimize  # a tenth of a second, for comparisons alone

    knots = np.unique(np.quantile(signed, np.linspace(0, 1, KNOTS)))
    ramps = [np.clip(signed, low, high) - low for low, high in pairwise(knots.tolist())]
    ones = np.ones_like(signed)
    terms = np.stack((*ramps, ones, -ones), axis=1)
    trust = weight + FLOOR
    fitted = ones
    for _ in range(ROUNDS):
        root = np.sqrt(trust)
        try:
            factors, _ = optimize.nnls(terms * root[:, None], seen * root, maxiter=FITTING)
        except RuntimeError:  # it did not converge, so nothing is explained
            return np.full_like(seen, np.median(seen))
        fitted = terms @ factors
        error = np.abs(seen - fitted)
        usual = max(SLACK, 1.5 * float(np.median(error)))
        trust = (weight + FLOOR) / (1 + (error / usual) ** 2)
    return np.asarray(fitted)
