"""Find the pilot in a whole picture that was only resized: its tile begins at the corner.

So the phase of every line is known for each size that the picture may have had, and what the lines
say adds up straight: a pilot shows that is far too faint to be looked for at any place and turn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenance.geometry import Geometry
from provenance.watermark import format as fmt
from provenance.watermark import pilot
from provenance.watermark.detection.registration import (
    AMPLITUDE_CAP,
    Registration,
    measure_lines,
)
from provenance.watermark.detection.spectrum import Spectrum
from provenance.watermark.plane import layout

STEP = 0.0015
"""Step of the logarithm of the scale: the outer lines turn by half a radian from a picture's middle
to its corner, for pictures of 2.5 tiles."""
SHRUNK, ENLARGED = 8.0, 2.5
"""Factors up to which a picture may have been shrunk and enlarged: beyond, nothing is left of a
mark, or nobody does it."""


def find_resized(spectrum: Spectrum, size: tuple[int, int], key: bytes | None) -> Registration:
    """Find the scale at which the pilot of a mark at the picture's corner shows most.

    Parameters
    ----------
    spectrum : Spectrum
        Of the whole picture.
    size : (int, int)
        Width and height of that picture in pixels.
    key : bytes or None
        32 bytes of a private layer, or None for the public one.

    Returns
    -------
    Registration
        The best scale. Without a pilot its agreement is 2.5 to 3.5, as that of the best of some
        hundred numbers of deviation 1.
    """
    tried = predict(spectrum, size, key)
    value = measure_lines(spectrum, tried.frequency)
    value = value * np.minimum(1, AMPLITUDE_CAP / (np.abs(value) + 1e-30))
    agreeing = (value * np.exp(-1j * tried.phase)).real.sum(axis=1)
    agreeing /= np.sqrt((value != 0).sum(axis=1) / 2 + 1e-9)
    best = int(np.abs(agreeing).argmax())
    scale, agreement = float(tried.scale[best]), float(agreeing[best])
    geometry = Geometry(scale, 0.0, 0.0, scale, tile=fmt.TILE)
    return Registration(geometry, abs(agreement), inverted=agreement < 0, rigid=True)


@dataclass(frozen=True)
class Predicted:
    """Where the lines lie at each scale: pixels per mark unit, shape (scales,).

    ``frequency`` is in cycles per transformed pixel, shape (scales, lines, 2); ``phase``, shape
    (scales, lines), is that at the picture's middle, in radians.
    """

    scale: NDArray[np.float64]
    frequency: NDArray[np.float64]
    phase: NDArray[np.float64]


def predict(spectrum: Spectrum, size: tuple[int, int], key: bytes | None) -> Predicted:
    """Predict the lines of a picture of this width and height; only the frame's sizes count."""
    scale, lines = _scales(*size), pilot.lines(key)
    zoomed = fmt.TILE * scale[:, None, None] * np.array(spectrum.zoom)
    middle = np.array(spectrum.middle) / scale[:, None]
    phase = 2 * np.pi * (middle @ lines.T / fmt.TILE + pilot.phases(key))
    return Predicted(scale, lines / zoomed, phase)


def _scales(width: int, height: int) -> NDArray[np.float64]:
    """Pixels per mark unit that a mark may have in a picture of this size."""
    least, most = (
        layout(round(width * factor), round(height * factor)).scale / factor
        for factor in (SHRUNK, 1 / ENLARGED)
    )
    return np.asarray(np.exp(np.arange(math.log(least), math.log(most), STEP)))
