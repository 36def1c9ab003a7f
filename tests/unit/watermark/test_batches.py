"""Batches on a device, as far as they go without PyTorch: what is said where it is missing."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from provenance.errors import ConfigError
from provenance.watermark import detect_batch, embed_batch
from provenance.watermark.batches.planes import fits

MODULES = ("bits", "embedding", "lines", "looking", "pilots", "planes", "spectra", "tensors")


@pytest.fixture
def without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)


@pytest.mark.usefixtures("without_torch")
def test_what_is_missing_is_said_with_the_command_that_installs_it() -> None:
    batch = np.zeros((1, 128, 128, 3), np.uint8)
    for work in (lambda: embed_batch(batch, [bytes(12)]), lambda: detect_batch(batch)):
        with pytest.raises(ConfigError, match=r"needs torch: pip install 'torch>=[\d.]+'\.$"):
            work()


def test_nothing_imports_torch_before_it_is_used() -> None:
    names = ", ".join(f"provenance.watermark.batches.{each}" for each in MODULES)
    program = f"import sys; sys.modules['torch'] = None; import provenance.stamp, {names}"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("width", "height", "fit"),
    [(32, 32, True), (4096, 2048, True), (4096, 4096, False), (4097, 128, False)],
)
def test_pictures_that_fill_a_device_one_by_one_are_left_to_numpy(
    width: int, height: int, fit: bool
) -> None:
    assert fits(width, height) is fit
