"""The detector: finds what is there, says nothing otherwise, and keeps keys apart."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance import watermark
from provenance.errors import WatermarkKeyError
from provenance.watermark import carrier, pilot, plane
from provenance.watermark.detection import registration, scale_search, significance
from provenance.watermark.embedding import pilot_power

PATIENCE_S = 300  # only a process that hangs takes longer, on however busy a machine
PAYLOAD, OTHER = b"twelve bytes", b"other twelve"
KEY, STRANGE = b"k" * 32, b"s" * 32


@pytest.fixture(scope="module")
def public(photograph: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return watermark.embed(photograph, PAYLOAD)


@pytest.fixture(scope="module")
def private(photograph: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return watermark.embed(photograph, PAYLOAD, KEY)


def turned(rgb: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    return np.asarray(Image.fromarray(rgb).rotate(degrees, Image.Resampling.BICUBIC))


def test_a_mark_as_it_was_made(public: NDArray[np.uint8]) -> None:
    found = watermark.detect(public)
    assert found is not None
    assert found.payload == PAYLOAD
    assert found.geometry == watermark.layout(512, 512)
    assert found.region.coverage == 1
    assert found.false_positive_probability <= significance.CLAIM_PROBABILITY
    assert 25 < found.correlation <= 32


def test_the_geometry_says_how_the_picture_was_changed(public: NDArray[np.uint8]) -> None:
    as_made = watermark.layout(512, 512)
    small = np.asarray(Image.fromarray(public).resize((300, 300), Image.Resampling.LANCZOS))
    for picture, factor, angle, mirrored in (
        (small, 300 / 512, 0, False),
        (turned(public, 10), 1, 10, False),
        (np.ascontiguousarray(public[:, ::-1]), 1, 180, True),
        (np.ascontiguousarray(np.rot90(public)), 1, 90, False),
    ):
        found = watermark.detect(picture)
        assert found is not None
        assert found.payload == PAYLOAD
        assert found.geometry.scale == pytest.approx(as_made.scale * factor, rel=0.003)
        assert abs((found.geometry.angle - angle + 180) % 360 - 180) < 0.3
        assert found.geometry.mirrored == mirrored


def test_large_pictures_are_looked_at_in_half_their_size(
    public: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas = np.full((701, 655, 3), 200, np.uint8)
    canvas[90:602, 71:583] = public
    pictures = (
        public,
        np.ascontiguousarray(public[:, ::-1]),
        turned(public, 7),
        canvas,
        255 - public,
    )
    whole = [watermark.detect(picture) for picture in pictures]
    monkeypatch.setattr(plane, "LARGE_PIXELS", 0)
    for picture, expected in zip(pictures, whole, strict=True):
        found = watermark.detect(picture)
        assert found is not None
        assert expected is not None
        assert (found.payload, found.inverted) == (PAYLOAD, expected.inverted)
        assert found.geometry.scale == pytest.approx(expected.geometry.scale, rel=0.003)
        assert found.geometry.mirrored == expected.geometry.mirrored
        assert found.region.coverage == pytest.approx(expected.region.coverage, abs=0.08)


def test_heavier_handling_fits_worse(public: NDArray[np.uint8]) -> None:
    noise = np.random.default_rng(1).normal(0, 1, public.shape)
    pictures = [np.clip(public + s * noise, 0, 255).astype(np.uint8) for s in (0, 10, 20, 30)]
    fits = [found.correlation for found in map(watermark.detect, pictures) if found]
    assert len(fits) == 4
    assert all(a > b for a, b in pairwise(fits))


def test_photographs_without_a_mark(photographs: Mapping[str, NDArray[np.uint8]]) -> None:
    assert [watermark.detect(picture) for picture in photographs.values()] == [None] * 7


@pytest.mark.parametrize("seed", range(4))
def test_noise_and_textures_without_a_mark(seed: int) -> None:
    random = np.random.default_rng(seed)
    assert watermark.detect(random.integers(0, 256, (300, 400, 3), dtype=np.uint8)) is None
    y, x = np.indices((300, 400))
    a, b, c = random.uniform(0.05, 1.5, 3)
    waves = 127 + 60 * np.sin(a * x + b * y) + 60 * np.sin(c * x - a * y)
    assert watermark.detect(waves.astype(np.uint8)[..., None].repeat(3, axis=2)) is None


@pytest.mark.parametrize("level", [0, 1, 128, 255])
@pytest.mark.parametrize("size", [(1, 1), (40, 32), (512, 512)])
def test_constant_pictures_have_no_mark(level: int, size: tuple[int, int]) -> None:
    assert watermark.detect(np.full((*size, 3), level, np.uint8)) is None


@pytest.mark.parametrize(
    "size", [(0, 0), (0, 9), (1, 1), (31, 400), (32, 32), (33, 47), (32, 3000)]
)
def test_tiny_and_narrow_pictures_have_no_mark(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8)
    assert watermark.detect(picture) is None


@pytest.mark.parametrize("length", [0, 31, 33])
def test_other_keys_are_refused(photograph: NDArray[np.uint8], length: int) -> None:
    with pytest.raises(WatermarkKeyError):
        watermark.detect(photograph, key=bytes(length))


def test_each_key_sees_its_own_mark_only(
    public: NDArray[np.uint8], private: NDArray[np.uint8]
) -> None:
    for picture, key in ((public, None), (private, KEY)):
        for other in (None, KEY, STRANGE):
            found = watermark.detect(picture, other)
            assert (found.payload if found else None) == (PAYLOAD if other == key else None)


def test_a_turned_private_mark_stays_private(private: NDArray[np.uint8]) -> None:
    picture = turned(private, 20)
    assert watermark.detect(picture) is None
    found = watermark.detect(picture, KEY)
    assert found is not None
    assert found.payload == PAYLOAD


def test_two_layers_in_one_picture(public: NDArray[np.uint8]) -> None:
    both = watermark.embed(public, OTHER, KEY)
    for picture in (both, turned(both, 5)):
        found = watermark.detect_each(picture, (None, KEY, STRANGE))
        assert [each and each.payload for each in found] == [PAYLOAD, OTHER, None]


def test_several_keys_find_what_each_alone_finds(private: NDArray[np.uint8]) -> None:
    keys = (STRANGE, KEY, None)
    together = watermark.detect_each(private, keys)
    alone = [watermark.detect(private, key) for key in keys]
    for a, b in zip(together, alone, strict=True):
        assert (a and (a.payload, a.geometry)) == (b and (b.payload, b.geometry))
    assert watermark.detect_each(private, ()) == []


def test_more_keys_are_more_attempts(photograph: NDArray[np.uint8]) -> None:
    # how well a word fits depends on its lock, and this one must fit hardly
    public = watermark.embed(photograph, PAYLOAD, lock=b"abc")
    noise = np.random.default_rng(1).normal(0, 39, public.shape)
    faint = np.clip(public + noise, 0, 255).astype(np.uint8)
    one, two = watermark.detect(faint), watermark.detect_each(faint, (None, KEY))[0]
    assert one is not None
    assert two is not None
    assert two.false_positive_probability > one.false_positive_probability > significance.SMALLEST


def test_the_picture_is_left_alone(public: NDArray[np.uint8]) -> None:
    picture = turned(public, 3)
    before = picture.copy()
    watermark.detect(picture)
    assert (picture == before).all()


def test_memory_layout_does_not_matter(public: NDArray[np.uint8]) -> None:
    crop = public[50:450, 60:500]
    expected = watermark.detect(np.ascontiguousarray(crop))
    assert expected is not None
    assert watermark.detect(crop) == watermark.detect(np.asfortranarray(crop)) == expected


def clear_caches() -> None:
    for cached in (
        carrier.bands,
        pilot.orbits,
        pilot.lines,
        pilot.phases,
        registration._relabel,
        scale_search.bins,
        scale_search.constellation,
    ):
        cached.cache_clear()


def test_threads_get_what_one_thread_gets(
    public: NDArray[np.uint8], private: NDArray[np.uint8], photograph: NDArray[np.uint8]
) -> None:
    """Four at once on empty caches, each with a picture and key of its own, twice over."""
    jobs: list[tuple[NDArray[np.uint8], bytes | None]] = [
        (turned(public, 5), None),
        (private[40:, :470], KEY),
        (photograph, STRANGE),
        (np.ascontiguousarray(public[::-1]), None),
    ] * 2
    serial = [watermark.detect(*job) for job in jobs]
    assert [each is not None for each in serial] == [True, True, False, True] * 2
    clear_caches()
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda job: watermark.detect(*job), jobs)) == serial


FORK = """
import os, sys
import numpy as np
from provenance import watermark

