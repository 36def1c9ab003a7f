"""How strong the pilot must be to be found in a given picture."""

from __future__ import annotations

import numpy as np

from provenance.geometry import Geometry
from provenance.watermark import format as fmt
from provenance.watermark import pilot
from provenance.watermark.detection.spectrum import Spectrum

WANTED_POWER = 100.0
"""Average power of a line over the picture's own, before any handling. A quarter of the area leaves
25 of it, JPEG 20 about 20, a crop to 300 x 300 pixels 9."""
MIN_SHARE, MAX_SHARE = 0.1, 0.35
"""Bounds on the pilot's share of the mark's energy. With less, strong codecs destroy the pilot
where the payload could still be read; with more, too little is left for the payload of textured
pictures. The pilot shows more than the payload: 0.2 and 0.4, with power 130, cost 0.6 points of
SSIMULACRA2."""


def required_energy(
    spectrum: Spectrum, gain: float, geometry: Geometry, key: bytes | None
) -> float:
    """Compute the variance, in grey levels squared, of a pilot that stands out as wanted.

    All lines are equally strong. Their sum counts, so helping the lines that lie in the picture's
    own detail costs more than it gives (docs/adr/0002).

    Parameters
    ----------
    spectrum : Spectrum
        Of the unmarked picture.
    gain : float
        Amplitude that a line of one grey level adds to the whitened picture.
    """
    frequency = pilot.lines(key) / (fmt.TILE * geometry.scale * np.array(spectrum.zoom))
    x = np.rint(frequency[:, 0] * spectrum.width).astype(int)
    y = np.rint(frequency[:, 1] * spectrum.height).astype(int) % spectrum.height
    x = np.minimum(x, spectrum.noise.shape[1] - 1)
    noise = spectrum.noise[y, x].astype(np.float64)
    per_line = WANTED_POWER * noise.mean() / (gain * spectrum.rows * spectrum.columns / 2) ** 2
    return float(len(noise) * per_line / 2)


def choose_share(energy: float, strength: float) -> float:
    """Choose the pilot's share of the energy of a mark of this standard deviation."""
    return float(np.clip(energy / strength**2, MIN_SHARE, MAX_SHARE))
