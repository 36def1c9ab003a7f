"""How the caller wants a picture written: what can be asked, and what comes of it."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance import imaging
from provenance.errors import ConfigError
from provenance.imaging import Picture, choose_coding
from provenance.imaging.picture import make_picture
from provenance.imaging.samples import Samples

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def rgb(photograph: Pixels) -> Pixels:
    return np.ascontiguousarray(photograph[:131, :157])  # more rows than a strip, odd sizes


def write(picture: Picture, target: str = "PNG", **options: Any) -> bytes:
    return imaging.encode(choose_coding(picture, target, options), target)


def test_a_png_is_the_same_picture_however_it_is_written(rgb: Pixels) -> None:
    alpha = np.ascontiguousarray(rgb[..., 1])
    deep = np.stack((rgb[..., 0] * np.uint16(257), rgb[..., 1] * np.uint16(3)), axis=2)
    grey = np.repeat(rgb[..., :1], 3, axis=2)
    for picture in (
        Picture(rgb),
        Picture(rgb, alpha),
        Picture(grey, grey=True),
        Picture(grey, alpha, grey=True),
        make_picture(Samples(deep)),
        make_picture(Samples(deep[..., :1])),
    ):
        small, fast = write(picture, effort="small"), write(picture, effort="fast")
        assert small != fast
        one, other = imaging.decode(small), imaging.decode(fast)
        for field in ("rgb", "alpha"):
            np.testing.assert_array_equal(getattr(one, field), getattr(other, field))
        if picture.samples is not None:
            assert one.samples is not None
            assert other.samples is not None
            np.testing.assert_array_equal(one.samples.values, other.samples.values)
        assert one.grey == other.grey == picture.grey
        with Image.open(io.BytesIO(fast)) as opened:
            opened.load()


def test_arrays_and_pillow_pictures_are_written_fast(rgb: Pixels) -> None:
    file = write(Picture(rgb))
    for source, quick in ((rgb, True), (Image.fromarray(rgb), True), (file, False)):
        assert imaging.load_picture(source)[0].quick is quick


@pytest.mark.parametrize("target", ["JPEG", "WEBP", "AVIF"])
def test_a_lower_quality_makes_a_smaller_file(target: str, rgb: Pixels) -> None:
    sizes = [len(write(Picture(rgb), target, quality=quality)) for quality in (30, 60, 95)]
    assert sizes == sorted(set(sizes))


def test_a_quality_replaces_the_files_own(rgb: Pixels) -> None:
    source = imaging.decode(write(Picture(rgb), "JPEG", quality=95))
    assert source.coding is not None
    smaller = imaging.decode(write(source, "JPEG", quality=40))
    assert smaller.coding != source.coding
    assert imaging.decode(write(source, "JPEG")).coding == source.coding


def test_a_webp_stays_or_becomes_lossless(rgb: Pixels) -> None:
    lossy = replace(Picture(rgb), lossless=False)
    exact = imaging.decode(write(lossy, "WEBP", lossless=True))
    np.testing.assert_array_equal(exact.rgb, rgb)
    assert not imaging.decode(write(Picture(rgb), "WEBP", quality=80)).lossless


@pytest.mark.parametrize(
    ("target", "options", "says"),
    [
        (
            "PNG",
            {"quality": 80},
            "PNG has no option 'quality'; the ones that can be set are: effort",
        ),
        ("TIFF", {"effort": "fast"}, "can be set are: none"),
        ("JPEG", {"quality": 0}, "quality can't be 0; it must be a whole number from 1 to 100"),
        ("JPEG", {"quality": True}, "quality can't be True"),
        ("JPEG", {"quality": 80.5}, "quality can't be 80.5"),
        ("PNG", {"effort": "some"}, "effort can't be 'some'; it must be 'fast' or 'small'"),
        ("WEBP", {"lossless": 1}, "lossless can't be 1"),
    ],
)
def test_what_can_not_be_asked(
    target: str, options: dict[str, Any], says: str, rgb: Pixels
) -> None:
    with pytest.raises(ConfigError, match=says):
        choose_coding(Picture(rgb), target, options)
