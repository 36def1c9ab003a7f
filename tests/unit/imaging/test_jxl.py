"""JPEG XL: exact stays exact, metadata and manifests go along, what can't be kept is named."""

from __future__ import annotations

import struct
import sys

import brotli
import numpy as np
import pylibjxl
import pytest

from provenance import imaging
from provenance.errors import CorruptImageError, ImageTooLargeError, UnsupportedFormatError
from provenance.imaging.jxl_header import Header, read_header
from provenance.limits import Limits

NOISE = np.random.default_rng(3).integers(0, 256, (40, 56, 4), dtype=np.uint8)
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF/></x:xmpmeta>"
EXIF = b"II*\0\x08\0\0\0\0\0\0\0\0\0"


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_exact_samples_stay_exact(channels: int) -> None:
    samples = np.ascontiguousarray(NOISE[..., :channels])
    picture = imaging.decode(pylibjxl.encode(samples, lossless=True, xmp=XMP, exif=EXIF))
    assert picture.lossless
    assert picture.stampable
    assert (picture.xmp, picture.exif) == (XMP, EXIF)
    again = imaging.decode(imaging.encode(picture))
    assert np.array_equal(again.rgb, picture.rgb)
    assert (again.xmp, again.exif, again.grey) == (XMP, EXIF, channels == 1)
    if channels == 4:
        assert again.alpha is not None
        assert np.array_equal(again.alpha, NOISE[..., 3])


def test_lossy_samples_are_known_as_such() -> None:
    data = pylibjxl.encode(np.ascontiguousarray(NOISE[..., :3]))
    assert not imaging.decode(data).lossless
    assert not imaging.decode(imaging.encode(imaging.decode(data))).lossless


def test_packed_metadata_is_unpacked_within_a_limit() -> None:
    picture, _ = imaging.load_picture(NOISE)
    plain = imaging.encode(picture, "JXL")
    packed = plain + box(b"brob", b"xml " + brotli.compress(XMP))
    assert imaging.decode(packed).xmp == XMP
    assert imaging.decode(plain + box(b"brob", b"xml " + b"no brotli")).xmp is None
    (loss,) = imaging.decode(plain + box(b"jbrd", b"x")).losses
    assert "rebuilds the JPEG" in loss.says
    assert not imaging.decode(plain + b"\0\0\0").losses


def test_size_is_refused_before_decoding_and_damage_is_named() -> None:
    data = pylibjxl.encode(NOISE)
    with pytest.raises(ImageTooLargeError, match="56 x 40"):
        imaging.decode(data[:200], Limits(max_side=55))
    for damaged in (data[:200], b"\xff\x0a", data[:2] + bytes(200)):
        with pytest.raises(CorruptImageError):
            imaging.decode(damaged)
    with pytest.raises(CorruptImageError, match="size that is impossible"):
        imaging.decode(imaging.encode(imaging.decode(data)) + struct.pack(">I4s", 3, b"abcd"))


@pytest.mark.parametrize("start", [b"", b"\xff\x0a", bytes(128), b"\xff" * 128])
def test_any_bits_make_a_header(start: bytes) -> None:
    assert isinstance(read_header(start), Header)


def test_without_the_package_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    data = pylibjxl.encode(NOISE)
    monkeypatch.setitem(sys.modules, "pylibjxl", None)
    with pytest.raises(UnsupportedFormatError, match="pip install 'pylibjxl"):
        imaging.decode(data)
