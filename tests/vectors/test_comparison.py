"""Lattice fingerprints held against pictures: this library gives the frozen outcomes."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from provenance.fingerprint import LatticeFingerprint, compare
from provenance.fingerprint.agreement import agree
from provenance.fingerprint.cells import measure
from provenance.fingerprint.offsets import correlate
from provenance.geometry import Geometry

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
TILE = 256


def load(name: str) -> Any:
    return json.loads((VECTORS / "fingerprint" / name).read_text("ascii"))


CELLS, TONE, COMPARE = (load(f"{name}.json") for name in ("cells", "tone", "compare"))


def read(file: str, part: list[int] | None) -> Any:
    with Image.open(VECTORS / "pictures" / file) as image:
        left, top, right, bottom = part or (0, 0, *image.size)
        return np.asarray(image.convert("L"), int)[top:bottom, left:right]


def suspect(stated: dict[str, Any]) -> tuple[Any, Geometry]:
    """Make a suspect as docs/fingerprints.md says."""
    part = stated.get("part")
    samples = read(stated["file"], part)
    if stated.get("negative"):
        samples = 255 - samples
    if mixed := stated.get("mixed"):
        share = mixed["of_256"]
        samples = (share * samples + (256 - share) * read(mixed["with"], part)) // 256
    if tone := stated.get("tone"):
        samples = samples * tone[0] // tone[1] + tone[2]
    if covered := stated.get("covered"):
        left, top, right, bottom = covered
        samples = samples.copy()
        samples[top:bottom, left:right] = 0
    (xx, xy, x0), (yx, yy, y0), (pu, pv, _) = stated["matrix"]
    rgb = np.stack([samples.astype(np.uint8)] * 3, axis=2)
    return rgb, Geometry(xx, xy, yx, yy, x0, y0, TILE, pu, pv)


def reference(name: str) -> LatticeFingerprint:
    made = LatticeFingerprint.unpack(bytes.fromhex(COMPARE["references"][name]))
    assert made is not None
    return made


@pytest.mark.parametrize("case", CELLS["cases"], ids=lambda case: case["name"])
def test_cells(case: dict[str, Any]) -> None:
    rgb, geometry = suspect(case["suspect"])
    found, expected = measure(rgb, geometry, case["side"]), case["expected"]
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert (found.row, found.column) == (expected["row"], expected["column"])
    means = np.array(expected["means"], float)  # null becomes NaN
    assert (~np.isnan(means) == found.inside).all()
    assert np.abs(means - found.means)[found.inside].max() < 0.01


@pytest.mark.parametrize("case", TONE["cases"], ids=lambda case: case["name"])
def test_tone(case: dict[str, Any]) -> None:
    inside = np.array([[each == "1" for each in row] for row in case["inside"]])
    found = agree(np.array(case["signed"]), np.array(case["seen"]), inside)
    assert found.unexplained == pytest.approx(case["expected"]["unexplained"], abs=1e-3)
    assert found.contrast == pytest.approx(case["expected"]["contrast"], abs=1e-3)


@pytest.mark.parametrize("case", COMPARE["cases"], ids=lambda case: case["name"])
def test_comparison(case: dict[str, Any]) -> None:
    found = compare(reference(case["reference"]), *suspect(case["suspect"]))
    expected = case["expected"]
    assert found.result == expected["result"]
    assert (found.offsets, list(found.box)) == (expected["offsets"], expected["box"])
    assert found.bits == pytest.approx(expected["bits"], abs=1)
    for name in ("bit_error_rate", "share", "unexplained"):
        assert getattr(found, name) == pytest.approx(expected[name], abs=0.005)
    stated = math.log(expected["error_rate"])
    assert math.log(found.error_rate) == pytest.approx(stated, rel=0.01, abs=1e-6)


def test_every_offset() -> None:
    case = next(case for case in COMPARE["cases"] if case["name"] == "half")
    rgb, geometry = suspect(case["suspect"])
    signed = reference("half")
    cells = measure(rgb, geometry, signed.side)
    assert cells is not None
    found = correlate(signed, cells, TILE // signed.side)
    frozen = COMPARE["offsets_of_half"]
    assert found.places.tolist() == [each["place"] for each in frozen]
    for name in ("weight", "agreement"):
        assert getattr(found, name) == pytest.approx([each[name] for each in frozen], abs=0.05)
    assert found.evidence == pytest.approx([x["evidence"] for x in frozen], rel=0.01, abs=0.05)
    logs = [math.log(each["chance"]) for each in frozen]
    assert np.log(found.chance) == pytest.approx(logs, rel=0.01, abs=1e-3)
