"""PDQ against the reference implementation's frozen answers, and its laws."""

from __future__ import annotations

import hashlib
import json
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from provenance import fingerprint

VECTORS = Path(__file__).resolve().parents[3] / "vectors" / "fingerprint" / "pdq.json"
CASES = json.loads(VECTORS.read_text())["cases"]
ROUNDING = 2  # bits next to the median, which another processor's arithmetic may tip over
HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)


def procedural(height: int, width: int) -> Any:
    """Follow the formula of vectors/generate/fingerprint.py, sample by sample."""
    noise = np.frombuffer(hashlib.shake_256(f"{height}x{width}".encode()).digest(429), np.uint8)
    y, x, c = np.ogrid[:height, :width, :3]
    block = 33 * (13 * y // height) + 3 * (11 * x // width) + c
    return ((3 * noise[block].astype(int) + 255 * x // width) // 4).astype(np.uint8)


def picture(case: Any, photographs: Any) -> Any:
    origin, name = case["picture"].split()
    made = origin == "procedural"
    rgb = procedural(*map(int, name.split("x"))) if made else photographs[name]
    assert hashlib.sha256(rgb.tobytes()).hexdigest() == case["sha256"]
    return rgb


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["picture"])
def test_equals_the_reference(case: Any, photographs: Any) -> None:
    rgb = picture(case, photographs)
    found = fingerprint.pdq(rgb)
    assert found.quality == case["quality"]
    assert fingerprint.pdq_distance(found.hex, case["hex"]) <= ROUNDING
    assert fingerprint.pdq_turned(rgb)[0] == found


def turn(rgb: Any) -> list[Any]:
    """The picture as it is, mirrored, upside down and both; then all of these transposed."""
    upright = [rgb[::down, ::across] for down in (1, -1) for across in (1, -1)]
    return [np.ascontiguousarray(each) for each in (*upright, *(p.swapaxes(0, 1) for p in upright))]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["picture"])
def test_the_hash_of_each_orientation_is_that_of_the_turned_pixels(
    case: Any, photographs: Any
) -> None:
    rgb = picture(case, photographs)
    for each, pixels in zip(fingerprint.pdq_turned(rgb), turn(rgb), strict=True):
        expected = fingerprint.pdq(pixels)
        assert each.quality == pytest.approx(expected.quality, abs=1)
        assert fingerprint.pdq_distance(each.hex, expected.hex) <= ROUNDING


@pytest.mark.parametrize("side", [64, 100, 128, 200, 256, 257, 300, 512])
def test_every_orientation_of_a_small_picture_is_found(side: int, photographs: Any) -> None:
    """By the hashes that the reference derives, half of the upside-down copies were missed."""
    for name in ("astronaut", "coffee", "chelsea", "rocket"):
        small = np.asarray(Image.fromarray(photographs[name]).resize((side, side)))
        listed = fingerprint.pdq(small).hex
        for pixels in turn(small):
            nearest = min(
                fingerprint.pdq_distance(each.hex, listed)
                for each in fingerprint.pdq_turned(pixels)
            )
            assert nearest <= ROUNDING, (name, side)


@pytest.mark.parametrize(
    "view", [np.rot90, np.asfortranarray, np.fliplr], ids=lambda each: each.__name__
)
def test_memory_layout_does_not_matter(view: Any) -> None:
    """The reference's Python module hashes something else for the first two."""
    seen = view(procedural(120, 160))
    same = np.ascontiguousarray(seen)
    assert fingerprint.pdq(seen) == fingerprint.pdq(same)
    assert fingerprint.pdq_turned(seen) == fingerprint.pdq_turned(same)


def test_survives_compression_and_resizing(photograph: Any) -> None:
    image = Image.fromarray(photograph)
    buffer = BytesIO()
    image.resize((300, 400)).save(buffer, "JPEG", quality=40)
    with Image.open(buffer) as copy:
        distance = fingerprint.pdq_distance(
            fingerprint.pdq(np.asarray(copy)).hex, fingerprint.pdq(photograph).hex
        )
    assert distance <= fingerprint.MATCH_DISTANCE


@pytest.mark.parametrize("shape", [(1, 1), (4, 900), (900, 4), (5, 5), (64, 64), (300, 300)])
def test_featureless_pictures_have_no_quality(shape: tuple[int, int]) -> None:
    found = fingerprint.pdq(np.full((*shape, 3), 200, np.uint8))
    assert found.quality == 0
    assert not found.reliable
    assert fingerprint.is_pdq(found.hex)


@given(HASHES, HASHES, HASHES)
def test_distance_is_a_metric(a: str, b: str, c: str) -> None:
    distance = fingerprint.pdq_distance
    assert distance(a, b) == distance(b, a)
    assert (distance(a, b) == 0) == (a == b)
    assert distance(a, c) <= distance(a, b) + distance(b, c)


@given(st.text(max_size=70))
def test_only_hex_is_a_hash(text: str) -> None:
    assert fingerprint.is_pdq("0a" * 32)
    assert not fingerprint.is_pdq("0A" * 32)
    assert not fingerprint.is_pdq("0a" * 32 + "\n")
    assert fingerprint.is_pdq(text) == (len(text) == 64 and set(text) <= set("0123456789abcdef"))


@pytest.mark.parametrize("shape", [(65_535, 6), (6, 65_535)])
def test_the_cost_follows_pixels_and_not_the_shape(shape: tuple[int, int]) -> None:
    """A long picture took 50 times as long as a square one of as many pixels."""

    def cost(height: int, width: int) -> float:
        picture = np.zeros((height, width, 3), np.uint8)
        fingerprint.pdq(picture)
        begun = time.thread_time()
        fingerprint.pdq(picture)
        return time.thread_time() - begun

    square = min(cost(627, 627) for _ in range(3))
    assert min(cost(*shape) for _ in range(3)) < 25 * square


@pytest.mark.parametrize("side", [100, 150, 192, 256, 300])
def test_a_small_copy_is_found_by_its_second_hash(photographs: Any, side: int) -> None:
    first, second = [], []
    for original in photographs.values():
        wanted = fingerprint.pdq(original)
        if not wanted.reliable:
            continue
        image = Image.fromarray(original)
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        plain, *others = fingerprint.pdq_variants(np.asarray(image))
        first.append(fingerprint.pdq_distance(plain.hex, wanted.hex))
        second.append(fingerprint.pdq_distance(others[7].hex, wanted.hex))
    assert len(first) >= 3
    assert max(second) <= fingerprint.MATCH_DISTANCE
    assert sum(second) < sum(first)


def test_large_pictures_need_no_second_hash(photograph: Any) -> None:
    large = np.repeat(np.repeat(photograph[:256, :256], 2, axis=0), 2, axis=1)
    assert fingerprint.pdq_variants(large) == fingerprint.pdq_turned(large)
    small = large[::2, ::2]
    assert fingerprint.pdq_variants(small)[:8] == fingerprint.pdq_turned(small)
    assert len(fingerprint.pdq_variants(small)) == 16
    assert fingerprint.pdq_variants(large[:3])[:1] == (fingerprint.Pdq("0" * 64, 0),)
