"""The whitened spectrum: a faint line stands out, flat and large pictures do no harm."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from provenance.watermark.detection.spectrum import MAX_PIXELS, Spectrum, spectrum, whiten


def wave(rows: int, columns: int, up: int, across: int) -> NDArray[np.float32]:
    """A sinusoid of one grey level with so many periods over the picture."""
    y, x = np.indices((rows, columns))
    turns = across * x / columns + up * y / rows
    return np.cos(2 * np.pi * turns).astype(np.float32)


def at(found: Spectrum, up: float, across: float) -> tuple[int, int]:
    """The bin of a frequency in cycles per pixel."""
    return round(up * found.height) % found.height, round(across * found.width)


@pytest.mark.parametrize(("up", "across"), [(30, 70), (-41, 60), (90, 5)])
def test_a_faint_line_is_a_peak_at_its_frequency(up: int, across: int) -> None:
    noise = np.random.default_rng(1).normal(128, 20, (400, 520)).astype(np.float32)
    found = spectrum(noise + 3 * wave(400, 520, up, across))
    assert found.value.shape == found.power.shape == found.noise.shape
    assert found.value.shape == (found.height, found.width // 2 + 1)
    assert found.value.dtype == np.complex64
    row, column = np.unravel_index(int(found.power.argmax()), found.power.shape)
    expected = at(found, up / 400, across / 520)
    assert (int(row), int(column)) == expected
    assert found.power[expected] > 15
    assert float(np.median(found.power)) == pytest.approx(np.log(2), rel=0.15)  # as for white noise


def test_a_line_on_a_strong_background_still_stands_out(photograph: NDArray[np.uint8]) -> None:
    picture = photograph.mean(axis=2).astype(np.float32)
    before, after = spectrum(picture), spectrum(picture + wave(512, 512, 60, 80))
    place = at(before, 60 / 512, 80 / 512)
    assert before.power[place] < 8
    assert after.power[place] > 15


def test_large_pictures_are_shrunk() -> None:
    rows, columns = 700, 4001
    found = spectrum(np.random.default_rng(1).normal(128, 20, (rows, columns)).astype(np.float32))
    assert found.zoom == (found.columns / columns, found.rows / rows)
    assert found.zoom[0] * found.zoom[1] * rows * columns == pytest.approx(MAX_PIXELS, rel=0.01)
    assert found.zoom[0] == pytest.approx(found.zoom[1], rel=0.01)
    assert found.value.size < 2 * MAX_PIXELS  # half a spectrum, and some padding
    assert spectrum(np.zeros((100, 90), np.float32)).zoom == (1.0, 1.0)


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("size", [(33, 32), (200, 300)])
def test_a_constant_picture_has_no_lines(size: tuple[int, int], level: int) -> None:
    found = spectrum(np.full(size, level, np.float32))
    assert np.isfinite(found.power).all()
    assert np.isfinite(found.noise).all()
    assert float(found.noise.max()) < 1e-6


def test_whitening_makes_quiet_and_loud_halves_alike() -> None:
    noise = np.random.default_rng(1).normal(0, 1, (128, 256)).astype(np.float32)
    noise[:, :128] *= 10
    noise[:, 128:] *= 40
    left, right = whiten(noise)[:, :120].std(), whiten(noise)[:, 136:].std()
    assert left / right == pytest.approx(
        4, rel=0.2
    )  # detail over variance: as a matched filter weighs


def test_whitening_ignores_brightness() -> None:
    noise = np.random.default_rng(1).normal(100, 10, (64, 64)).astype(np.float32)
    assert np.abs(whiten(noise + 50) - whiten(noise)).max() < 1e-3
