from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bench.__main__ import measure
from bench.attacks import ATTACKS, BY_NAME, GROUPS, Attack
from bench.attacks.base import generator
from bench.pictures import choose, sources
from bench.rates import wilson
from bench.run import SWEPT, Options

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def small(photographs: Mapping[str, Pixels]) -> Pixels:
    picture = Image.fromarray(photographs["coffee"]).resize((150, 100))
    return np.asarray(picture)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_is_a_function_of_picture_and_names(attack: Attack, small: Pixels) -> None:
    before = small.copy()
    first, second = attack(small, "coffee"), attack(small, "coffee")
    assert first.dtype == np.uint8
    assert first.ndim == 3
    assert first.shape[2] == 3
    assert np.array_equal(first, second)
    assert np.array_equal(small, before)


def test_chance_differs_between_pictures(small: Pixels) -> None:
    noise = BY_NAME["noise 10"]
    assert not np.array_equal(noise(small, "coffee"), noise(small, "rocket"))


def test_chance_is_the_same_on_every_machine() -> None:
    assert generator("coffee", "noise 10").integers(0, 1000, 4).tolist() == [188, 175, 533, 203]


def test_names_are_told_apart() -> None:
    assert len(BY_NAME) == len(ATTACKS) + 1
    assert set(SWEPT) <= set(BY_NAME)
    assert {attack.group for attack in ATTACKS} == set(GROUPS)


def test_an_attack_knows_which_pixels_come_from_the_picture(small: Pixels) -> None:
    pasted = BY_NAME["on white of 2x"].shows(small.shape, "coffee")
    assert pasted.mean() == pytest.approx(0.25, abs=0.01)
    assert BY_NAME["crop to 50 %"].shows(small.shape, "coffee").all()
    assert BY_NAME["caption over 12 %"].shows(small.shape, "c").mean() == pytest.approx(0.88)


def test_pictures_that_anyone_has_come_at_the_size_asked_for() -> None:
    names = choose(512, None, ("scikit-image", "painted"))
    assert len(names) == 18
    for name in names[::6]:
        picture = sources()[name].load(512)
        assert min(picture.shape[:2]) == 512
        assert picture.dtype == np.uint8


def test_intervals_hold_the_rate() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(60, 60) == pytest.approx((0.9398, 1.0), abs=1e-4)
    assert wilson(30, 60) == pytest.approx((0.3774, 0.6226), abs=1e-4)


def test_from_one_picture_to_the_table(tmp_path: Path) -> None:
    options = Options(
        sides=(256,),
        pictures=1,
        origins=("scikit-image",),
        attacks=("JPEG 75", "on white of 2x", "mirrored"),
        unmarked=2,
        jobs=1,
    )
    measure(["robustness", "unmarked"], options, tmp_path)
    results = json.loads((tmp_path / "results.json").read_text())
    (row,) = results["robustness"]["rows"]
    assert row["attacks"]["untouched"]["read"]
    assert row["attacks"]["mirrored"]["read"]
    assert row["attacks"]["on white of 2x"]["region"]["true"] == pytest.approx(0.25, abs=0.01)
    assert not any(draw["claimed"] for draw in results["unmarked"]["rows"])
    table = (tmp_path / "table.md").read_text()
    assert "| **all attacks** | **" in table
    assert "1 scikit-image" in table
    assert "provenance | 0 of 2 |" in table
