"""What numbers mean: how bright they look, and how every format states it."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from provenance import imaging
from provenance.imaging import icc
from provenance.imaging.colour import BT709, PRIMARIES, Colour, choose_curve, make_profile
from provenance.imaging.curves import find_curve
from tests.pngs import chunk, write

EVERY = np.arange(256, dtype=np.uint8)
RAMP = np.repeat(EVERY[None, :, None], 3, axis=2).repeat(8, axis=0)
PLAIN = [1, 2, 4, 6, 13, 14, 15, 17]
CURVED = [8, 9, 10, 16, 18]
LINEAR = Colour(exponent=1.0, chromaticities=BT709)


def gamma(value: float) -> bytes:
    return chunk(b"gAMA", struct.pack(">I", round(value * 100_000)))


def numbers(primaries: int, transfer: int) -> bytes:
    return chunk(b"cICP", bytes([primaries, transfer, 0, 1]))


@pytest.mark.parametrize("transfer", PLAIN)
def test_what_is_made_for_screens_is_seen_as_it_is(transfer: int) -> None:
    assert find_curve(transfer, 256) is None
    picture = imaging.decode(write(RAMP, 8, numbers(1, transfer)))
    assert picture.samples is None
    assert np.array_equal(picture.rgb, RAMP)


def test_known_points() -> None:
    linear = find_curve(8, 65_536)
    pq, hlg = find_curve(16, 65_536), find_curve(18, 65_536)
    assert linear is not None
    assert pq is not None
    assert hlg is not None
    assert linear.steps[round(0.214 * 65_535)] == pytest.approx(127.5, abs=0.3)
    assert pq.steps[round(0.5807 * 65_535)] == pytest.approx(255, abs=0.5)  # 203 cd/m2, BT.2408
    assert pq.steps[round(0.5081 * 65_535)] == pytest.approx(187, abs=1)  # 100 cd/m2
    assert hlg.steps[round(0.75 * 65_535)] == pytest.approx(255, abs=1)  # BT.2408, too


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("transfer", CURVED)
def test_numbers_change_by_what_is_seen(transfer: int, depth: int) -> None:
    curve = find_curve(transfer, 1 << depth)
    assert curve is not None
    every: NDArray[Any] = np.arange(1 << depth).astype(np.uint8 if depth == 8 else np.uint16)
    seen = curve.view(every)
    assert (np.diff(seen.astype(int)) >= 0).all()
    assert np.array_equal(curve.change(every, seen, seen), every)
    brighter = np.clip(seen.astype(int) + 3, 0, 255).astype(np.uint8)
    moved = curve.change(every, seen, brighter)
    below = curve.steps < 200
    step = np.diff(curve.steps, append=curve.steps[-1])
    wanted = curve.steps + (brighter.astype(int) - seen)
    assert np.abs(curve.steps[moved] - wanted)[below].max() <= step[: below.sum() + 1].max() + 0.5


def test_a_label_over_highlights_is_painted_as_it_is_meant() -> None:
    pq = find_curve(16, 65_536)
    assert pq is not None
    bright = np.full(4, 60_000, np.uint16)
    seen = pq.view(bright)
    assert seen[0] > 245
    painted = pq.view(
        pq.change(bright, seen, np.array([0, 30, 128, 190], np.uint8)).astype(np.uint16)
    )
    assert np.abs(painted.astype(int) - [0, 30, 128, 190]).max() <= 1


def profile_of(kind: str, content: bytes) -> bytes:
    """A profile that has nothing but a curve."""
    start = 128 + 4 + 12
    entry = struct.pack(">I4sII", 1, kind.encode(), start, len(content))
    return bytes(128) + entry + content


PARAMETRIC: dict[int, tuple[list[float], Callable[[NDArray[Any]], NDArray[Any]]]] = {
    0: ([1.8], lambda x: x**1.8),
    1: ([2.0, 1.1, -0.1], lambda x: np.where(x >= 0.1 / 1.1, np.maximum(1.1 * x - 0.1, 0) ** 2, 0)),
    2: (
        [2.0, 1.1, -0.1, 0.05],
        lambda x: np.where(x >= 0.1 / 1.1, np.maximum(1.1 * x - 0.1, 0) ** 2 + 0.05, 0.05),
    ),
    3: (
        [2.4, 0.948, 0.052, 0.0774, 0.04045],
        lambda x: np.where(x >= 0.04045, (0.948 * x + 0.052) ** 2.4, 0.0774 * x),
    ),
    4: (
        [2.0, 0.9, 0.1, 0.2, 0.3, 0.01, 0.02],
        lambda x: np.where(x >= 0.3, (0.9 * x + 0.1) ** 2 + 0.01, 0.2 * x + 0.02),
    ),
}


@pytest.mark.parametrize("kind", PARAMETRIC)
def test_parametric_curves(kind: int) -> None:
    values, formula = PARAMETRIC[kind]
    packed = b"".join(struct.pack(">i", round(value * 65_536)) for value in values)
    light = icc.read_light(profile_of("gTRC", struct.pack(">4s4xHxx", b"para", kind) + packed), 256)
    assert isinstance(light, np.ndarray)
    assert np.abs(light - formula(np.linspace(0, 1, 256))).max() < 1e-3


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"para",
        b"curv" + bytes(4) + b"\xff" * 4,
        struct.pack(">4s4xHxx", b"para", 9),
        b"sf32" * 9,
    ],
)
def test_a_damaged_curve_is_none(content: bytes) -> None:
    assert icc.read_light(profile_of("gTRC", content), 256) is None
    assert icc.read_light(b"profile", 256) is None


def test_srgb_s_own_profile_changes_nothing() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert choose_curve(None, profile, 256) is None


def through_lcms(profile: bytes, pixel: tuple[int, int, int]) -> tuple[int, ...]:
    """Convert to sRGB with the library that most programs use."""
    given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    shown = ImageCms.profileToProfile(
        Image.new("RGB", (1, 1), pixel),
        given,
        ImageCms.createProfile("sRGB"),
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
    )
    assert shown is not None
    found: Any = shown.getpixel((0, 0))
    return tuple(found)


def test_our_profiles_mean_to_others_what_they_state() -> None:
    linear = make_profile(LINEAR)
    assert linear is not None
    assert np.abs(np.subtract(through_lcms(linear, (55, 55, 55)), 128)).max() <= 1
    p3 = make_profile(Colour(12, 13))
    assert p3 is not None
    # Apple's worked example: sRGB's red is (234, 51, 35) in Display P3.
    assert np.abs(np.subtract(through_lcms(p3, (234, 51, 35)), (255, 0, 0))).max() <= 4
    assert np.abs(np.subtract(through_lcms(p3, (200, 200, 200)), 200)).max() <= 1


@pytest.mark.parametrize("primaries", PRIMARIES)
@pytest.mark.parametrize("transfer", [4, 5, 8, 13, 16, 18])
def test_profiles_are_read_as_they_were_meant(primaries: int, transfer: int) -> None:
    colour = Colour(primaries, transfer)
    profile = make_profile(colour)
    if profile is None:
        assert colour.usual
        return
    opened = ImageCms.ImageCmsProfile(io.BytesIO(profile)).profile
    assert opened.xcolor_space.strip() == "RGB"
    meant, read = find_curve(transfer, 256), choose_curve(None, profile, 256)
    assert (meant is None) == (read is None)
    if meant is not None and read is not None:
        assert np.abs(meant.steps - read.steps).max() < 1


def test_a_png_states_colour_in_order() -> None:
    assert imaging.decode(write(RAMP, 8, gamma(1.0), chunk(b"sRGB", b"\0"))).colour is None
    both = imaging.decode(write(RAMP, 8, gamma(1.0), numbers(9, 16)))
    assert both.colour == Colour(9, 16)
    assert imaging.decode(write(RAMP, 8, gamma(1 / 2.2))).samples is None
    linear = imaging.decode(write(RAMP, 8, gamma(1.0)))
    assert linear.rgb[0, 55, 0] == 128
    assert linear.own is not None
    assert np.array_equal(linear.own, RAMP)
    assert imaging.decode(write(RAMP, 8, gamma(0.0))).colour is None


def stated(data: bytes) -> tuple[int, int] | None:
    """Return H.273's numbers where the file has them."""
    at = data.find(b"cICP")
    if at >= 0:
        return data[at + 4], data[at + 5]
    at = data.find(b"colrnclx")
    found = struct.unpack_from(">HH", data, at + 8) if at >= 0 else None
    return (found[0], found[1]) if found else None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF", "HEIC"])
