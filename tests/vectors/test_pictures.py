"""Marked pictures and the index of all vectors, as the second implementation reads them too."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from PIL import Image

from provenance import watermark
from provenance.geometry import Region

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
NEAR = 1.0
"""Mark units that a place may be off."""
SHARE = 0.12
"""Share of the picture that the region may be off."""


def load(name: str) -> Any:
    return json.loads((VECTORS / name).read_text("utf-8"))


PICTURES = load("pictures/pictures.json")["cases"] + load("pictures/private.json")["cases"]
INDEX = load("index.json")["vectors"]


def unmap(matrix: Any, points: Any) -> Any:
    """Return the mark's coordinates of places in the picture."""
    back = np.linalg.solve(np.array(matrix, float), np.array([(*p, 1) for p in points], float).T)
    return (back[:2] / back[2]).T


@pytest.mark.parametrize("case", PICTURES, ids=[case["name"] for case in PICTURES])
def test_picture(case: dict[str, Any]) -> None:
    path = VECTORS / "pictures" / case["file"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == case["sha256"]
    with Image.open(path) as image:
        assert image.size == (case["width"], case["height"])
        rgb = np.ascontiguousarray(image.convert("RGB"))
    key = bytes.fromhex(case["key"])
    found = watermark.detect(rgb, key if any(key) else None)
    expected = case["expected"]
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert (found.payload.hex(), found.lock.hex()) == (expected["payload"], expected["lock"])
    assert found.inverted == expected["inverted"]
    off = unmap(found.geometry.matrix, expected["corners"]) - unmap(
        expected["matrix"], expected["corners"]
    )
    tiles = 256 * np.round(off.mean(axis=0) / 256)
    assert np.hypot(*(off - tiles).T).max() < NEAR
    whole = Region(((0, 0), (rgb.shape[1], 0), rgb.shape[1::-1], (0, rgb.shape[0])), 1.0)
    marked = Region(tuple(map(tuple, expected["corners"])), 0.0)
    share = whole.overlap(marked) * min(whole.area, marked.area) / whole.area
    assert abs(found.region.coverage - share) < SHARE


@pytest.mark.parametrize("entry", INDEX, ids=[entry["file"] for entry in INDEX])
def test_every_file_is_what_the_index_says(entry: dict[str, Any]) -> None:
    data = (VECTORS / entry["file"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == entry["sha256"]
    document = json.loads(data)
    assert entry["origin"] == (document.get("origin") or document["source"])
    schema = load("schema.json")
    jsonschema.validate(document, schema["$defs"][entry["kind"]])


def test_the_index_names_every_file() -> None:
    schema = load("schema.json")
    jsonschema.validate(load("index.json"), schema)
    named = {entry["file"] for entry in INDEX} | {"index.json", "schema.json"}
    assert {path.relative_to(VECTORS).as_posix() for path in VECTORS.rglob("*.json")} == named
    assert set(schema["$defs"]) == {entry["kind"] for entry in INDEX}
