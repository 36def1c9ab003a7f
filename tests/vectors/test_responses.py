"""The frozen requests and responses: read or refused, with which fault, and what they say."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from provenance.certificates import describe, load_pem_chain
from provenance.directory import Directory
from provenance.errors import RequestError, ResponseError
from provenance.response import Checked, Outcome, check, check_all, read_request, read_response

VECTORS = Path(__file__).resolve().parents[2] / "vectors"


def load(name: str) -> Any:
    return json.loads((VECTORS / "response" / name).read_text("ascii"))


REQUESTS, RESPONSES, SEVERAL = load("request.json"), load("response.json"), load("several.json")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The directory files by name."""
    folder = tmp_path_factory.mktemp("directories")
    given = {**RESPONSES["directories"], "alone": SEVERAL["directory"]}
    paths = {name: folder / f"{number}.json" for number, name in enumerate(given)}
    for name, path in paths.items():
        path.write_text(given[name], "utf-8")
    return paths


@pytest.mark.parametrize("case", REQUESTS["cases"], ids=lambda case: case["name"])
def test_request(case: dict[str, Any]) -> None:
    expected = case["expected"]
    if not expected["read"]:
        with pytest.raises(RequestError):
            read_request(case["file"].encode())
        return
    request = read_request(case["file"].encode())
    assert request.sealed is not None
    assert (request.part.value, request.sha256) == (expected["part"], expected["sha256"])
    assert request.sealed.holds == expected["holds"]


@pytest.mark.parametrize("case", RESPONSES["cases"], ids=lambda case: case["name"])
def test_response(case: dict[str, Any], files: dict[str, Path]) -> None:
    expected, data = case["expected"], case["file"].encode()
    if not expected["read"]:
        with pytest.raises(ResponseError):
            read_response(data)
        return
    anchors = [
        each for pem in RESPONSES["directory_anchors"] for each in load_pem_chain(pem.encode())
    ]
    directory = Directory.load([files[name] for name in case["directories"]], anchors)
    found = check(read_response(data), directory, datetime.fromisoformat(RESPONSES["now"]))
    response = found.response
    assert found.fault == expected["fault"]
    assert (str(response.stamp_id), response.outcome.value) == (
        expected["stamp_id"],
        expected["outcome"],
    )
    assert response.sha256 == expected["sha256"]
    assert response.as_of == datetime.fromisoformat(expected["as_of"])
    assert (found.name or None) == expected["producer"]
    assert (found.signer_sha256 or None) == expected["signer_sha256"]


@pytest.mark.parametrize("case", SEVERAL["cases"], ids=lambda case: case["name"])
def test_several(case: dict[str, Any], files: dict[str, Path]) -> None:
    responses = [read_response(each.encode()) for each in case["files"]]
    directory = Directory.load([files["alone"]])
    found = check_all(responses, directory, datetime.fromisoformat(SEVERAL["now"]))
    assert [each.fault for each in found] == case["faults"]
    assert say(found) == case["status"]


def say(checked: tuple[Checked, ...]) -> dict[str, Any]:
    """What responses say of revocation, as docs/proof-format.md has it."""
    signer = describe(load_pem_chain(SEVERAL["signer"].encode()))
    good = [each.response for each in checked if each.fault is None and each.covers(signer)]
    gone = [each.withdrawn.revocation for each in good if each.withdrawn]
    heard = [each.as_of for each in good if each.outcome is Outcome.FOUND]
    if gone:
        return {
            "revocation": "revoked",
            "as_of": spell(gone[0].revoked),
            "since": spell(gone[0].since),
        }
    word = "not_revoked" if heard else "unchecked"
    return {"revocation": word, "as_of": spell(max(heard, default=None)), "since": None}


def spell(time: datetime | None) -> str | None:
    return time.isoformat(timespec="microseconds").replace("+00:00", "Z") if time else None