@pytest.mark.parametrize(("primaries", "transfer"), [(12, 13), (9, 16), (9, 18), (1, 8), (9, 1)])
def test_colour_is_carried_into_every_format(kind: str, primaries: int, transfer: int) -> None:
    wide = np.clip(RAMP.repeat(4, axis=0).astype(int) - [0, 20, 40], 0, 255)
    picture = imaging.decode(write(wide, 8, numbers(primaries, transfer)))
    data = imaging.encode(picture, kind)
    again = imaging.decode(data)
    assert np.abs(again.rgb.astype(int) - picture.rgb).mean() < 2
    if kind in ("PNG", "AVIF", "HEIC"):
        assert stated(data) == (primaries, transfer)
    if kind != "PNG":
        assert again.icc is not None or stated(data) is not None
    # And on into a format that knows numbers, or stays with the profile.
    back = imaging.decode(imaging.encode(again, "PNG"))
    assert np.abs(back.rgb.astype(int) - picture.rgb).mean() < 2


def test_exponents_and_chromaticities_become_numbers_or_a_profile() -> None:
    points = struct.pack(">8I", *(round(each * 100_000) for each in PRIMARIES[12]))
    p3 = imaging.decode(write(RAMP, 8, gamma(1 / 2.2), chunk(b"cHRM", points)))
    assert stated(imaging.encode(p3, "AVIF")) == (12, 13)
    assert imaging.decode(imaging.encode(p3, "JPEG")).icc is not None
    odd = imaging.decode(write(RAMP, 8, gamma(0.8)))
    assert odd.samples is not None
    webp = imaging.decode(imaging.encode(odd, "WEBP"))
    assert webp.icc is not None
    assert np.abs(webp.rgb.astype(int) - odd.rgb).max() <= 1
    usual = imaging.decode(write(RAMP, 8, gamma(1 / 2.2)))
    assert imaging.decode(imaging.encode(usual, "JPEG")).icc is None


def linear_profile() -> bytes:
    profile = make_profile(LINEAR)
    assert profile is not None
    return profile


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
def test_a_linear_profile_counts_in_every_format(kind: str, photograph: NDArray[np.uint8]) -> None:
    file = io.BytesIO()
    Image.fromarray(photograph[:64, :64]).save(file, kind, icc_profile=linear_profile())
    picture = imaging.decode(file.getvalue())
    assert picture.samples is not None
    assert picture.rgb.mean() > picture.samples.values.mean() + 20
    brighter = picture.with_pixels(np.clip(picture.rgb + 6, 0, 255).astype(np.uint8))
    again = imaging.decode(imaging.encode(brighter))
    assert again.icc == picture.icc
    assert again.rgb.mean() == pytest.approx(brighter.rgb.mean(), abs=2)


def test_alpha_stays_exact_in_avif() -> None:
    drawn = np.random.Generator(np.random.PCG64(4)).integers(0, 256, (64, 96, 4), dtype=np.uint8)
    picture, _ = imaging.load_picture(drawn)
    again = imaging.decode(imaging.encode(picture, "AVIF"))
    assert again.alpha is not None
    assert np.array_equal(again.alpha, drawn[..., 3])
