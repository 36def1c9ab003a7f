"""Every layout of a TIFF is read right or refused, and what is written is read right by others."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from provenance import imaging
from provenance.errors import CorruptImageError, UnsupportedFormatError
from provenance.losses import LossKind
from tests.tiffs import Entries, Form, write

HEIGHT, WIDTH = 21, 37
RANDOM = np.random.Generator(np.random.PCG64(17))
ARRANGEMENTS: tuple[dict[str, Any], ...] = ({}, {"strip": 8}, {"tile": (16, 16)})
SHOWN = 1 / 255  # a view has 8 bits, and rounds


def draw(channels: int, bits: int) -> NDArray[np.uint16]:
    """Draw smooth noise over the whole range of a sample, both ends included."""
    most = (1 << bits) - 1
    drawn = RANDOM.integers(0, most + 1, (HEIGHT, WIDTH, channels))
    drawn[0, 0], drawn[-1, -1] = 0, most
    return drawn.astype(np.uint16)


def decode(data: bytes) -> tuple[imaging.Picture, NDArray[np.float64]]:
    """Return the picture, and its own samples as shares of the largest."""
    picture = imaging.decode(data)
    assert picture.obstacle is None
    if picture.own is not None:
        return picture, picture.own / np.iinfo(picture.own.dtype).max
    shown = picture.rgb[..., :1] if picture.grey else picture.rgb
    if picture.alpha is not None:
        shown = np.dstack([shown, picture.alpha])
    return picture, shown / 255


def check_rewritten(picture: imaging.Picture, wanted: NDArray[np.float64]) -> None:
    """Check with another decoder what is written."""
    again = tifffile.imread(io.BytesIO(imaging.encode(picture)))
    most = np.iinfo(again.dtype).max
    assert np.abs(again.reshape(wanted.shape) / most - wanted).max() <= 0.5 / most + 1e-9


def forms(photometric: int, compressions: tuple[int, ...]) -> Iterator[Form]:
    """Yield every combination that TIFF allows."""
    depths = (1, 2, 4, 6, 8, 10, 12, 14, 16) if photometric < 2 else (4, 8, 12, 16)
    planar = (1,) if photometric < 2 else (1, 2)
    for bits, order, planes, arranged, compression in product(
        depths, "<>", planar, ARRANGEMENTS, compressions
    ):
        for predictor in (1, 2) if bits in (8, 16) and compression in (5, 8) else (1,):
            yield Form(photometric, bits, order, planes, compression, predictor, **arranged)


@pytest.mark.parametrize("compressions", [(1,), (5, 8), (32773, 32946), (34925, 50000)], ids=str)
@pytest.mark.parametrize(("photometric", "channels"), [(0, 1), (1, 1), (2, 3), (5, 4)])
def test_every_layout_is_read_right(
    photometric: int, channels: int, compressions: tuple[int, ...]
) -> None:
    count = 0
    for form in forms(photometric, compressions):
        samples = draw(channels, form.bits)
        wanted = samples / ((1 << form.bits) - 1)
        if photometric == 0:
            wanted = 1 - wanted
        picture, seen = decode(write(samples, form))
        assert np.abs(seen - wanted).max() <= 0.5 / (255 if form.bits <= 8 else 65_535) + 1e-9, form
        assert picture.grey == (channels == 1), form
        if channels < 4:
            assert np.abs(picture.rgb / 255 - wanted).max() <= SHOWN, form
        check_rewritten(picture, seen)
        count += 1
    assert count >= 12


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize("alpha", [1, 2])
def test_alpha_is_kept_however_it_is_stored(channels: int, alpha: int, bits: int) -> None:
    samples = draw(channels + 1, bits)
    if alpha == 1:
        samples[..., :-1] = samples[..., :-1].astype(int) * samples[..., -1:] // ((1 << bits) - 1)
    for planar, arranged in product((1, 2), ARRANGEMENTS):
        form = Form(1 if channels == 1 else 2, bits, planar=planar, extra=alpha, **arranged)
        data = write(samples, form)
        picture, seen = decode(data)
        assert np.abs(seen - samples / ((1 << bits) - 1)).max() <= 1e-4
        again = imaging.encode(picture)
        with tifffile.TiffFile(io.BytesIO(again)) as file:
            assert file.pages[0].extrasamples == (alpha,)  # type: ignore[union-attr]
        check_rewritten(picture, seen)


def test_colours_times_alpha_are_seen_as_they_are_over_nothing() -> None:
    alpha = np.array([[255, 128, 0]], np.uint8)
    stored = np.dstack([np.array([[200, 100, 0]], np.uint8)] * 3 + [alpha])
    picture, _ = decode(write(np.repeat(stored, 9, axis=0), Form(extra=1)))
    assert picture.rgb[0, :2, 0].tolist() == [200, 199]
    marked = picture.rgb + np.uint8(8)
    changed = picture.with_pixels(marked).own
    assert changed is not None
    assert changed[0, :, 0].tolist() == [208, 104, 0]  # half of it where half is seen
    assert np.array_equal(changed[..., 3], stored[[0] * 9, :, 3])
    png = imaging.decode(imaging.encode(picture, "PNG"))
    assert np.array_equal(png.rgb[:, :2], picture.rgb[:, :2])


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("most", [65_535, 255])
def test_palettes_of_either_range(bits: int, most: int) -> None:
    colours = RANDOM.integers(0, 256, (3, 1 << bits))
    colours[0, 0] = 255
    palette = tuple((colours * (most // 255)).reshape(-1).tolist())
    numbers = draw(1, bits)
    for order, arranged in product("<>", ARRANGEMENTS):
        data = write(numbers, Form(3, bits, order, **arranged), {320: (3, palette)})
        picture, _ = decode(data)
        assert np.array_equal(picture.rgb, colours.T[numbers[..., 0]])


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_jpeg_in_a_tiff(photograph: NDArray[np.uint8], mode: str) -> None:
    image = Image.fromarray(photograph[:96, :130]).convert(mode)
    file = io.BytesIO()
    image.save(file, "TIFF", compression="jpeg", quality=95)
    picture, _ = decode(file.getvalue())
    shown = np.asarray(image.convert("RGB")).astype(int)
    assert np.abs(picture.rgb - shown).mean() < 3
    assert picture.grey == (mode == "L")


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_ccitt"])
def test_fax_pages(photograph: NDArray[np.uint8], compression: str) -> None:
    page = Image.fromarray(photograph[:96, :131]).convert("1")
    file = io.BytesIO()
    page.save(file, "TIFF", compression=compression)
    picture, _ = decode(file.getvalue())
    assert np.array_equal(picture.rgb[..., 0], np.asarray(page).astype(np.uint8) * 255)


REFUSED: dict[str, tuple[int, Form, Entries]] = {
    "a further channel": (4, Form(), {338: (3, (0,))}),
    "2 further channels": (5, Form(), {338: (3, (2, 0))}),
    "floating point": (3, Form(bits=16), {339: (3, (3, 3, 3))}),
    "signed samples": (1, Form(1, 16), {339: (3, (2,))}),
    "complex samples": (1, Form(1, 16), {339: (3, (6,))}),
    r"L\*a\*b\*": (3, Form(8), {}),
    "a camera's raw samples": (1, Form(32803, 16), {}),
    "a transparency mask": (1, Form(4, 1), {}),
    "inks other than": (4, Form(5), {332: (3, (2,))}),
    "JPEG 2000": (3, Form(), {259: (3, (34712,))}),
    "old kind": (3, Form(), {259: (3, (6,))}),
    "number 65000": (3, Form(), {259: (3, (65000,))}),
    "different numbers of bits": (3, Form(), {258: (3, (8, 8, 6))}),
    "palette of 16 bits": (1, Form(3, 16), {320: (3, (0,) * 3)}),
    "YCbCr": (3, Form(6), {}),
    "as if for a fax": (3, Form(), {266: (3, (2,))}),
    "Photoshop's layers": (3, Form(), {37724: (7, b"Adobe Photoshop Document Data Block\0" * 9)}),
    "camera's raw picture": (3, Form(), {50706: (1, (1, 4, 0, 0))}),
}


@pytest.mark.parametrize("says", REFUSED)
def test_what_is_not_read_exactly_is_refused_by_name(says: str) -> None:
    channels, form, more = REFUSED[says]
    data = write(draw(channels, form.bits), form, more)
    with pytest.raises(UnsupportedFormatError, match=says):
        imaging.encode(imaging.decode(data))


@pytest.mark.parametrize(
    "more",
    [
        {262: (3, (1,)), 258: (3, (0,))},
        {256: (4, (0,))},
        {278: (3, (0,))},
        {273: (4, (8, 9)), 279: (4, (1 << 31, 1 << 31))},
        {279: (4, (3,))},
        {277: (3, (2,))},
        {279: (4, (1 << 31,))},
        {273: (4, (1 << 31,))},
    ],
)
def test_damage_is_damage(more: Entries) -> None:
    with pytest.raises(CorruptImageError):
        imaging.decode(write(draw(3, 8), Form(), more))


def test_a_count_of_channels_beyond_all_memory_is_refused_at_once() -> None:
    with pytest.raises(UnsupportedFormatError, match="further channels"):
        imaging.decode(write(draw(3, 8), Form(), {277: (4, ((1 << 32) - 1,))}))


def test_a_tag_of_an_unknown_type_is_not_passed_on() -> None:
    data = write(draw(3, 8), Form(compression=5), {266: (3, (1,))})
    entry = struct.pack("<HH", 266, 3)
    assert imaging.decode(data.replace(entry, struct.pack("<HH", 266, 41_987), 1)).width == WIDTH


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("kind", [1, 3, 4])
def test_orientation_of_any_type_is_read(kind: int, order: str) -> None:
    data = write(draw(3, 8), Form(order=order), {274: (kind, (6,))})
    picture = imaging.decode(data)
    assert picture.orientation == 6
    assert imaging.decode(imaging.encode(picture)).orientation == 6
    with Image.open(io.BytesIO(imaging.encode(picture))) as image:
        assert image.getexif()[274] == 6


@pytest.mark.parametrize("order", "<>")
def test_geotags_and_texts_are_kept_to_the_byte(order: str) -> None:
    more: Entries = {
        33550: (12, (10.0, 10.0, 0.0)),
        33922: (12, (0.0, 0.0, 0.0, 500000.0, 5300000.0, 0.0)),
        34735: (3, (1, 1, 0, 1, 3072, 0, 1, 32632)),
        34737: (7, b"WGS 84|\0"),
        270: (7, "un été".encode()),
        282: (5, (300, 1)),
        283: (5, (300, 1)),
    }
    picture = imaging.decode(write(draw(3, 8), Form(order=order), more))
    assert not list(picture.losses)
    assert list(picture.dpi or ()) == [300, 300]
    again = imaging.encode(picture)
    with tifffile.TiffFile(io.BytesIO(again)) as file:
        page: Any = file.pages[0]
        tags = page.tags
        for tag, (_, value) in more.items():
            assert tags[tag].value == (value if len(value) != 1 else value[0])
    losses = imaging.fit_to_format(picture, "PNG").losses
    assert [loss.kind for loss in losses] == [LossKind.METADATA]
    assert "GeoTIFF" in losses[0].says


def test_what_is_left_out_is_named() -> None:
    picture = imaging.decode(write(draw(3, 8), Form(), {65001: (7, b"mine" * 9)}))
    (loss,) = picture.losses
    assert loss.kind is LossKind.PRIVATE
    assert "65001" in loss.says


def with_sub_picture(width: int, kind: int) -> bytes:
    """A TIFF with another directory below the first."""
    data = write(draw(3, 8), Form(), {330: (4, (0,)), 254: (4, (kind,))})
    place = len(data)
    entries = ((254, 1), (256, width), (257, width), (258, 8), (259, 1), (262, 1), (273, 8))
    below = struct.pack("<H", len(entries))
    below += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    entry = struct.pack("<HHI", 330, 4, 1)
    start = data.index(entry) + len(entry)
    return data[:start] + struct.pack("<I", place) + data[start + 4 :] + below + bytes(4)


def test_a_raw_file_is_not_taken_for_its_thumbnail() -> None:
    for width, kind in ((900, 0), (900, 1), (8, 1)):
        picture = imaging.decode(with_sub_picture(width, kind))
        with pytest.raises(UnsupportedFormatError, match="raw picture"):
            imaging.encode(picture)
    picture = imaging.decode(with_sub_picture(8, 0))
    assert picture.stampable
    assert [loss.kind for loss in picture.losses] == [LossKind.PICTURES]
