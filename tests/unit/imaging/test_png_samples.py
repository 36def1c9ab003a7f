"""PNG of every depth, with key colours and in passes, and what its chunks say of the samples."""

from __future__ import annotations

import struct
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from provenance import imaging
from provenance.errors import CorruptImageError, UnsupportedFormatError
from tests.pngs import chunk, write

RANDOM = np.random.Generator(np.random.PCG64(23))


def draw(channels: int, depth: int, shape: tuple[int, int] = (11, 13)) -> NDArray[Any]:
    return RANDOM.integers(0, 1 << min(depth, 16), (*shape, channels))


def shares(picture: imaging.Picture) -> NDArray[np.float64]:
    """Return the picture's own samples as shares of the largest, alpha last."""
    if picture.own is not None:
        return picture.own / np.iinfo(picture.own.dtype).max
    colours = picture.rgb[..., :1] if picture.grey else picture.rgb
    return (colours if picture.alpha is None else np.dstack([colours, picture.alpha])) / 255


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(
    ("channels", "depth"), [*product([1], [1, 2, 4, 8, 16]), *product([2, 3, 4], [8, 16])]
)
def test_every_depth(channels: int, depth: int, interlaced: bool) -> None:
    for shape in ((11, 13), (1, 1), (3, 2), (9, 1)):
        samples = draw(channels, depth, shape)
        data = write(samples, depth, interlaced=interlaced)
        picture = imaging.decode(data)
        assert picture.obstacle is None
        wanted = samples / ((1 << depth) - 1)
        assert np.array_equal(shares(picture), wanted)
        assert np.array_equal(shares(imaging.decode(imaging.encode(picture))), wanted)


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(
    ("channels", "depth"), [*product([1], [1, 2, 4, 8, 16]), *product([3], [8, 16])]
)
def test_a_key_colour_hides_what_it_names_and_nothing_else(
    channels: int, depth: int, interlaced: bool
) -> None:
    samples = draw(channels, depth)
    key = samples[4, 5]
    samples[:3] = key
    samples[3] = np.where(samples[3] == key, key ^ 1, samples[3])
    data = write(
        samples,
        depth,
        chunk(b"tRNS", struct.pack(f">{channels}H", *key)),
        interlaced=interlaced,
    )
    hidden = (samples == key).all(axis=2)
    for picture in (imaging.decode(data), imaging.decode(imaging.encode(imaging.decode(data)))):
        assert picture.alpha is not None
        assert np.array_equal(picture.alpha == 0, hidden)
        assert set(np.unique(picture.alpha)) <= {0, 255}
        assert np.array_equal(shares(picture)[..., :channels], samples / ((1 << depth) - 1))
    marked = picture.with_pixels(picture.rgb ^ np.uint8(1))
    assert np.array_equal(shares(marked)[hidden], shares(picture)[hidden])  # stays as it was


def test_a_key_colour_that_is_cut_off_is_damage() -> None:
    with pytest.raises(CorruptImageError, match="key colour"):
        imaging.decode(write(draw(3, 16), 16, chunk(b"tRNS", b"\0\1")))


def background(data: bytes) -> tuple[int, ...]:
    blocks = {block.kind: block.payload for block in imaging.decode(data).blocks}
    return struct.unpack(f">{len(blocks[b'bKGD']) // 2}H", blocks[b"bKGD"])


def test_the_background_is_stated_as_a_sample_of_what_is_written() -> None:
    assert background(write(draw(1, 2), 2, chunk(b"bKGD", b"\0\2"))) == (170,)
    assert background(write(draw(3, 16), 16, chunk(b"bKGD", b"\1\2\3\4\5\6"))) == (258, 772, 1286)
    palette = chunk(b"PLTE", bytes(range(12)))
    data = write(draw(1, 2), 2, palette, chunk(b"bKGD", b"\2"), palette=True)
    assert background(data) == (6, 7, 8)
    assert background(imaging.encode(imaging.decode(data))) == (6, 7, 8)


def test_what_is_true_of_the_marked_samples_is_kept() -> None:
    kept = [chunk(b"tIME", bytes(7)), chunk(b"sTER", b"\1"), chunk(b"sCAL", b"\x011\x001")]
    data = write(draw(3, 8), 8, *kept, chunk(b"mkBT", b"layers"))
    picture = imaging.decode(data)
    again = imaging.encode(picture)
    assert all(each in again for each in kept)
    assert b"mkBT" not in again
    (loss,) = picture.losses
    assert "mkBT" in loss.says


def test_apple_s_own_kind_is_not_called_damaged() -> None:
    plain = write(draw(3, 8), 8)
    with pytest.raises(UnsupportedFormatError, match="CgBI"):
        imaging.decode(plain[:8] + chunk(b"CgBI", b"\x50\0\x20\2") + plain[8:])
