"""How strong the pilot must be to be found in a given picture."""

from __future__ import annotations

from dataclasses import dataclass

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
    around = bins_around(frequency, part.shape)
    value = fft.rfft2(whiten(part), around.frame)[around.rows, around.columns]
    noise = float((value.real**2 + value.imag**2).mean(dtype=np.float64))
    return energy_over(noise * small.size / part.size, gain, small.size, len(frequency))


def energy_over(noise: float, gain: float, pixels: int, lines: int) -> float:
    """Variance of a pilot that stands out of this mean power of a picture's own as wanted."""
    per_line = WANTED_POWER * noise / (gain * pixels / 2) ** 2
    return float(lines * per_line / 2)


@dataclass(frozen=True)
class Bins:
    """Places in the half spectrum of a ``frame`` (height, width): int64, of shapes that match."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    frame: tuple[int, int]


def bins_around(frequency: NDArray[np.float64], shape: tuple[int, ...]) -> Bins:
    """The bins around frequencies in cycles per pixel, for a picture of this shape."""
    height, width = (fft.next_fast_len(side, real=True) for side in shape)
    near = np.arange(NEIGHBOURHOOD) - NEIGHBOURHOOD // 2
    x = np.rint(frequency[:, 0] * width).astype(int)[:, None, None] + near
    y = np.rint(frequency[:, 1] * height).astype(int)[:, None, None] + near[:, None]
    return Bins(y % height, np.clip(x, 0, width // 2), (height, width))


def choose_share(energy: float, strength: float) -> float:
    """Choose the pilot's share of the energy of a mark of this standard deviation."""
    needed = energy / strength**2
    most = min(USUAL_SHARE * max(needed, 1.0) ** BUSY_POWER, MAX_SHARE)
    return float(np.clip(needed, MIN_SHARE, most))
