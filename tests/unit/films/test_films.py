"""Films in and out: which frames are looked at, what is kept, what is refused, and by what name."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from provenance import films
from provenance.errors import (
    CorruptImageError,
    ImageTooLargeError,
    ProvenanceError,
    UnsupportedFormatError,
)
from provenance.films.opening import MAX_SECONDS, Packet
from provenance.films.shots import MOST_SHOTS, choose, count_shots
from provenance.films.writing import refuse
from provenance.limits import DEFAULT_LIMITS, Limits
from tests import clips
from tests.components import need_module


@pytest.fixture(scope="module")
def film() -> bytes:
    return clips.write(clips.draw(), sound=True, turn=90, color_range=1, colorspace=1, color_trc=1)


def lift(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.full(luma.shape, 10, np.float32)


def test_a_film_is_described(film: bytes) -> None:
    found = films.read_film(film, DEFAULT_LIMITS)
    facts = found.facts
    assert (facts.format, facts.codec, facts.width, facts.height) == ("MP4", "h264", 320, 240)
    assert (facts.frames, facts.videos, facts.sounds) == (clips.FRAMES, 1, 1)
    assert facts.seconds == pytest.approx(clips.FRAMES / clips.RATE, abs=0.01)
    assert not facts.hdr
    assert [shot.luma.shape for shot in found.shots] == [(240, 320)] * clips.FRAMES
    assert found.shots[0].rgb.shape == (240, 320, 3)


@pytest.mark.parametrize(
    ("container", "codec", "kind"), [("mov", "libx264", "MOV"), ("webm", "libvpx-vp9", "WEBM")]
)
def test_other_containers_are_read(container: str, codec: str, kind: str) -> None:
    made = clips.write(clips.draw(3), container=container, codec=codec)
    assert films.recognise(made) == kind
    found = films.read_film(made, DEFAULT_LIMITS)
    assert (found.facts.format, len(found.shots)) == (kind, 3)


def test_the_frames_with_most_bytes_are_looked_at_over_the_whole_film() -> None:
    packets = [Packet(at, 1000 if at % 25 == 0 else at % 7, at % 25 == 0) for at in range(100)]
    chosen = choose(packets, 12)
    assert len(chosen) == 12
    assert {0, 25, 50, 75} <= {each.pts for each in chosen}
    assert all(any(low <= each.pts < low + 20 for each in chosen) for low in range(0, 100, 20))
    assert choose(packets[:5], 12) == packets[:5]


def test_a_film_gets_frames_by_its_length_and_size() -> None:
    assert count_shots(4, 1280 * 720) == 32
    assert count_shots(120, 1280 * 720) == 64
    assert count_shots(7200, 320 * 240) == MOST_SHOTS
    assert count_shots(4, 3840 * 2160) == 16


def test_all_but_luma_is_kept(film: bytes) -> None:
    new = films.write_film(film, lift, "MP4", DEFAULT_LIMITS)
    assert clips.describe(new) == clips.describe(film)
    pairs = zip(clips.read(film), clips.read(new), strict=True)
    rise = [float(after.mean()) - float(before.mean()) for before, after in pairs]
    assert min(rise) > 7
    assert max(rise) < 12


def read_samples(data: bytes) -> list[float]:
    """The mean of luma as it is stored, frame by frame."""
    av = need_module("av", "video")
    with av.open(io.BytesIO(data)) as film:
        frames = film.decode(video=0)
        return [float(each.to_ndarray()[: clips.HEIGHT].mean()) for each in frames]


@pytest.mark.parametrize(
    ("layout", "coded", "steps"), [("yuvj420p", 2, 10), ("yuv420p", 1, 10 * 219 / 255)]
)
def test_the_range_of_luma_is_heeded(layout: str, coded: int, steps: float) -> None:
    """In limited range, 219 steps of what is stored are 255 grey levels."""
    flat = [np.full((clips.HEIGHT, clips.WIDTH), 100, np.uint8)] * 2
    film = clips.write(flat, layout=layout, color_range=coded)
    new = films.write_film(film, lift, "MP4", DEFAULT_LIMITS)
    before, after = read_samples(film), read_samples(new)
    assert [b - a for a, b in zip(before, after, strict=True)] == pytest.approx(
        [steps] * 2, abs=0.6
    )
    greys = [shot.luma.mean() for shot in films.read_film(film, DEFAULT_LIMITS).shots]
    assert greys == pytest.approx([100] * 2, abs=1.5)


def test_what_can_t_be_kept_is_refused_by_name(film: bytes) -> None:
    facts = films.read_film(film, DEFAULT_LIMITS).facts
    refuse(facts, "MP4")
    for change, named in (
        ({"transfer": 16}, "HDR"),
        ({"depth": 10}, "10 bits"),
        ({"videos": 2}, "2 tracks"),
        ({"others": 1}, "subtitles"),
        ({"pixel_format": "gbrp"}, "gbrp"),
    ):
        with pytest.raises(UnsupportedFormatError, match=named):
            refuse(replace(facts, **change), "MP4")
    with pytest.raises(UnsupportedFormatError, match="WEBM films are not written"):
        refuse(facts, "WEBM")


def test_ten_bits_are_read_and_not_written() -> None:
    deep = clips.write(clips.draw(2), layout="yuv420p10le")
    assert films.read_film(deep, DEFAULT_LIMITS).facts.depth == 10
    with pytest.raises(UnsupportedFormatError, match="10 bits per sample"):
        films.write_film(deep, lift, "MP4", DEFAULT_LIMITS)


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        (Limits(max_bytes=1000), "bytes|MiB|KiB"),
        (Limits(max_side=300), "320 x 240"),
        (Limits(max_pixels=1000), "320 x 240"),
    ],
)
def test_limits_hold_before_anything_is_decoded(film: bytes, limits: Limits, named: str) -> None:
    with pytest.raises(ImageTooLargeError, match=named):
        films.read_film(film, limits)


def test_a_film_that_claims_to_last_for_days_is_refused(
    film: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_SECONDS > 3600
    monkeypatch.setattr("provenance.films.opening.MAX_SECONDS", 0.1)
    with pytest.raises(ImageTooLargeError, match="hours"):
        films.read_film(film, DEFAULT_LIMITS)


def break_off(data: bytes) -> bytes:
    return data[: len(data) // 2]


def blank(data: bytes) -> bytes:
    return data[:2000] + bytes(len(data) - 2000)


def scramble(data: bytes) -> bytes:
    chance = np.random.default_rng(9)
    spoilt = np.frombuffer(data, np.uint8).copy()
    spoilt[chance.integers(40, len(spoilt), 300)] = chance.integers(0, 256, 300)
    return spoilt.tobytes()


@pytest.mark.parametrize("spoil", [break_off, blank, scramble, lambda data: data[:40]])
def test_damaged_films_raise_only_our_errors(film: bytes, spoil: Callable[[bytes], bytes]) -> None:
    try:
        found = films.read_film(spoil(film), DEFAULT_LIMITS)
    except ProvenanceError as error:
        assert str(error).endswith(".")  # noqa: PT017 - either outcome is right
    else:
        assert found.shots


def test_nothing_else_is_taken_for_a_film() -> None:
    assert films.recognise(b"") is None
    assert films.recognise(b"\0\0\0\x18ftypheic" + bytes(8)) is None
    with pytest.raises(UnsupportedFormatError, match="not a film"):
        films.read_film(b"GIF89a", DEFAULT_LIMITS)
    with pytest.raises(UnsupportedFormatError, match="suffix"):
        films.find_format("film.avi")
    with pytest.raises(CorruptImageError):
        films.read_film(b"\x1aE\xdf\xa3" + bytes(100), DEFAULT_LIMITS)


def test_without_pyav_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, film: bytes) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(UnsupportedFormatError, match="pip install 'av"):
        films.read_film(film, DEFAULT_LIMITS)
