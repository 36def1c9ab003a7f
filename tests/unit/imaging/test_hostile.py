"""No input, however made, causes anything but an InputError."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from provenance import imaging
from provenance.errors import InputError
from provenance.imaging.codecs import WRITERS
from provenance.imaging.pillow import make_deep_picture
from tests import pngs, tiffs
from tests.tiffs import Form

pillow_heif.register_heif_opener()


def good_files() -> list[bytes]:
    """Small files with every kind of metadata, one for each decoder path."""
    samples = np.random.Generator(np.random.PCG64(2)).integers(0, 256, (24, 20, 4), dtype=np.uint8)
    rgba = Image.fromarray(samples)
    exif = Image.Exif()
    exif[0x0112] = 3
    files = []
    for kind, image, options in (
        ("PNG", rgba, {}),
        ("PNG", rgba.convert("RGB").quantize(8), {"transparency": 0}),
        ("PNG", Image.fromarray(samples[..., 0].astype(np.uint16) * 257), {}),
        ("JPEG", rgba.convert("RGB"), {"xmp": b"<x/>"}),
        ("JPEG", rgba.convert("RGB"), {"progressive": True}),
        ("JPEG", rgba.convert("CMYK"), {}),
        ("WEBP", rgba, {"lossless": True, "xmp": b"<x/>"}),
        ("WEBP", rgba, {"quality": 50}),
        ("AVIF", rgba, {}),
        ("HEIF", rgba, {}),
        ("TIFF", rgba, {"compression": "tiff_lzw"}),
        ("TIFF", Image.fromarray(samples[..., 0].astype(np.uint16) * 257), {}),
    ):
        buffer = BytesIO()
        image.save(buffer, kind, exif=exif, icc_profile=b"profile", **options)
        files.append(buffer.getvalue())
    for form, channels in (
        (Form(1, 12, tile=(16, 16)), 1),
        (Form(2, 16, order=">", planar=2, compression=5, predictor=2), 3),
        (Form(2, 8, extra=1, strip=5), 4),
    ):
        numbers = samples[..., :channels].astype(np.uint16) * ((1 << form.bits) // 256)
        files.append(tiffs.write(numbers, form, {33550: (12, (1.0, 2.0, 3.0))}))
    key, linear = pngs.chunk(b"tRNS", bytes(6)), pngs.chunk(b"gAMA", b"\0\1\x86\xa0")
    files.append(pngs.write(samples[..., :3], 16, key, linear, interlaced=True))
    deep = samples.astype(np.uint16) * 257
    files.append(imaging.encode(replace(make_deep_picture(deep), format="PNG")))
    return files


GOOD = good_files()
MAX_SECONDS = 30.0  # of processor time, to which a busy machine adds nothing


@contextmanager
def in_time() -> Iterator[None]:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < MAX_SECONDS


def read(data: bytes) -> None:
    """Decode and, where possible, write and read again; only an InputError may come of it."""
    try:
        picture = imaging.decode(data)
    except InputError:
        return
    assert picture.rgb.shape == (picture.height, picture.width, 3)
    assert picture.orientation in range(1, 9)
    if picture.stampable:
        kind = picture.format if picture.format in WRITERS else "PNG"
        try:
            written = imaging.encode(picture, kind)
        except InputError:  # a later frame is damaged
            assert picture.moving
            return
        imaging.decode(written)


@settings(max_examples=400)
@given(
    st.sampled_from(GOOD),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=8),
    st.one_of(st.none(), st.integers(0, 10**6)),
)
def test_mutated_files(data: bytes, edits: list[tuple[int, int]], cut: int | None) -> None:
    mutated = bytearray(data)
    for position, value in edits:
        mutated[position % len(mutated)] = value
    with in_time():
        read(bytes(mutated[: cut % len(mutated)] if cut is not None else mutated))


@settings(max_examples=60)
@given(
    st.binary(max_size=120),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=6),
    st.sampled_from(["PNG", "JPEG", "WEBP", "AVIF", "TIFF", "HEIC"]),
)
def test_odd_exif_in_every_format(junk: bytes, edits: list[tuple[int, int]], target: str) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a description"
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0a comment"
    data = bytearray(exif.tobytes()[6:] + junk)
    for position, value in edits:
        data[position % len(data)] = value
    plain, _ = imaging.load_picture(np.zeros((16, 16, 3), np.uint8))
    for picture in (replace(plain, exif=bytes(data)), replace(plain, exif=junk, xmp=junk)):
        for each in (picture, imaging.strip_texts(picture)):
            with in_time(), suppress(InputError):
                imaging.decode(imaging.encode(each, target))


@given(st.binary(max_size=200), st.sampled_from([b"", *(data[:12] for data in GOOD)]))
@example(b"", b"\xff\xd8\xff")
def test_arbitrary_bytes(data: bytes, start: bytes) -> None:
    read(start + data)


@pytest.mark.parametrize("index", range(len(GOOD)))
def test_every_length_of_a_truncated_file(index: int) -> None:
    for length in range(0, len(GOOD[index]), 7):
        read(GOOD[index][:length])


def test_malformed_files_of_other_suites(corpus: Path, capfd: pytest.CaptureFixture[str]) -> None:
    paths = [path for path in sorted((corpus / "bad").rglob("*")) if path.is_file()]
    assert len(paths) > 400
    for path in paths:
        read(path.read_bytes())
    assert capfd.readouterr().out == ""
