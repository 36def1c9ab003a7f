"""Actors of Ray stamp into one registry: every picture has its record, and the log holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import provenance as pv
from tests.cli.conftest import run_here

pytestmark = pytest.mark.heavy

ACTORS, EACH = 2, 4


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    import ray

    ray.init(num_cpus=ACTORS, include_dashboard=False, log_to_driver=False)
    yield ray
    ray.shutdown()


def test_actors_share_a_registry(ray: Any, photograph: NDArray[np.uint8], tmp_path: Path) -> None:
    assert run_here("init", tmp_path / "studio", "--producer", "Example AI").status == 0
    config = str(tmp_path / "studio" / "provenance.toml")

    class Stamping:
        """An actor that keeps its stamper."""

        def __init__(self) -> None:
            self.stamper = pv.load_config(config).stamper()

        def stamp(self, pixels: NDArray[np.uint8]) -> bytes:
            return self.stamper.stamp(pixels, model="m").data

    actors = [ray.remote(Stamping).remote() for _ in range(ACTORS)]
    pictures = [np.roll(photograph, 7 * number, axis=1) for number in range(ACTORS * EACH)]
    asked = [actors[n % ACTORS].stamp.remote(each) for n, each in enumerate(pictures)]
    verifier = pv.load_config(config).verifier()
    found = [verifier.verify(data) for data in ray.get(asked)]
    assert {each.state for each in found} == {pv.State.ATTRIBUTED}
    assert len({each.origin.stamp_id for each in found if each.origin}) == len(pictures)
    assert run_here("registry", "audit", "--config", config).status == 0
