"""Whether the pilot is there: a cheap look at a plane before anything is decoded from it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy import fft, ndimage

from provenance.watermark import pilot
from provenance.watermark.carrier import SAMPLES
from provenance.watermark.plane import Plane, fold

FLOOR = 3.0
"""Grey levels added to the local deviation, so that flat areas do not outweigh the rest."""
MEAN_SIDE, VARIANCE_SIDE = 5, 7
"""Sides, in samples, of the neighbourhoods that mean and variance are taken over."""
NOISE_SIDE = 5
"""Side, in bins, of the neighbourhood of a line whose mean power is its noise."""
AMPLITUDE_CAP = 4.0
"""Most, in deviations of noise, that one line may say for or against."""


def flatten(plane: Plane) -> Plane:
    """Divide detail by its local variance, so that the picture's own structure weighs less."""
    detail = plane.samples - ndimage.uniform_filter(plane.samples, MEAN_SIDE)
    variance = ndimage.uniform_filter(detail * detail, VARIANCE_SIDE)
    return replace(plane, samples=detail / (variance + np.float32(FLOOR**2)))


def presence(flat: Plane, key: bytes | None) -> float:
    """Measure how well the lines' phases agree with the format's, in standard deviations of noise.

    It is standard normal where there is no pilot, whatever the picture, and 15 to 23 where there is
    one and the picture was hardly changed.

    Parameters
    ----------
    flat : Plane
        From ``flatten``.
    key : bytes or None
        32 bytes of a private layer, or None for the public one.
    """
    folded = fold(flat.samples[None], SAMPLES, flat.row, flat.column)[0]
    spectrum = fft.rfft2(folded)
    power = spectrum.real**2 + spectrum.imag**2
    noise = ndimage.uniform_filter(power, NOISE_SIDE, mode="wrap") + np.finfo(np.float32).tiny
    u, v = pilot.lines(key).T
    expected = np.exp(-2j * np.pi * pilot.sample_phases(key))
    seen = spectrum[v, u] / np.sqrt(noise[v, u] / 2) * expected
    return float(np.clip(seen.real, -AMPLITUDE_CAP, AMPLITUDE_CAP).sum() / math.sqrt(len(u)))
