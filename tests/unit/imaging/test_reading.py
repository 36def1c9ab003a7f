"""What decoding says about a picture, and what it refuses."""

from __future__ import annotations

import struct
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageOps

from provenance import imaging
from provenance.errors import (
    CorruptImageError,
    ImageTooLargeError,
    InputCostError,
    InputError,
    UnreadableInputError,
    UnsupportedFormatError,
)
from provenance.imaging.pillow import translate_decoder_errors
from provenance.limits import Limits

pillow_heif.register_heif_opener()

SMALL = np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3)


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def oriented(value: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = value
    return exif


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "TIFF", "HEIF"])
def test_eight_pixels_decode_in_every_format(kind: str) -> None:
    picture = imaging.decode(saved(Image.fromarray(SMALL), kind))
    assert (picture.format, picture.width, picture.height) == (kind.replace("HEIF", "HEIC"), 8, 8)
    assert picture.rgb.dtype == np.uint8


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_read_and_pixels_are_not_turned(kind: str, orientation: int) -> None:
    image = Image.fromarray(np.tile(SMALL, (2, 1, 1)))
    picture = imaging.decode(saved(image, kind, exif=oriented(orientation)))
    assert picture.orientation == orientation
    assert (picture.width, picture.height) == (8, 16)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_heic_is_read_upright(orientation: int) -> None:
    image = Image.fromarray(np.kron(SMALL, np.ones((4, 8, 1), np.uint8)))
    with Image.open(BytesIO(saved(image, exif=oriented(orientation)))) as opened:
        upright = np.asarray(ImageOps.exif_transpose(opened))
    picture = imaging.decode(saved(image, "HEIF", exif=oriented(orientation).tobytes(), quality=95))
    assert picture.orientation == 1
    assert picture.rgb.shape == upright.shape
    assert np.abs(picture.rgb.astype(int) - upright).mean() < 4
    stored = imaging.decode(saved(image, "PNG", exif=oriented(orientation)))
    assert np.array_equal(stored.turn_upright().rgb, upright)
    assert stored.turn_upright().orientation == 1


def test_without_its_package_heic_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(Image.fromarray(SMALL), "HEIF")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(UnsupportedFormatError, match="pip install 'pillow-heif"):
        imaging.decode(data)
    with pytest.raises(UnsupportedFormatError, match="pip install 'pillow-heif"):
        imaging.encode(imaging.load_picture(SMALL)[0], "HEIC")


def test_grey_has_three_equal_channels() -> None:
    picture = imaging.decode(saved(Image.fromarray(SMALL[..., 0])))
    assert picture.grey
    assert (picture.rgb == SMALL[..., :1]).all()


def test_palette_transparency_becomes_alpha() -> None:
    image = Image.fromarray(SMALL).quantize(16)
    picture = imaging.decode(saved(image, transparency=0))
    assert picture.alpha is not None
    assert ((picture.alpha == 0) == (np.asarray(image) == 0)).all()
    assert picture.stampable


def test_key_colour_becomes_alpha() -> None:
    picture = imaging.decode(
        saved(Image.fromarray(SMALL), transparency=tuple(map(int, SMALL[0, 0])))
    )
    assert picture.alpha is not None
    assert picture.alpha[0, 0] == 0
    assert (picture.alpha.ravel()[1:] == 255).all()


@pytest.mark.parametrize(
    ("image", "kind", "says"),
    [
        (Image.fromarray(np.full((8, 8), 1e9, np.float32)), "TIFF", "32 bits"),
        (Image.new("YCbCr", (8, 8), (255, 128, 128)), "TIFF", "YCbCr"),
    ],
)
def test_what_cannot_be_kept_is_looked_at_but_not_written(
    image: Image.Image, kind: str, says: str
) -> None:
    picture = imaging.decode(saved(image, kind))
    assert picture.rgb.shape == (8, 8, 3)
    assert picture.rgb.min() == 255
    assert not picture.stampable
    with pytest.raises(UnsupportedFormatError, match=says):
        imaging.encode(picture, "PNG")


def test_pure_black_and_white_becomes_grey() -> None:
    picture = imaging.decode(saved(Image.new("1", (8, 8), 1)))
    assert picture.grey
    assert picture.stampable
    assert picture.rgb.min() == 255


