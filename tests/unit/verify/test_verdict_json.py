"""The JSON contract: every key always there, in every state and for a failure."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from provenance.errors import CorruptImageError
from provenance.verify import Evidence, State, decide, write_failure

Build = Callable[..., Evidence]

KEYS = [
    *("schema", "input", "sha256", "depth", "state", "origin"),
    *("history", "summary", "freshness", "lists", "film", "evidence", "error"),
]
ORIGIN_KEYS = [
    "producer",
    "model",
    "model_version",
    "created",
    "recorded",
    "time_basis",
    "source_type",
    "match",
    "stamp_id",
]
FINDING_KEYS = ["layer", "finding", "says", "codes", "region", "false_positive_probability"]
LAYERS = {"manifest", "watermark", "fingerprint", "registry"}


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (("A", "A", "A", "near"), State.ATTRIBUTED),
        (("T", "A", "A", "near"), State.CONFLICT),
        (("T changed",), State.TAMPERED),
        (("X untrusted", "A", "none"), State.CLAIMED),
        (("-", "-", "-", "-", "yes"), State.SIMILAR),
        (("remote",), State.NONE),
    ],
)
def test_every_key_is_there(words: tuple[str, ...], state: State, build: Build) -> None:
    found = json.loads(json.dumps(decide(build(*words)).to_json_dict("picture.png")))
    assert list(found) == KEYS
    assert found["schema"] == "provenance.verdict/1"
    assert (found["input"], found["state"], found["error"]) == ("picture.png", state, None)
    assert (found["origin"] is not None) == (state is State.ATTRIBUTED)
    assert found["evidence"]
    for finding in found["evidence"]:
        assert list(finding) == FINDING_KEYS
        assert finding["layer"] in LAYERS


def test_origin(build: Build) -> None:
    found = decide(build("-", "A", "A", "near")).to_json_dict()
    assert list(found["origin"]) == ORIGIN_KEYS
    assert found["origin"] == {
        "producer": "Producer A",
        "model": "example-diffusion",
        "model_version": "3",
        "created": "2026-11-01T12:00:42Z",
        "recorded": "2026-11-01T12:00:43Z",
        "time_basis": "stated",
        "source_type": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
        "match": "derived",
        "stamp_id": "000000000000000000000007",
    }


def test_region(build: Build) -> None:
    watermark = decide(build("-", "A part", "A", "near")).to_json_dict()["evidence"][0]
    assert watermark["region"] == {
        "corners": [[0, 0], [100, 0], [100, 40.0], [0, 40.0]],
        "coverage": 0.4,
    }
    assert watermark["false_positive_probability"] == 1e-12


def test_failure_has_every_key() -> None:
    found = write_failure(CorruptImageError("it ends early"), "picture.png")
    assert list(found) == KEYS
    assert found["state"] is None
    assert found["evidence"] == []
    assert found["error"] == {"code": "input.corrupt", "message": "it ends early"}
