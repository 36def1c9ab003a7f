"""HEIC of 10 and 12 bits: read and written with all of them, and with what they mean."""

from __future__ import annotations

import io

import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray

from provenance import imaging
from provenance.errors import UnsupportedFormatError

SIDE = 64
PQ = {"color_primaries": 9, "transfer_characteristics": 16}


def draw(bits: int, channels: int) -> NDArray[np.uint16]:
    """A ramp through every level, coded as the library wants it."""
    ramp = np.linspace(0, (1 << bits) - 1, SIDE * SIDE).round().astype(np.uint16)
    planes = [np.roll(ramp, 700 * index).reshape(SIDE, SIDE) for index in range(channels)]
    return (np.dstack(planes) << (16 - bits)).astype(np.uint16)


def save(bits: int, channels: int, **options: object) -> bytes:
    samples, mode = draw(bits, channels), {1: "I;16", 3: "RGB;16", 4: "RGBA;16"}[channels]
    file = pillow_heif.from_bytes(mode=mode, size=(SIDE, SIDE), data=samples.tobytes())
    buffer = io.BytesIO()
    exact = {"quality": -1, "chroma": 444, "bit_depth": bits}
    file.save(buffer, **exact, **{"matrix_coefficients": 0, **options})
    return buffer.getvalue()


@pytest.mark.parametrize("bits", [10, 12])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_bit_is_read_and_written(bits: int, channels: int) -> None:
    picture = imaging.decode(save(bits, channels))
    assert picture.stampable
    assert picture.depth == bits
    assert picture.own is not None
    most = (1 << bits) - 1
    assert np.array_equal((picture.own * (most / 65535)).round(), draw(bits, channels) >> 16 - bits)
    again = imaging.decode(imaging.encode(picture))
    assert again.depth == bits
    assert again.own is not None
    off = (again.own.astype(float) - picture.own) / 65535 * most
    assert 10 * np.log10(most**2 / (off**2).mean()) > 48


def test_pq_keeps_its_meaning_and_its_bits() -> None:
    picture = imaging.decode(save(10, 3, **PQ, matrix_coefficients=9))
    again = imaging.decode(imaging.encode(picture))
    assert again.depth == 10
    assert again.colour == picture.colour
    assert picture.colour
    assert picture.colour.numbers == (9, 16)
    deep = imaging.decode(imaging.encode(picture, "PNG"))
    assert deep.own is not None
    assert deep.own.dtype == np.uint16


def test_other_deep_pictures_are_not_cut_down_to_a_heic() -> None:
    deep, _ = imaging.load_picture(np.zeros((SIDE, SIDE, 3), np.uint16))
    with pytest.raises(UnsupportedFormatError, match="16 bits per channel"):
        imaging.encode(deep, "HEIC")
