"""How strong each line of the pilot must be to be found in a given picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from provenance.types import Geometry
from provenance.watermark import format as fmt
from provenance.watermark import pilot
from provenance.watermark.spectrum import Spectrum

WANTED_POWER = 100.0
"""Power of a line over the picture's own, untouched: a quarter of the area leaves 25, JPEG 20 about
20, a crop to 300 x 300 pixels 9."""
MIN_SHARE, MAX_SHARE = 0.05, 0.35
"""Bounds on the pilot's share of the mark's energy: below, it fails where the payload still reads;
above, it starves the payload of textured pictures."""
EVENNESS = 0.5
"""How far dear lines are helped: 0 gives all the same amplitude, 1 all the same power over the
picture's."""


def amplitudes(
    spectrum: Spectrum, gain: float, geometry: Geometry, key: bytes | None
) -> NDArray[np.float64]:
    """Amplitude of each line in grey levels: float64, shape (lines,).

    Parameters
    ----------
    spectrum : Spectrum
        Of the unmarked picture.
    gain : float
        What a line of one grey level adds to the whitened picture, as an amplitude.
    """
    frequency = pilot.lines(key) / (fmt.TILE * geometry.scale * np.array(spectrum.zoom))
    x = np.rint(frequency[:, 0] * spectrum.width).astype(int)
    y = np.rint(frequency[:, 1] * spectrum.height).astype(int) % spectrum.height
    x = np.minimum(x, spectrum.noise.shape[1] - 1)
    noise = np.sqrt(spectrum.noise[y, x].astype(np.float64))
    needed = np.sqrt(WANTED_POWER) * noise / (gain * spectrum.rows * spectrum.columns / 2)
    typical = np.sqrt((needed**2).mean())
    return np.asarray(typical * (needed / typical) ** EVENNESS)


def share(lines: NDArray[np.float64], strength: float) -> float:
    """The pilot's share of the energy of a mark of this standard deviation, in grey levels."""
    return float(np.clip((lines**2).sum() / 2 / strength**2, MIN_SHARE, MAX_SHARE))
