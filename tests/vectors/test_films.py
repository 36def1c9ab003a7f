"""Which frames of a film are looked at, and their sum, as the vectors say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenance.films.opening import Packet
from provenance.films.shots import choose, count_shots
from provenance.watermark.detection.stacking import Stack

FOLDER = Path(__file__).resolve().parents[2] / "vectors" / "film"


def cases(name: str) -> list[Any]:
    found: list[Any] = json.loads((FOLDER / name).read_text("ascii"))["cases"]
    return [pytest.param(case, id=case["name"]) for case in found]


@pytest.mark.parametrize("case", cases("choice.json"))
def test_the_frames_that_are_looked_at(case: dict[str, Any]) -> None:
    packets = [Packet(n, int(size), n == 0) for n, size in enumerate(case["bytes"].split())]
    count = count_shots(case["seconds"], case["width"] * case["height"])
    assert count == case["count"]
    chosen = [packet.pts for packet in choose(packets, count)]
    assert chosen == [int(number) for number in case["expected"].split()]


@pytest.mark.parametrize("case", cases("sum.json"))
def test_a_sum_of_frames(case: dict[str, Any]) -> None:
    def read(text: str) -> Any:
        return np.frombuffer(bytes.fromhex(text), np.uint8).reshape(case["height"], case["width"])

    most = max(case["worths"])
    pairs = zip(case["frames"], case["worths"], strict=True)
    first, *rest = (Stack.of(read(frame), worth / most) for frame, worth in pairs)
    for each in rest:
        first += each
    assert np.array_equal(first.picture[..., 0], read(case["expected"]))
