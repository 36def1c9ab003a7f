"""The frozen directory files: read or refused, and who a number is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from provenance.certificates import load_pem_chain
from provenance.directory import Directory, fold_name
from provenance.errors import DirectoryError

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
GIVEN = json.loads((VECTORS / "directory" / "directory.json").read_text("ascii"))
TEXTS = {case["name"]: case["file"] for case in GIVEN["files"]}


def load(folder: Path, *names: str) -> Directory:
    paths = []
    for number, name in enumerate(names):
        paths.append(folder / f"{number}.json")
        paths[-1].write_text(TEXTS[name], "utf-8")
    official, vetting = (
        [each for name in GIVEN[kind] for each in load_pem_chain(GIVEN["anchors"][name].encode())]
        for kind in ("directory_anchors", "name_anchors")
    )
    return Directory.load(paths, official, vetting)


@pytest.mark.parametrize("case", GIVEN["files"], ids=lambda case: case["name"])
def test_file(case: dict[str, Any], tmp_path: Path) -> None:
    expected = case["expected"]
    if not expected["read"]:
        with pytest.raises(DirectoryError):
            load(tmp_path, case["name"])
        return
    (edition,) = load(tmp_path, case["name"]).editions
    assert edition.standing.name.lower() == expected["standing"]
    assert edition.signer_sha256 == expected["signer_sha256"]
    assert [[each.number, each.name] for each in edition.producers] == expected["entries"]


@pytest.mark.parametrize("case", GIVEN["together"], ids=lambda case: case["name"])
def test_together(case: dict[str, Any], tmp_path: Path) -> None:
    expected = case["expected"]
    if not expected["usable"]:
        with pytest.raises(DirectoryError):
            load(tmp_path, *case["files"])
        return
    directory = load(tmp_path, *case["files"])
    for each in expected["counting"]:
        found = directory.find_listings(each["number"])
        assert sorted(listing.entry.name for listing in found) == each["names"]
    for each in expected["named"]:
        producer = directory.producer(each["number"])
        assert (producer.name if producer else None) == each["name"]


@pytest.mark.parametrize("case", GIVEN["names"], ids=lambda case: case["one"])
def test_names(case: dict[str, Any]) -> None:
    assert (fold_name(case["one"]) == fold_name(case["other"])) == case["equal"]
