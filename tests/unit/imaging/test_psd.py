"""Photoshop's files: the flat picture is read as it is shown, whatever its colours, or named."""

from __future__ import annotations

import struct
from itertools import groupby

import numpy as np
import pytest
from numpy.typing import NDArray

from provenance import imaging
from provenance.errors import CorruptImageError, ImageTooLargeError, UnsupportedFormatError
from provenance.limits import Limits

Planes = NDArray[np.uint8]
NOISE = np.random.default_rng(17).integers(0, 256, (5, 19, 27), dtype=np.uint8)
NOISE[:, 4:9] = 7  # runs, for the packing
BITMAP, GREY, PALETTE, RGB, CMYK, MULTICHANNEL, DUOTONE, LAB = 0, 1, 2, 3, 4, 7, 8, 9
TABLE = np.arange(768, dtype=np.uint8).reshape(3, 256)


def write(
    planes: Planes,
    mode: int,
    *,
    way: int = 1,
    bits: int = 8,
    clear: bool = False,
    resources: bytes = b"",
) -> bytes:
    """Write a file as Photoshop does: raw, or packed row by row behind a table of lengths."""
    rows = np.packbits(planes, axis=2) if bits == 1 else planes
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 1, len(planes), *planes.shape[1:], bits, mode)
    palette = TABLE.tobytes() if mode == PALETTE else b""
    layers = struct.pack(">Ih", 2, -1 if clear else 1)
    sections = b"".join(struct.pack(">I", len(s)) + s for s in (palette, resources, layers))
    packed = [pack(row.tobytes()) for plane in rows for row in plane]
    lengths = struct.pack(f">{len(packed)}H", *map(len, packed))
    body = rows.tobytes() if way == 0 else lengths + b"".join(packed)
    return head + sections + struct.pack(">H", way) + body


def pack(row: bytes) -> bytes:
    """Pack a row: runs by their length, and single bytes one by one."""
    out = b""
    for value, run in groupby(row):
        count = len(list(run))
        out += bytes([257 - count, value]) if count > 1 else bytes([0, value])
    return out


@pytest.mark.parametrize("way", [0, 1])
@pytest.mark.parametrize("further", [0, 1, 2])
@pytest.mark.parametrize("clear", [False, True])
def test_colours_are_read_whatever_channels_follow(way: int, further: int, clear: bool) -> None:
    for mode, count in ((GREY, 1), (DUOTONE, 1), (RGB, 3)):
        planes = NOISE[: count + further]
        picture = imaging.decode(write(planes, mode, way=way, clear=clear))
        shown = np.moveaxis(np.broadcast_to(planes[:count], (3, *planes.shape[1:])), 0, -1)
        assert np.array_equal(picture.rgb, shown)
        assert picture.grey == (count == 1)
        if clear and further:
            assert picture.alpha is not None
            assert np.array_equal(picture.alpha, planes[count])
        else:
            assert picture.alpha is None


@pytest.mark.parametrize("way", [0, 1])
def test_black_and_white_is_not_turned_round(way: int) -> None:
    black = (NOISE[:1] >> 7).astype(np.uint8)
    picture = imaging.decode(write(black, BITMAP, way=way, bits=1))
    assert np.array_equal(picture.rgb[..., 0], 255 * (1 - black[0]))


@pytest.mark.parametrize("way", [0, 1])
def test_palettes_and_inks(way: int) -> None:
    picture = imaging.decode(write(NOISE[:1], PALETTE, way=way))
    assert np.array_equal(picture.rgb, np.moveaxis(TABLE[:, NOISE[0]], 0, -1))
    picture = imaging.decode(write(NOISE[:5], CMYK, way=way))
    assert picture.own is not None
    assert np.array_equal(picture.own, 255 - np.moveaxis(NOISE[:4], 0, -1))
    white = np.full((4, 3, 3), 255, np.uint8)
    assert (imaging.decode(write(white, CMYK)).rgb == 255).all()


def test_the_profile_is_found_behind_other_resources() -> None:
    resources = b"8BIM\x03\xed\0\0\0\0\0\3abc\0" + b"8BIM\x04\x0f\4name\0\0\0\0\4icc!"
    picture = imaging.decode(write(NOISE[:3], RGB, resources=resources))
    assert picture.icc == b"icc!"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (write(NOISE[:3], LAB), "L\\*a\\*b\\*"),
        (write(NOISE[:3], MULTICHANNEL), "separate inks"),
        (write(NOISE[:3], RGB, bits=16), "16 or 32 bits"),
        (write(NOISE[:3], RGB, way=2), "compressed in a way"),
        (write(NOISE[:3], RGB).replace(b"8BPS\0\1", b"8BPS\0\2", 1), "PSB"),
    ],
)
def test_what_is_not_handled_is_named(data: bytes, name: str) -> None:
    with pytest.raises(UnsupportedFormatError, match=name):
        imaging.decode(data)


def test_damage_and_size_are_named() -> None:
    data = write(NOISE[:3], RGB)
    for end in (10, 30, 40, 60, len(data) // 2, len(data) - 1):
        with pytest.raises(CorruptImageError):
            imaging.decode(data[:end])
    for mode, planes in ((RGB, NOISE[:2]), (BITMAP, NOISE[:1])):
        with pytest.raises(CorruptImageError, match="contradicts"):
            imaging.decode(write(planes, mode))
    with pytest.raises(ImageTooLargeError):
        imaging.decode(data, Limits(max_side=26))
