"""The pilot's strength: so much that it can be found in this picture, not more."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from provenance.geometry import Geometry
from provenance.watermark import pilot
from provenance.watermark.detection.spectrum import NOISE_FLOOR, spectrum
from provenance.watermark.embedding import pilot_power

HERE = Geometry(1.0, 0, 0, 1.0)
KEY = b"k" * 32


def noise(deviation: float) -> NDArray[np.float32]:
    drawn = np.random.default_rng(1).normal(128, deviation, (512, 512))
    return drawn.astype(np.float32)


@pytest.mark.parametrize("key", [None, KEY])
def test_what_the_whitening_amplifies_needs_less(key: bytes | None) -> None:
    weak, strong = (pilot_power.required_energy(noise(20), g, HERE, key) for g in (0.01, 0.02))
    assert weak == pytest.approx(4 * strong)


def test_a_picture_that_is_loud_at_the_lines_needs_more() -> None:
    drawn = np.fft.rfft2(noise(20))
    y, x = np.fft.fftfreq(512)[:, None], np.fft.rfftfreq(512)[None]
    loud = np.fft.irfft2(drawn * np.where(np.hypot(x, y) < 50 / 256, 1, 0.1)).astype(np.float32)
    quiet = np.fft.irfft2(drawn * np.where(np.hypot(x, y) < 50 / 256, 0.1, 1)).astype(np.float32)
    needed = [pilot_power.required_energy(each, 0.01, HERE, None) for each in (quiet, loud)]
    assert needed[1] > 3 * needed[0]


def test_the_wanted_power_is_reached() -> None:
    """A pilot of the energy said stands out of white noise as far as wanted."""
    cover = noise(20)
    gain, unmarked = 1 / (20**2 + NOISE_FLOOR**2), spectrum(cover)
    energy = pilot_power.required_energy(cover, gain, HERE, None)
    y, x = np.indices(cover.shape) + 0.5
    waves = np.zeros(cover.shape)
    for (u, v), phase in zip(pilot.lines(None), pilot.phases(None), strict=True):
        waves += np.cos(2 * np.pi * ((u * x + v * y) / 256 + phase))
    found = spectrum((cover + waves * np.sqrt(2 * energy / 32)).astype(np.float32))
    rows, columns = (np.rint(pilot.lines(None)[:, n] / 256 * found.height) for n in (1, 0))
    at = rows.astype(int) % found.height, columns.astype(int)
    power = np.abs(found.value[at]) ** 2 / unmarked.noise[at]
    assert power.mean() == pytest.approx(pilot_power.WANTED_POWER, rel=0.3)


def test_the_share_is_that_of_the_energy_within_bounds() -> None:
    assert pilot_power.choose_share(0.15, 1.0) == pytest.approx(0.15)
    assert pilot_power.choose_share(0.3, 2**0.5) == pytest.approx(0.15)
    assert pilot_power.choose_share(0.7, 1.0) == pilot_power.USUAL_SHARE
    assert pilot_power.choose_share(2.0, 1.0) == pytest.approx(0.2 * 2**0.3)
    assert pilot_power.choose_share(100.0, 1.0) == pilot_power.MAX_SHARE
    assert pilot_power.choose_share(0.001, 1.0) == pilot_power.MIN_SHARE