picture = np.load(sys.argv[1])
before = watermark.detect(picture)
child = os.fork()
after = watermark.detect(picture)
if child == 0:
    os._exit(0 if after == before and after.payload == b"twelve bytes" else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) or after != before)
"""


def test_forked_processes_get_the_same(public: NDArray[np.uint8], tmp_path: Path) -> None:
    """A server that loads, reads a first picture and then forks its workers, as gunicorn does.

    It runs in a process of its own: forking the test runner, which has threads, is no fair test.
    """
    np.save(tmp_path / "picture.npy", turned(public, 5))
    command = [sys.executable, "-c", FORK, str(tmp_path / "picture.npy")]
    subprocess.run(command, check=True, timeout=PATIENCE_S)


def test_a_mark_without_its_pilot_is_read_as_marked(
    photograph: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anyone can take the public pilot out of a picture; the payload is still there."""
    monkeypatch.setattr(pilot_power, "MAX_SHARE", 0.0)
    monkeypatch.setattr(pilot_power, "MIN_SHARE", 0.0)
    found = watermark.detect(watermark.embed(photograph, PAYLOAD))
    assert found is not None
    assert (found.payload, found.geometry) == (PAYLOAD, watermark.layout(512, 512))


def test_a_hasty_search_reads_what_is_clear(
    public: NDArray[np.uint8], photographs: Mapping[str, NDArray[np.uint8]]
) -> None:
    turned = np.asarray(Image.fromarray(public).rotate(7, Image.Resampling.BICUBIC))
    for picture in (public, turned):
        assert watermark.detect(picture, hasty=True) == watermark.detect(picture)
    assert [watermark.detect(each, hasty=True) for each in photographs.values()] == [None] * 7
