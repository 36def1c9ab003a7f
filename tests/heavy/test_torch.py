"""Real tensors of PyTorch, as pipelines hand them over; the unit tests have a stand-in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import provenance as pv
from provenance.imaging import load_picture
from tests.cli.conftest import run_here

pytestmark = pytest.mark.heavy

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def torch() -> Any:
    import torch

    return torch


@pytest.fixture
def stamper(tmp_path: Path) -> pv.Stamper:
    assert run_here("init", tmp_path / "studio", "--producer", "Example AI").status == 0
    return pv.load_config(tmp_path / "studio" / "provenance.toml").stamper()


@pytest.mark.parametrize("kind", ["uint8", "float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("first", [True, False], ids=["channels first", "channels last"])
def test_each_kind_and_layout_is_the_same_picture(
    torch: Any, photograph: Pixels, kind: str, first: bool
) -> None:
    tensor = torch.from_numpy(photograph[:64, :80].copy())
    if kind != "uint8":
        tensor = (tensor.float() / 255).to(getattr(torch, kind))
    if first:
        tensor = tensor.permute(2, 0, 1)
    picture, _ = load_picture(tensor)
    coarse = 1 if kind == "bfloat16" else 0  # of 8 bits
    assert np.abs(picture.rgb.astype(int) - photograph[:64, :80]).max() <= coarse


def test_a_batch_with_gradients_is_stamped(
    torch: Any, photograph: Pixels, stamper: pv.Stamper
) -> None:
    one = torch.from_numpy(photograph).permute(2, 0, 1).float() / 255
    batch = torch.stack([one, one.flip(2)]).requires_grad_()
    stamped = list(pv.stamp_many(stamper, batch, model="m"))
    assert all(isinstance(each, pv.StampedImage) for each in stamped)
    ids = {each.record.stamp_id for each in stamped if isinstance(each, pv.StampedImage)}
    assert len(ids) == 2