def test_several_pictures_in_a_tiff_are_refused() -> None:
    pages = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue")]
    with pytest.raises(UnsupportedFormatError, match="several pictures"):
        imaging.decode(saved(pages[0], "TIFF", save_all=True, append_images=pages[1:]))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"hello, I am a text", "not a picture"),
        (saved(Image.fromarray(SMALL), "ICO"), "ICO"),
        (b"II+\0\x08\0\0\0", "BigTIFF"),
    ],
)
def test_other_formats_are_named(data: bytes, says: str) -> None:
    with pytest.raises(UnsupportedFormatError, match=says):
        imaging.decode(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_size_is_refused_before_decoding(kind: str) -> None:
    image = Image.new("RGB", (300, 200))
    data = saved(image, kind)
    headers_only = data[: len(data) * 3 // 4]  # could not be decoded at all
    for limits in (Limits(max_side=299), Limits(max_pixels=59_999)):
        with pytest.raises(ImageTooLargeError, match="300 x 200"):
            imaging.decode(headers_only, limits)
    with pytest.raises(ImageTooLargeError, match="bytes"):
        imaging.decode(data, Limits(max_bytes=len(data) - 1))
    imaging.decode(data, Limits(len(data), 60_000, 300))


def test_one_pixel_over_the_default_limit_is_refused_by_the_header() -> None:
    data = bytearray(saved(Image.fromarray(SMALL)))
    struct.pack_into(">II", data, 16, Limits().max_side + 1, 1)
    with pytest.raises(ImageTooLargeError, match="max_side"):
        imaging.decode(bytes(data))


def test_jpeg_with_one_scan_too_many_is_refused() -> None:
    data = saved(Image.fromarray(SMALL), "JPEG", progressive=True)
    scans = data.count(b"\xff\xda")
    assert 1 < scans < Limits().max_scans
    imaging.decode(data, Limits(max_scans=scans))
    with pytest.raises(ImageTooLargeError, match="scans"):
        imaging.decode(data, Limits(max_scans=scans - 1))


@pytest.mark.parametrize(
    ("limit", "data"),
    [
        ("JPEG_SEGMENTS", b"\xff\xd8" + b"\xff\xe1\0\2" * 6),
        ("JPEG_SEGMENTS", b"\xff\xd8\xff" + b"\xd0\xff" * 6),
        ("PNG_CHUNKS", b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0abcd\0\0\0\0" * 6),
        ("RIFF_CHUNKS", b"RIFF\x34\0\0\0WEBP" + b"abcd\0\0\0\0" * 6),
    ],
    ids=["segments", "restarts", "PNG chunks", "RIFF chunks"],
)
def test_headers_of_too_many_parts_are_refused(
    limit: str, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"provenance.containers.limits.{limit}", 5)
    with pytest.raises(CorruptImageError, match="over 5 "):
        imaging.decode(data)


def test_a_profile_that_grows_beyond_its_limit_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(Image.fromarray(SMALL), icc_profile=bytes(1000))
    assert imaging.decode(data).icc == bytes(1000)
    monkeypatch.setattr("provenance.imaging.png_texts.MAX_INFLATED", 999)
    assert imaging.decode(data).icc is None


def test_sources() -> None:
    grey, rgba = SMALL[..., 0], np.dstack((SMALL, SMALL[..., 0]))
    for source in (SMALL, grey, rgba, Image.fromarray(SMALL), Image.fromarray(rgba)):
        picture, data = imaging.load_picture(source)
        assert data is None
        assert picture.format == "PNG"
    assert np.array_equal(imaging.load_picture(rgba)[0].alpha, SMALL[..., 0])  # type: ignore[arg-type]
    encoded = saved(Image.fromarray(SMALL))
    assert imaging.load_picture(encoded)[1] == encoded


def test_pillow_image_keeps_profile_and_exif() -> None:
    exif = oriented(6).tobytes()
    data = saved(Image.fromarray(SMALL), "PNG", exif=exif, icc_profile=b"profile", dpi=(300, 300))
    with Image.open(BytesIO(data)) as image:
        picture, _ = imaging.load_picture(image)
    again = imaging.decode(imaging.encode(picture))
    assert (again.icc, again.orientation) == (b"profile", 6)
    assert again.dpi == pytest.approx((300, 300), abs=0.02)


@pytest.mark.parametrize(
    "source",
    [
        SMALL.astype(np.float32),
        SMALL[..., :2],
        SMALL[:0],
        np.zeros(4, np.uint8),
        None,
        3,
        Image.new("CMYK", (0, 0)),
    ],
)
def test_what_is_no_picture(source: Any) -> None:
    with pytest.raises(InputError):
        imaging.load_picture(source)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.png", tmp_path, Path("/dev/null"), tmp_path / ("n" * 300)):
        with pytest.raises(UnreadableInputError):
            imaging.load_picture(path)
    with pytest.raises(UnreadableInputError):
        imaging.load_picture("a\0b")
    (tmp_path / "text.png").write_text("not a picture")
    with pytest.raises(UnsupportedFormatError):
        imaging.load_picture(tmp_path / "text.png")
    (tmp_path / "big.png").write_bytes(bytes(11))
    with pytest.raises(ImageTooLargeError):
        imaging.load_picture(tmp_path / "big.png", Limits(max_bytes=10))


def test_format_for() -> None:
    assert imaging.find_format("out.JPG") == "JPEG"
    assert imaging.find_format(Path("a/b.webp")) == "WEBP"
    with pytest.raises(UnsupportedFormatError, match=r"\.png"):
        imaging.find_format("out.bmp")


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("Memory allocation error: Unspecified: Allocating 75040015 bytes failed"),
        OSError("decoder error: Out of memory"),
        ImportError("a.so: failed to map segment from shared object"),
    ],
    ids=["Python", "libheif", "libavif", "a library's loader"],
)
def test_too_little_memory_is_no_damage(error: Exception) -> None:
    """Whichever way a library says it: a healthy picture must not be called damaged."""
    with (
        pytest.raises(InputCostError, match="needs more memory"),
        translate_decoder_errors("The picture"),
    ):
        raise error
