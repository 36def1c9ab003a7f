"""The pilot's strength: each line so strong that it can be found in this picture, not stronger."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from provenance.types import Geometry
from provenance.watermark import pilot, pilotpower
from provenance.watermark.spectrum import spectrum

HERE = Geometry(1.0, 0, 0, 1.0)
KEY = b"k" * 32


def noise(deviation: float) -> NDArray[np.float32]:
    drawn = np.random.default_rng(1).normal(128, deviation, (512, 512))
    return drawn.astype(np.float32)


@pytest.mark.parametrize("key", [None, KEY])
def test_every_line_has_an_amplitude(key: bytes | None) -> None:
    found = pilotpower.amplitudes(spectrum(noise(20)), 0.01, HERE, key)
    assert found.shape == (32,)
    assert (found > 0).all()


def test_what_the_whitening_amplifies_needs_less() -> None:
    lines = [pilotpower.amplitudes(spectrum(noise(20)), gain, HERE, None) for gain in (0.01, 0.02)]
    assert lines[0] == pytest.approx(2 * lines[1])


def test_lines_lost_in_the_picture_are_helped() -> None:
    """A picture that is loud at some lines only: those get more, but not in proportion."""
    low = np.hypot(*pilot.lines(None).T) < 25
    drawn = np.fft.rfft2(noise(20))
    y, x = np.fft.fftfreq(512)[:, None], np.fft.rfftfreq(512)[None]
    loud = np.fft.irfft2(drawn * np.where(np.hypot(x, y) < 25 / 256, 6, 1)).astype(np.float32)
    found = pilotpower.amplitudes(spectrum(loud), 0.01, HERE, None)
    ratio = found[low].mean() / found[~low].mean()
    assert 1.3 < ratio < 6


def test_the_share_is_that_of_the_energy_within_bounds() -> None:
    lines = np.full(32, 0.1)  # energy 32 * 0.1**2 / 2 = 0.16
    assert pilotpower.share(lines, 1.0) == pytest.approx(0.16)
    assert pilotpower.share(lines, 2**0.5) == pytest.approx(0.08)
    assert pilotpower.share(lines * 100, 1.0) == pilotpower.MAX_SHARE
    assert pilotpower.share(lines / 100, 1.0) == pilotpower.MIN_SHARE
