"""SSIMULACRA2 has a figure only where the package agrees with the original."""

from __future__ import annotations

import math
import sys
from types import ModuleType

import numpy as np
import pytest

from bench.quality import LEAST_SIDE, score


@pytest.mark.parametrize(("side", "measured"), [(LEAST_SIDE, True), (LEAST_SIDE - 1, False)])
@pytest.mark.parametrize("upright", [True, False])
def test_small_pictures_have_no_figure(
    side: int, measured: bool, upright: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = ModuleType("ssimulacra2")
    vars(package)["compute_ssimulacra2"] = lambda _before, _after: 87.5
    monkeypatch.setitem(sys.modules, "ssimulacra2", package)
    shape = (300, side, 3) if upright else (side, 300, 3)
    found = score(np.zeros(shape, np.uint8), np.ones(shape, np.uint8))
    assert found == 87.5 if measured else math.isnan(found)
