"""The watermark on arbitrary payloads, noise, pictures and arrays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray
from PIL import Image

from provenance import watermark
from provenance.errors import ImageTooFlatError
from provenance.watermark import Payload, code

CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large]
SUITE = settings(deadline=None, suppress_health_check=CHECKS, max_examples=200)
FEW = settings(SUITE, max_examples=25)  # each may run the detector's whole search

payload_bytes = st.binary(min_size=12, max_size=12)
words = st.binary(min_size=15, max_size=15)
keys = st.none() | st.binary(min_size=32, max_size=32)
seeds = st.integers(0, 2**32 - 1)


@st.composite
def fields(draw: st.DrawFn) -> Payload:
    names = {"producer": 20, "model": 16, "minute": 26, "serial": 30, "version": 4}
    values = {name: draw(st.integers(0, 2**bits - 1)) for name, bits in names.items()}
    return Payload(**values)


@SUITE
@given(fields())
def test_fields_come_back(payload: Payload) -> None:
    assert Payload.unpack(payload.pack()) == payload
    assert Payload.count_minutes(payload.created) == payload.minute


@SUITE
@given(payload_bytes)
def test_any_bytes_are_a_payload(data: bytes) -> None:
    assert Payload.unpack(data).pack() == data
    assert Payload.unpack(data).stamp_id == data.hex()


@SUITE
@given(st.datetimes(datetime(2024, 1, 1), datetime(2151, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_a_minute_is_at_most_a_minute_off(time: datetime) -> None:
    created = Payload(0, 0, Payload.count_minutes(time), 0).created
    assert 0 <= (time - created).total_seconds() < 60


@FEW
@given(words, seeds, st.floats(0, 1.5), st.floats(1e-3, 1e3))
def test_a_code_word_survives_noise(word: bytes, seed: int, deviation: float, scale: float) -> None:
    noise = np.random.default_rng(seed).normal(0, deviation, 1024)
    soft = scale * (code.encode(word) + noise)
    assert code.decode(soft.astype(np.float32)) == word


@FEW
@given(words, seeds, st.floats(1.5, 4))
def test_under_any_noise_it_is_the_word_or_nothing(
    word: bytes, seed: int, deviation: float
) -> None:
    noise = np.random.default_rng(seed).normal(0, deviation, 1024)
    assert code.decode((code.encode(word) + noise).astype(np.float32)) in (word, None)


def cut(picture: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """A part of a photograph, 128 to 400 pixels a side; resized, turned, lit, noised at random."""
    random = np.random.default_rng(seed)
    height, width = (int(n) for n in random.integers(128, 401, 2))
    image = Image.fromarray(picture)
    left, top = (int(random.integers(0, max(1, n // 2))) for n in image.size)
    box = (left, top, left + image.width // 2, top + image.height // 2)
    part = image.resize((width, height), Image.Resampling.BICUBIC, box=box)
    pixels = np.asarray(part.transpose(Image.Transpose(int(random.integers(0, 7)))), dtype=float)
    pixels = pixels * random.uniform(0.3, 1.5) + random.normal(
        0, random.uniform(0, 10), pixels.shape
    )
    return np.clip(pixels, 0, 255).astype(np.uint8)


def texture(seed: int) -> NDArray[np.uint8]:
    """A synthetic picture: stripes over blotches over noise, of random size and strength."""
    random = np.random.default_rng(seed)
    height, width = (int(n) for n in random.integers(128, 401, 2))
    y, x = np.indices((height, width))
    stripes = np.sin(x * random.uniform(0, 1) + y * random.uniform(0, 1))
    blotches = Image.fromarray(random.normal(0, 1, (6, 6)).astype(np.float32)).resize(
        (width, height)
    )
    grey = random.uniform(20, 235) + stripes * random.uniform(0, 30)
    grey = grey + np.asarray(blotches.resize((width, height))) * random.uniform(0, 50)
    colour = grey[..., None] * random.uniform(0.6, 1.2, 3)
    return np.clip(colour + random.normal(0, 4, colour.shape), 0, 255).astype(np.uint8)


@FEW
@given(st.integers(0, 6), seeds, payload_bytes, keys)
def test_what_embed_returns_detect_reads(
    photographs: Mapping[str, NDArray[np.uint8]],
    number: int,
    seed: int,
    payload: bytes,
    key: bytes | None,
) -> None:
    picture = cut(list(photographs.values())[number], seed)
    try:
        marked = watermark.embed(picture, payload, key)
    except ImageTooFlatError:
        return
    assert marked.shape == picture.shape
    found = watermark.detect(marked, key)
    assert found is not None
    assert found.payload == payload


@FEW
@given(seeds, payload_bytes, keys)
def test_textures_are_marked_and_read(seed: int, payload: bytes, key: bytes | None) -> None:
    marked = watermark.embed(texture(seed), payload, key)
    found = watermark.detect(marked, key)
    assert found is not None
    assert found.payload == payload


@settings(FEW, max_examples=15)
@given(st.integers(0, 6), seeds, payload_bytes, st.floats(-180, 180), st.floats(0.3, 2), st.data())
def test_a_mistreated_mark_is_read_rightly_or_not_at_all(
    photographs: Mapping[str, NDArray[np.uint8]],
    number: int,
    seed: int,
    payload: bytes,
    degrees: float,
    factor: float,
    data: st.DataObject,
) -> None:
    """However far it goes: a wrong payload would accuse somebody."""
    picture = list(photographs.values())[number][:384, :384]
    image = Image.fromarray(watermark.embed(picture, payload))
    image = image.rotate(degrees, Image.Resampling.BICUBIC, expand=data.draw(st.booleans()))
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    pixels = np.asarray(image.resize(size), dtype=float)
    noise = np.random.default_rng(seed).normal(0, data.draw(st.floats(0, 40)), pixels.shape)
    found = watermark.detect(np.clip(pixels + noise, 0, 255).astype(np.uint8))
    assert found is None or found.payload == payload


shapes = array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=80).map(lambda s: (*s, 3))


@FEW
@given(arrays(np.uint8, shapes), keys)
@example(np.zeros((0, 0, 3), np.uint8), None)
@example(np.full((32, 200, 3), 255, np.uint8), None)
def test_arbitrary_arrays_hold_no_mark(rgb: NDArray[np.uint8], key: bytes | None) -> None:
    assert watermark.detect(rgb, key) is None


@settings(FEW, max_examples=12)
@given(seeds, st.integers(1, 12), st.integers(1, 12))
def test_arbitrary_patterns_hold_no_mark(seed: int, rows: int, columns: int) -> None:
    """Periodic pictures are where a pilot could be seen that nobody put there."""
    tile = np.random.default_rng(seed).integers(0, 256, (rows * 8, columns * 8, 3), dtype=np.uint8)
    assert watermark.detect(np.tile(tile, (200 // len(tile) + 1, 6, 1))) is None
