"""How strong the pilot must be to be found in a given picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from provenance.geometry import Geometry
from provenance.watermark import format as fmt
from provenance.watermark import pilot
from provenance.watermark.detection.spectrum import NEIGHBOURHOOD, Floats, shrunk, whiten
from provenance.watermark.plane import middle

WANTED_POWER = 60.0
"""Power of a line over the picture's own, untouched and on average: a quarter of the area leaves
15, JPEG 20 about 12, a crop to 300 x 300 pixels 5."""
SURVEYED_PIXELS = 130_000
"""Pixels of a picture's middle that its own power is measured in, once it is shrunk as the detector
shrinks it."""
MIN_SHARE, USUAL_SHARE, MAX_SHARE = 0.06, 0.2, 0.35
"""Bounds on the pilot's share of the mark's energy, and the most that it gets where it needs no
more than the whole. The pilot shows more than the payload: 0.1 to 0.35 with power 100 cost 1.5 to 2
points of SSIMULACRA2 and 1 dB of the payload, for 3 of 126 hard copies (ADR 0029)."""
BUSY_POWER = 0.3
"""Power with which the usual share grows where the pilot would need more than all of the energy:
busy pictures, which hide it, and in whose parts it is lost first."""


def required_energy(picture: Floats, gain: float, geometry: Geometry, key: bytes | None) -> float:
    """Variance, in grey levels squared, of a pilot that stands out of a picture as wanted.

    All lines are equally strong. Their sum counts, so helping the lines that lie in the picture's
    own detail costs more than it gives (docs/adr/0002).

    Parameters
    ----------
    picture : float32 array, shape (height, width)
        Luma of the unmarked picture.
    gain : float
        Amplitude that a line of one grey level adds to the whitened picture.
    """
    small = shrunk(picture)
    part = small[middle(small.shape[1], small.shape[0], SURVEYED_PIXELS)]
    zoom = small.shape[1] / picture.shape[1], small.shape[0] / picture.shape[0]
    frequency = pilot.lines(key) / (fmt.TILE * geometry.scale * np.array(zoom))
    noise = _noise(part, frequency) * small.size / part.size
    per_line = WANTED_POWER * noise / (gain * small.size / 2) ** 2
    return float(len(frequency) * per_line / 2)


def _noise(picture: Floats, frequency: NDArray[np.float64]) -> float:
    """Mean power of a picture, whitened, around frequencies in cycles per pixel."""
    height, width = (fft.next_fast_len(side, real=True) for side in picture.shape)
    value = fft.rfft2(whiten(picture), (height, width))
    near = np.arange(NEIGHBOURHOOD) - NEIGHBOURHOOD // 2
    x = np.rint(frequency[:, 0] * width).astype(int)[:, None, None] + near
    y = np.rint(frequency[:, 1] * height).astype(int)[:, None, None] + near[:, None]
    around = value[y % height, np.clip(x, 0, value.shape[1] - 1)]
    return float((around.real**2 + around.imag**2).mean(dtype=np.float64))


def choose_share(energy: float, strength: float) -> float:
    """Choose the pilot's share of the energy of a mark of this standard deviation."""
    needed = energy / strength**2
    most = min(USUAL_SHARE * max(needed, 1.0) ** BUSY_POWER, MAX_SHARE)
    return float(np.clip(needed, MIN_SHARE, most))
