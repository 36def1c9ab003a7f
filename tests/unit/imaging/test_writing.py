"""What is written back is what was read, but for the pixels."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from provenance import imaging
from provenance.errors import CorruptImageError, InputError, UnsupportedFormatError
from provenance.imaging import png16
from provenance.imaging.pillow import make_deep_picture

pillow_heif.register_heif_opener()

DEEP = np.random.Generator(np.random.PCG64(3)).integers(0, 65_536, (40, 56), dtype=np.uint16)
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
    st.sampled_from(["PNG", "WEBP", "TIFF"]),
)
def test_exact_formats_give_every_sample_back(samples: Any, kind: str) -> None:
    picture, _ = imaging.load_picture(samples)
    again = imaging.decode(imaging.encode(picture, kind))
    assert np.array_equal(again.rgb, picture.rgb)
    alpha = np.full(samples.shape[:2], 255) if again.alpha is None else again.alpha
    assert np.array_equal(alpha, samples[..., 3] if samples.shape[2] == 4 else alpha)


def test_with_pixels_leaves_hidden_colour_alone() -> None:
    alpha = np.full((40, 56), 255, np.uint8)
    alpha[:, :20] = 0
    picture, _ = imaging.load_picture(np.dstack((NOISE, alpha)))
    changed = picture.with_pixels(255 - NOISE)
    assert (changed.rgb[:, :20] == NOISE[:, :20]).all()
    assert (changed.rgb[:, 20:] == 255 - NOISE[:, 20:]).all()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
@pytest.mark.parametrize("target", ["PNG", "JPEG", "WEBP", "AVIF", "TIFF", "HEIC"])
def test_metadata_survives_also_a_change_of_format(kind: str, target: str) -> None:
    text = PngInfo()
    text.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
    extra: dict[str, Any] = {"pnginfo": text} if kind == "PNG" else {"xmp": XMP}
    if kind == "TIFF":
        extra = {"tiffinfo": {0x02BC: XMP, 0x0112: 6, 0x010E: "a description"}}
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
    assert again.xmp == XMP
    assert again.icc == b"profile" * 20_000
    assert again.orientation == (1 if target == "HEIC" else 6)
    assert b"a description" in (again.exif or b"")
    if target in ("PNG", "JPEG", kind):  # the others state the density in EXIF
        assert again.exif == picture.exif
    if {kind, target} <= {"PNG", "JPEG", "TIFF"}:
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
    transparent, _ = imaging.load_picture(np.zeros((8, 8, 4), np.uint8))
    with pytest.raises(UnsupportedFormatError, match="transparency"):
        imaging.encode(transparent, "JPEG")
    long, _ = imaging.load_picture(np.zeros((2, 20_000, 3), np.uint8))
    with pytest.raises(UnsupportedFormatError, match="16383"):
        imaging.encode(long, "WEBP")
    with pytest.raises(UnsupportedFormatError, match="BMP is not written"):
        imaging.encode(long, "BMP")
    deep = imaging.decode(saved(Image.fromarray(DEEP), "PNG"))
    with pytest.raises(UnsupportedFormatError, match=r"16 bits.*PNG or TIFF"):
        imaging.encode(deep, "JPEG")
    ink = imaging.decode(saved(Image.fromarray(NOISE).convert("CMYK"), "JPEG"))
    with pytest.raises(UnsupportedFormatError, match=r"CMYK.*JPEG or TIFF"):
        imaging.encode(ink, "PNG")
    opaque, _ = imaging.load_picture(np.full((8, 8, 4), 255, np.uint8))
    assert imaging.decode(imaging.encode(opaque, "JPEG")).format == "JPEG"


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_stay_and_follow_the_marked_view(kind: str) -> None:
    picture = imaging.decode(saved(Image.fromarray(DEEP), kind))
    assert picture.own is not None
    assert np.array_equal(picture.own[..., 0], DEEP)
    assert np.array_equal(imaging.decode(imaging.encode(picture)).own, picture.own)  # type: ignore[arg-type]
    marked = picture.rgb.copy()
    marked[:20] = np.clip(marked[:20].astype(int) + 2, 0, 255)
    again = imaging.decode(imaging.encode(picture.with_pixels(marked)))
    assert np.array_equal(again.rgb, marked)
    assert again.own is not None
    assert np.array_equal(again.own[20:, :, 0], DEEP[20:])  # to the last bit where nothing changed
    inner = DEEP[:20] < 65_000
    assert (again.own[:20, :, 0].astype(int) - DEEP[:20])[inner].tolist() == [514] * inner.sum()


@given(arrays(np.uint16, st.tuples(*[st.integers(1, 9)] * 2, st.integers(2, 4))))
def test_sixteen_bits_in_several_channels_stay(samples: Any) -> None:
    picture = replace(make_deep_picture(samples), format="PNG")
    again = imaging.decode(imaging.encode(picture))
    assert np.array_equal(again.own, samples)  # type: ignore[arg-type]
    assert np.array_equal(again.rgb, picture.rgb)
    with Image.open(BytesIO(imaging.encode(picture))) as seen_by_pillow:
        seen_by_pillow.load()
        assert seen_by_pillow.size == samples.shape[1::-1]
        first = np.asarray(seen_by_pillow)[..., 0]
        assert np.abs(first.astype(int) - picture.rgb[..., 0]).max() <= 1  # Pillow rounds down


@given(arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20), st.just(4))))
def test_every_png_filter_is_undone(samples: Any) -> None:
    """RGBA of 8 bits has the same bytes per pixel as grey with alpha of 16."""
    data = saved(Image.fromarray(samples), "PNG")
    height, width = samples.shape[:2]
    start = data.index(b"IDAT")
    (length,) = struct.unpack(">I", data[start - 4 : start])
    unpacked = png16.unpack_rows(data[start + 4 : start + 4 + length], width, height, 2)
    assert np.array_equal(unpacked, samples.view(">u2").reshape(height, width, 2))


@pytest.mark.parametrize("kind", range(5))
def test_each_png_filter_alone(kind: int) -> None:
    samples = np.random.Generator(np.random.PCG64(4)).integers(0, 256, (9, 7, 6), dtype=np.uint8)
    filtered = zlib.compress(b"".join(filtered_rows(samples.astype(int), kind)))
    unpacked = png16.unpack_rows(filtered, 7, 9, 3)
    assert np.array_equal(unpacked, samples.view(">u2").reshape(9, 7, 3))


def filtered_rows(samples: Any, kind: int) -> Iterator[bytes]:
    """Filter as the PNG standard words it, pixel by pixel."""
    padded = np.pad(samples, ((1, 0), (1, 0), (0, 0)))
    for y in range(1, len(padded)):
        yield bytes([kind])
        for x in range(1, padded.shape[1]):
            a, b, c = padded[y, x - 1], padded[y - 1, x], padded[y - 1, x - 1]
            pa, pb, pc = abs(b - c), abs(a - c), abs(a + b - 2 * c)
            nearest = np.where((pa <= pb) & (pa <= pc), a, np.where(pb <= pc, b, c))
            guess = (0 * a, a, b, (a + b) // 2, nearest)[kind]
            yield ((padded[y, x] - guess) % 256).astype(np.uint8).tobytes()


@pytest.mark.parametrize(
    "rows", [b"", b"\0" * 12, b"\5" + bytes(12), b"\0" * 14], ids=["none", "few", "filter", "many"]
)
def test_damaged_rows_are_refused(rows: bytes) -> None:
    with pytest.raises(CorruptImageError):
        png16.unpack_rows(zlib.compress(rows), 2, 1, 3)


@given(
    arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(4))),
    st.integers(-4, 4),
)
def test_inks_follow_the_marked_view(inks: Any, change: int) -> None:
    image = Image.frombuffer("CMYK", inks.shape[1::-1], np.ascontiguousarray(inks))
    picture = imaging.load_picture(image)[0]
    marked = np.clip(picture.rgb.astype(int) + change, 0, 255).astype(np.uint8)
    own = picture.with_pixels(marked).own
    assert own is not None
    assert np.array_equal(
        own[(marked == picture.rgb).all(axis=2)], inks[(marked == picture.rgb).all(axis=2)]
    )
    seen = imaging.load_picture(Image.frombuffer("CMYK", own.shape[1::-1], own))[0].rgb
    assert np.abs(seen.astype(int) - marked).max() <= 1
    in_tiff = imaging.decode(imaging.encode(picture.with_pixels(marked), "TIFF"))
    assert np.array_equal(in_tiff.own, own)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["AVIF", "HEIC"])
@pytest.mark.parametrize("chroma", ["4:2:0", "4:4:4"])
def test_colour_resolution_is_kept(photograph: Any, kind: str, chroma: str) -> None:
    image = Image.fromarray(photograph[:96, :96])
    plugin, name = (kind, "subsampling") if kind == "AVIF" else ("HEIF", "chroma")
    value = chroma if kind == "AVIF" else chroma.replace(":", "")
    picture = imaging.decode(saved(image, plugin, **{name: value}))
    assert picture.chroma == chroma
    assert imaging.decode(imaging.encode(picture)).chroma == chroma


@pytest.mark.parametrize("prefix", [b"II", b"MM"])
def test_tiff_keeps_what_describes_the_picture(prefix: bytes) -> None:
    tags: Any = ImageFileDirectory_v2(prefix=prefix)
    iptc, resources = b"\x1c\x02\x50\0\x08somebody", b"8BIM\x04\x04\0\0\0\0\0\0"
    tags[0x013B], tags[0x8298], tags[33723], tags[34377] = "an artist", "whose", iptc, resources
    tags[34665] = {0x9286: b"ASCII\0\0\0a comment"}
    picture = imaging.decode(saved(Image.fromarray(NOISE), "TIFF", tiffinfo=tags, dpi=(300, 300)))
    again = imaging.decode(imaging.encode(picture))
    assert again.exif == picture.exif
    assert again.dpi == pytest.approx((300, 300))
    exif = Image.Exif()
    exif.load(again.exif or b"")
    assert (exif[0x013B], exif[0x8298], exif[33723], exif[34377]) == (
        "an artist",
        "whose",
        iptc,
        resources,
    )
    assert exif.get_ifd(34665)[0x9286] == b"ASCII\0\0\0a comment"


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
        for name in (
            "icc",
            "exif",
            "xmp",
            "dpi",
            "orientation",
            "grey",
            "coding",
            "blocks",
            "chroma",
        ):
            assert getattr(again, name) == getattr(picture, name), (path.name, name)
        if picture.lossless:
            assert np.array_equal(again.rgb, picture.rgb), path.name
            assert np.array_equal(again.alpha, picture.alpha), path.name  # type: ignore[arg-type]
    assert refused == ["SOURCES.tsv"]
