"""What is written back is what was read, but for the pixels."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from provenance import imaging
from provenance.errors import InputError, UnsupportedFormatError

XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
EXIF = Image.Exif()
EXIF[0x0112] = 6
EXIF[0x010E] = "a description"
NOISE = np.random.Generator(np.random.PCG64(1)).integers(0, 256, (40, 56, 3), dtype=np.uint8)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def with_chunks(png: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    packed = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    return png[:33] + packed + png[33:]


@given(
    arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12), st.sampled_from([3, 4]))),
    st.sampled_from(["PNG", "WEBP"]),
)
def test_exact_formats_give_every_sample_back(samples: Any, kind: str) -> None:
    picture, _ = imaging.picture_from(samples)
    again = imaging.decode(imaging.encode(picture, kind))
    assert np.array_equal(again.rgb, picture.rgb)
    alpha = np.full(samples.shape[:2], 255) if again.alpha is None else again.alpha
    assert np.array_equal(alpha, samples[..., 3] if samples.shape[2] == 4 else alpha)


def test_with_pixels_leaves_hidden_colour_alone() -> None:
    alpha = np.full((40, 56), 255, np.uint8)
    alpha[:, :20] = 0
    picture, _ = imaging.picture_from(np.dstack((NOISE, alpha)))
    changed = picture.with_pixels(255 - NOISE)
    assert (changed.rgb[:, :20] == NOISE[:, :20]).all()
    assert (changed.rgb[:, 20:] == 255 - NOISE[:, 20:]).all()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("target", ["PNG", "JPEG", "WEBP"])
def test_metadata_survives_also_a_change_of_format(kind: str, target: str) -> None:
    text = PngInfo()
    text.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
    extra = {"pnginfo": text} if kind == "PNG" else {"xmp": XMP}
    data = saved(
        Image.fromarray(NOISE),
        kind,
        exif=EXIF,
        icc_profile=b"profile" * 20_000,
        dpi=(300, 300),
        **extra,
    )
    picture = imaging.decode(data)
    again = imaging.decode(imaging.encode(picture, target))
    assert again.format == target
    assert (again.icc, again.exif, again.xmp) == (picture.icc, picture.exif, picture.xmp)
    assert again.xmp == XMP
    assert again.icc == b"profile" * 20_000
    assert again.orientation == 6
    if "WEBP" not in (kind, target):
        assert again.dpi == pytest.approx((300, 300), abs=0.02)


@pytest.mark.parametrize("quality", [30, 75, 95])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_is_coded_as_it_was(
    photograph: Any, quality: int, subsampling: int, progressive: bool
) -> None:
    image = Image.fromarray(photograph)
    data = saved(image, "JPEG", quality=quality, subsampling=subsampling, progressive=progressive)
    picture = imaging.decode(data)
    encoded = imaging.encode(picture)
    assert imaging.decode(encoded).coding == picture.coding
    assert len(encoded) <= 1.02 * len(data)


def test_jpeg_stored_as_rgb_stays_so() -> None:
    picture = imaging.decode(saved(Image.fromarray(NOISE), "JPEG", keep_rgb=True, quality=90))
    assert picture.coding is not None
    assert picture.coding.stored_rgb
    assert imaging.decode(imaging.encode(picture)).coding == picture.coding


@pytest.mark.parametrize("progressive", [False, True])
def test_noise_at_the_finest_quality_can_be_written(
    progressive: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    noise = np.tile(NOISE, (12, 9, 1))
    data = saved(Image.fromarray(noise), "JPEG", quality=100, subsampling=0)
    picture = imaging.decode(data)
    assert picture.coding is not None
    coding = imaging.decode(imaging.encode(picture)).coding
    assert coding is not None
    assert coding.tables == picture.coding.tables
    capfd.readouterr()  # libjpeg says on stderr that the first try ran out of buffer


def test_jpeg_segments_stay_verbatim_but_for_the_manifest() -> None:
    plain = saved(Image.fromarray(NOISE), "JPEG", dpi=(72, 72))
    kept = b"".join(
        b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body
        for marker, body in ((0xED, b"Photoshop 3.0\0iptc"), (0xFE, b"comment"), (0xE5, b"?"))
    )
    manifest = b"\xff\xeb\0\x12JP\0\1\0\0\0\1....jumb"
    encoded = imaging.encode(imaging.decode(plain[:20] + kept + manifest + plain[20:]))
    assert encoded[:20] == plain[:20]  # JFIF header with its pixel density
    assert kept in encoded
    assert b"jumb" not in encoded


def test_png_chunks_stay_verbatim_but_for_the_manifest() -> None:
    kept = [
        (b"gAMA", struct.pack(">I", 45455)),
        (b"cICP", b"\x09\x10\0\1"),
        (b"pHYs", struct.pack(">IIB", 2835, 2835, 1)),
        (b"tEXt", b"parameters\0a fox, Steps: 20"),
        (b"zTXt", b"workflow\0\0" + zlib.compress(b"{}" * 1000)),
        (b"prVt", b"unknown, safe to copy"),
    ]
    data = with_chunks(
        saved(Image.fromarray(NOISE), "PNG"), *kept, (b"caBX", b"manifest"), (b"prIV", b"unsafe")
    )
    picture = imaging.decode(data)
    encoded = imaging.encode(picture.with_pixels(255 - NOISE))
    assert [(block.kind, block.payload) for block in picture.blocks] == kept
    assert imaging.decode(encoded).blocks == picture.blocks
    assert with_chunks(saved(Image.fromarray(NOISE), "PNG"), *kept)[:200] == encoded[:200]
    assert b"caBX" not in encoded
    assert b"prIV" not in encoded


def test_webp_drops_the_manifest_and_stays_lossy_or_lossless() -> None:
    for lossless in (True, False):
        data = saved(Image.fromarray(NOISE), "WEBP", lossless=lossless, exif=EXIF)
        data += b"C2PA" + struct.pack("<I", 8) + b"manifest"
        data = data[:4] + struct.pack("<I", len(data) - 8) + data[8:]
        picture = imaging.decode(data)
        encoded = imaging.encode(picture)
        assert picture.lossless == lossless
        assert imaging.decode(encoded).lossless == lossless
        assert b"C2PA" not in encoded


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_grey_stays_grey(kind: str) -> None:
    picture = imaging.decode(saved(Image.fromarray(NOISE[..., 0]), kind))
    assert imaging.decode(imaging.encode(picture)).grey


def test_what_a_format_cannot_hold_is_refused() -> None:
    transparent, _ = imaging.picture_from(np.zeros((8, 8, 4), np.uint8))
    with pytest.raises(UnsupportedFormatError, match="transparency"):
        imaging.encode(transparent, "JPEG")
    long, _ = imaging.picture_from(np.zeros((2, 20_000, 3), np.uint8))
    with pytest.raises(UnsupportedFormatError, match="16383"):
        imaging.encode(long, "WEBP")
    with pytest.raises(UnsupportedFormatError, match="GIF"):
        imaging.encode(long, "GIF")
    opaque, _ = imaging.picture_from(np.full((8, 8, 4), 255, np.uint8))
    assert imaging.decode(imaging.encode(opaque, "JPEG")).format == "JPEG"


def test_exif_too_long_for_a_jpeg_is_refused() -> None:
    data = with_chunks(saved(Image.fromarray(NOISE), "PNG"), (b"eXIf", b"II*\0" + bytes(70_000)))
    with pytest.raises(UnsupportedFormatError, match="EXIF"):
        imaging.encode(imaging.decode(data), "JPEG")


def test_corpus_is_kept(corpus: Path) -> None:
    """Every stampable picture keeps its metadata, and its samples where the format is exact."""
    refused = []
    for path in sorted((corpus / "hard").iterdir()):
        try:
            picture = imaging.decode(path.read_bytes())
            again = imaging.decode(imaging.encode(picture))
        except InputError:
            refused.append(path.name)
            continue
        for name in ("icc", "exif", "xmp", "dpi", "orientation", "grey", "coding", "blocks"):
            assert getattr(again, name) == getattr(picture, name), (path.name, name)
        if picture.lossless:
            assert np.array_equal(again.rgb, picture.rgb), path.name
            assert np.array_equal(again.alpha, picture.alpha), path.name  # type: ignore[arg-type]
    assert refused == [
        "SOURCES.tsv",
        "bilevel_1bit.png",
        "cmyk_flower.jpg",
        "gray16_pier.png",
        "photo.avif",
    ]
