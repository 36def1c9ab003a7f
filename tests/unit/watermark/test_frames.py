"""One word from many frames, each too faint by itself; and nothing from frames without a mark."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from provenance import watermark
from provenance.errors import ImageTooSmallError, UnsupportedFormatError
from provenance.watermark.detection import significance
from provenance.watermark.detection.detector import count_attempts

PAYLOAD, LOCK = bytes(range(12)), b"key"
SIDE, FRAMES = 256, 16
NOISE = 75.0  # grey levels: alone, no frame can be read


def draw_frame(number: int) -> NDArray[np.uint8]:
    """A soft scene that moves by two pixels a frame."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    waves = np.sin((x + 2 * number) / 23) + np.sin((y + x / 2 + number) / 31)
    return np.asarray(np.clip(128 + 40 * waves, 0, 255), dtype=np.uint8)


@pytest.fixture(scope="module")
def marked() -> list[NDArray[np.uint8]]:
    mark, chance = watermark.MovingMark(PAYLOAD, lock=LOCK), np.random.default_rng(3)
    frames = []
    for number in range(FRAMES):
        luma = draw_frame(number)
        noisy = luma + mark.change(luma) + chance.normal(0, NOISE, luma.shape)
        frames.append(np.clip(np.rint(noisy), 0, 255).astype(np.uint8))
    return frames


def test_many_frames_say_what_none_says_alone(marked: list[NDArray[np.uint8]]) -> None:
    alone = (np.repeat(each[..., None], 3, axis=2) for each in marked[5::5])
    assert not any(watermark.detect(each) for each in alone)
    found = watermark.detect_frames(marked)
    assert found is not None
    assert found.word == PAYLOAD + LOCK
    assert found.false_positive_probability <= 1e-9
    assert found.region.coverage == 1


def test_every_sum_that_is_searched_is_counted(
    marked: list[NDArray[np.uint8]], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []

    def count(chance: float, attempts: int, words: float = significance.WORDS) -> float:
        counted.append(attempts)
        return significance.bound(chance, attempts * words)

    monkeypatch.setattr(significance, "false_positive_probability", count)
    watermark.detect_frames(marked)
    assert set(counted) == {watermark.MOST_VIEWS * count_attempts()}


def test_colours_do_as_well_as_luma(marked: list[NDArray[np.uint8]]) -> None:
    found = watermark.detect_frames([np.repeat(each[..., None], 3, axis=2) for each in marked])
    assert found is not None
    assert found.payload == PAYLOAD


def test_the_frames_that_carry_the_mark_are_named(marked: list[NDArray[np.uint8]]) -> None:
    chance = np.random.default_rng(4)
    others = [
        np.clip(draw_frame(at) + chance.normal(0, NOISE, (SIDE, SIDE)), 0, 255).astype(np.uint8)
        for at in range(FRAMES)
    ]
    found = watermark.search_frames([*others, *marked], (None,))
    assert found.outcomes[0].found is not None
    assert (found.first, found.last) == (FRAMES, 2 * FRAMES - 1)


def test_a_frame_that_is_worth_nothing_spoils_nothing(marked: list[NDArray[np.uint8]]) -> None:
    spoilt = [*marked, *(np.roll(each, 40, axis=1) for each in marked)]
    worths = [1.0] * len(marked) + [0.0] * len(marked)
    assert watermark.detect_frames(spoilt, worths=worths) is not None


def test_frames_without_a_mark_give_none() -> None:
    assert watermark.detect_frames([draw_frame(number) for number in range(4)]) is None


def test_a_mark_in_some_place_of_every_frame_is_found_in_one() -> None:
    chance = np.random.default_rng(5)
    rgb = np.clip(chance.normal(128, 20, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8)
    still = watermark.embed(rgb, PAYLOAD, lock=LOCK)
    frames = [np.roll(still, 11 * number, axis=1) for number in range(2)]
    found = watermark.detect_frames(frames)
    assert found is not None
    assert found.payload == PAYLOAD


@pytest.mark.parametrize("frames", [[], [draw_frame(0), draw_frame(0)[1:]]])
def test_frames_are_of_one_size(frames: list[NDArray[np.uint8]]) -> None:
    with pytest.raises(UnsupportedFormatError, match="one size"):
        watermark.detect_frames(frames)


def test_a_mark_is_steady(marked: list[NDArray[np.uint8]]) -> None:
    mark = watermark.MovingMark(PAYLOAD, lock=LOCK)
    changes = [mark.change(draw_frame(number)) for number in range(FRAMES)]
    steps = [float((b - a).std()) for a, b in pairwise(changes[5:])]
    assert max(steps) < 0.1 * float(changes[-1].std())
    assert len(marked) == FRAMES


def test_a_small_film_is_refused() -> None:
    with pytest.raises(ImageTooSmallError, match="100 x 100"):
        watermark.MovingMark(PAYLOAD).change(np.zeros((100, 100), np.uint8))
