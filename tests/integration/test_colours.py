"""Linear light, PQ and wide gamut: the mark is as strong as is seen, and read in any version."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance import imaging
from provenance.verify import State, Verifier
from tests.integration.studio import Pixels, Studio, jpeg
from tests.pngs import chunk, write

Floats = NDArray[np.float64]

SIDE = 384
WHITE = 203 / 10_000  # of PQ's peak, ITU-R BT.2408

TO_2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
TO_P3 = np.array([[0.8225, 0.1774, 0.0], [0.0332, 0.9669, 0.0], [0.0171, 0.0724, 0.9108]])


def decode_srgb(numbers: Floats) -> Floats:
    return np.where(numbers <= 0.04045, numbers / 12.92, ((numbers + 0.055) / 1.055) ** 2.4)


def encode_srgb(light: Floats) -> Floats:
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def encode_pq(light: Floats) -> Floats:
    power = np.clip(light * WHITE, 0, 1) ** 0.1593017578125
    return np.asarray(((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375)


def decode_pq(numbers: Floats) -> Floats:
    power = numbers ** (1 / 78.84375)
    light = np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)
    return np.asarray(light ** (1 / 0.1593017578125) / WHITE)


def same(values: Floats) -> Floats:
    return values


Coding = tuple[bytes, Floats, Callable[[Floats], Floats], Callable[[Floats], Floats]]

CODINGS: dict[str, Coding] = {
    "sRGB": (b"", np.eye(3), encode_srgb, decode_srgb),
    "linear": (chunk(b"gAMA", struct.pack(">I", 100_000)), np.eye(3), same, same),
    "PQ": (chunk(b"cICP", bytes([9, 16, 0, 1])), TO_2020, encode_pq, decode_pq),
    "P3": (chunk(b"cICP", bytes([12, 13, 0, 1])), TO_P3, encode_srgb, decode_srgb),
}


def show(own: NDArray[np.uint16], coding: str) -> Pixels:
    """Convert to sRGB, as a viewer does."""
    _, matrix, _, decode = CODINGS[coding]
    light = decode(own / 65_535) @ np.linalg.inv(matrix).T
    return np.asarray(np.rint(encode_srgb(light) * 255).astype(np.uint8))


def stamp(studio: Studio, picture: Pixels, coding: str) -> tuple[bytes, Pixels, Pixels, str]:
    """Return the stamped file, how it looks before and after, and its stamp."""
    stated, matrix, encode, _ = CODINGS[coding]
    numbers = encode(np.maximum(decode_srgb(picture / 255) @ matrix.T, 0))
    data = write(np.rint(np.clip(numbers, 0, 1) * 65_535), 16, stated)
    stamped = studio.stamper.stamp(data, model="m")
    before, after = imaging.decode(data).own, imaging.decode(stamped.data).own
    assert before is not None
    assert after is not None
    shown = show(before, coding), show(after, coding)
    assert np.abs(shown[0].astype(int) - picture).max() <= 1
    return stamped.data, *shown, stamped.record.stamp_id


def measure(before: Pixels, after: Pixels) -> float:
    return float(np.sqrt(np.mean((after.astype(float) - before) ** 2)))


@pytest.mark.parametrize("coding", ["linear", "PQ", "P3"])
def test_the_mark_is_as_strong_as_is_seen_and_read_in_any_version(
    a: Studio, verifier: Verifier, original: Pixels, coding: str
) -> None:
    picture = np.ascontiguousarray(original[:SIDE, :SIDE])
    _, *plain, _ = stamp(a, picture, "sRGB")
    data, before, after, stamp_id = stamp(a, picture, coding)
    assert measure(before, after) == pytest.approx(measure(*plain), rel=0.2)
    own = imaging.decode(data).own
    assert own is not None
    versions = {
        "signed": data,
        "as seen": jpeg(Image.fromarray(after), 75),
        "numbers of 16 bits, unexplained": write(own, 16),
        "numbers of 8 bits, unexplained": write((own + 128) // 257, 8),
    }
    for name, version in versions.items():
        verdict = verifier.verify(version)
        assert verdict.state is State.ATTRIBUTED, name
        assert verdict.origin is not None, name
        assert verdict.origin.stamp_id == stamp_id, name
