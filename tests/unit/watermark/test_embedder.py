"""The embedder: what it refuses, what it keeps, and how little it changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from provenance import watermark
from provenance.errors import (
    ImageTooFlatError,
    ImageTooSmallError,
    PayloadError,
    WatermarkKeyError,
)
from provenance.watermark.embedding import embedder
from provenance.watermark.embedding.embedder import SMALLEST_SIDE

PAYLOAD = b"twelve bytes"
LOCK = b"a 3"
KEY = b"k" * 32


def psnr(a: Any, b: Any) -> float:
    return float(10 * np.log10(255**2 / ((a.astype(float) - b.astype(float)) ** 2).mean()))


@pytest.mark.parametrize("size", [(SMALLEST_SIDE - 1, 400), (400, SMALLEST_SIDE - 1), (1, 1)])
def test_small_pictures_are_refused(photograph: NDArray[np.uint8], size: tuple[int, int]) -> None:
    with pytest.raises(ImageTooSmallError, match=rf"{size[1]} x {size[0]} pixels; .* 128"):
        watermark.embed(photograph[: size[0], : size[1]], PAYLOAD)


def test_the_smallest_pictures_are_marked(photograph: NDArray[np.uint8]) -> None:
    for part in (photograph[:128, :128], photograph[200:328], photograph[:, 300:428]):
        found = watermark.detect(watermark.embed(part, PAYLOAD))
        assert found is not None
        assert found.payload == PAYLOAD


def test_a_picture_without_room_for_change_is_refused() -> None:
    """Every pixel black or white at random: nothing that can be added stands out from that."""
    dots = np.random.default_rng(1).integers(0, 2, (256, 256, 1), dtype=np.uint8)
    with pytest.raises(ImageTooFlatError):
        watermark.embed((dots * 255).repeat(3, axis=2), PAYLOAD)


@pytest.mark.parametrize("colour", [(0, 0, 0), (128, 128, 128), (255, 255, 255), (255, 0, 0)])
@pytest.mark.parametrize("spot", [False, True])
def test_an_empty_page_is_marked(colour: tuple[int, int, int], spot: bool) -> None:
    page = np.empty((300, 400, 3), np.uint8)
    page[...] = colour
    if spot:
        page[150, 200] = 90
    marked = watermark.embed(page, PAYLOAD)
    found = watermark.detect(marked)
    assert found is not None
    assert found.payload == PAYLOAD
    assert int(np.abs(marked.astype(int) - page).max()) < 12


@pytest.mark.parametrize("length", [0, 11, 13])
def test_other_payloads_are_refused(photograph: NDArray[np.uint8], length: int) -> None:
    with pytest.raises(PayloadError):
        watermark.embed(photograph, bytes(length))


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_other_keys_are_refused(photograph: NDArray[np.uint8], length: int) -> None:
    with pytest.raises(WatermarkKeyError):
        watermark.embed(photograph, PAYLOAD, key=bytes(length))


def test_the_result_is_a_picture_of_the_same_shape(photograph: NDArray[np.uint8]) -> None:
    part = photograph[:200, :333]
    before = part.copy()
    marked = watermark.embed(part, PAYLOAD)
    assert marked.dtype == np.uint8
    assert marked.shape == part.shape
    assert (part == before).all()


def test_the_same_again_gives_the_same_pixels(photograph: NDArray[np.uint8]) -> None:
    again = watermark.embed(photograph.copy(), PAYLOAD, KEY, lock=LOCK)
    assert (watermark.embed(photograph, PAYLOAD, KEY, lock=LOCK) == again).all()


def test_payload_lock_and_key_all_show(photograph: NDArray[np.uint8]) -> None:
    first = watermark.embed(photograph, PAYLOAD, lock=LOCK)
    assert (watermark.embed(photograph, PAYLOAD[::-1], lock=LOCK) != first).any()
    assert (watermark.embed(photograph, PAYLOAD, lock=LOCK[::-1]) != first).any()
    assert (watermark.embed(photograph, PAYLOAD, KEY, lock=LOCK) != first).any()
    public = watermark.embed(photograph, PAYLOAD, bytes(32), lock=LOCK)
    assert (public == first).all()


def test_without_a_lock_each_mark_draws_its_own(
    photograph: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedder, "draw_lock", watermark.draw_lock)  # other tests have one lock
    found = [watermark.detect(watermark.embed(photograph, PAYLOAD)) for _ in range(2)]
    locks = {each.lock for each in found if each}
    assert len(locks) == 2
    assert {len(lock) for lock in locks} == {3}
    given = watermark.detect(watermark.embed(photograph, PAYLOAD, lock=LOCK))
    assert given is not None
    assert (given.payload, given.lock) == (PAYLOAD, LOCK)
    assert LOCK.hex() not in repr(given)
    assert repr(LOCK) not in repr(given)


def test_memory_layout_does_not_matter(photograph: NDArray[np.uint8]) -> None:
    expected = watermark.embed(np.ascontiguousarray(photograph[:, ::-1]), PAYLOAD, lock=LOCK)
    assert (watermark.embed(photograph[:, ::-1], PAYLOAD, lock=LOCK) == expected).all()
    fortran = np.asfortranarray(photograph[:, ::-1])
    assert (watermark.embed(fortran, PAYLOAD, lock=LOCK) == expected).all()


def test_grey_stays_grey(photographs: Mapping[str, NDArray[np.uint8]]) -> None:
    marked = watermark.embed(photographs["camera"], PAYLOAD)
    assert (marked[..., 0] == marked[..., 1]).all()
    assert (marked[..., 1] == marked[..., 2]).all()


def test_photographs_change_little(photographs: Mapping[str, NDArray[np.uint8]]) -> None:
    """Measured 40.9 to 46.2 dB; brightness as a whole stays as it is."""
    for picture in photographs.values():
        marked = watermark.embed(picture, PAYLOAD)
        assert psnr(marked, picture) > 39
        assert abs(float(marked.mean()) - float(picture.mean())) < 0.2


def test_bits_that_came_out_weak_are_made_stronger_and_no_sign_changes() -> None:
    signs = np.array([1.0, -1.0, 1.0, -1.0])
    evened = embedder._even_out(signs, np.array([2.0, -1.0, -1.0, -2.0], dtype=np.float32))
    assert (np.sign(evened) == signs).all()
    assert list(np.abs(evened).round(2)) == [0.6, 1.0, 1.8, 0.6]
