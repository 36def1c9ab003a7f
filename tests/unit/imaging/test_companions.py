"""What a file holds beside its picture stays where it belongs, or its loss is said."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from provenance import imaging
from provenance.containers import jpeg, limits
from provenance.errors import CorruptImageError, UnsupportedFormatError
from provenance.losses import LossKind
from tests.companions import FILM, encode, gain_map, list_indexed, motion_photo, segment, ultra_hdr

ACROSS = np.arange(96) * 2.6
IMAGE = Image.fromarray(
    np.dstack([np.tile(each, (64, 1)) for each in (ACROSS, ACROSS[::-1], ACROSS)]).astype(np.uint8)
)


def test_a_film_stays_behind_its_picture() -> None:
    picture = imaging.decode(motion_photo(IMAGE))
    again = imaging.encode(picture)
    assert again.endswith(b"\xff\xd9" + FILM)
    assert imaging.decode(again).companions == FILM
    assert not picture.losses


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("jfif_first", [True, False])
def test_an_index_says_where_the_gain_map_is(order: str, jfif_first: bool) -> None:
    data = ultra_hdr(IMAGE, order=order, jfif_first=jfif_first)
    gain = gain_map(IMAGE)
    picture = imaging.decode(data)
    noise = np.random.Generator(np.random.PCG64(1)).integers(0, 9, picture.rgb.shape, np.uint8)
    again = imaging.encode(picture.with_pixels(picture.rgb // 2 + noise))
    for file in (data, again):
        (start, size), (place, length) = list_indexed(file)
        assert (start, size) == (0, len(file) - len(gain))
        assert file[place : place + length] == gain
    # A manifest of a thousand bytes behind the first segment moves all but that.
    signed = again[:20] + segment(0xEB, bytes(996)) + again[20:]
    right = imaging.restate_index(again, signed)
    assert len(right) == len(again)
    signed = right[:20] + segment(0xEB, bytes(996)) + right[20:]
    (_, size), (place, _) = list_indexed(signed)
    assert size == place == len(signed) - len(gain)
    assert imaging.restate_index(right, signed) == right


def test_an_index_of_pictures_that_are_gone_is_left_out() -> None:
    data = ultra_hdr(IMAGE)
    cut = data[: -len(gain_map(IMAGE))]
    assert b"MPF\0" in cut
    assert b"MPF\0" not in imaging.encode(imaging.decode(cut))


@pytest.mark.parametrize("target", ["PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize(
    ("data", "kind", "promise"),
    [
        (motion_photo(IMAGE), LossKind.FILM, b"MotionPhoto="),
        (ultra_hdr(IMAGE), LossKind.PICTURES, b"hdrgm:Version"),
    ],
)
def test_no_other_format_promises_them(
    data: bytes, kind: LossKind, promise: bytes, target: str
) -> None:
    fitted = imaging.fit_to_format(imaging.decode(data), target)
    assert [loss.kind for loss in fitted.losses] == [kind]
    converted = imaging.encode(imaging.decode(data), target)
    assert promise in data
    assert promise not in converted
    assert b"Container:Directory" not in converted


def test_without_its_texts_a_picture_is_alone() -> None:
    picture = imaging.fit_to_format(imaging.decode(motion_photo(IMAGE)), "JPEG", alone=True)
    assert [loss.kind for loss in picture.losses] == [LossKind.FILM]
    alone = imaging.encode(imaging.strip_texts(picture))
    assert alone.endswith(b"\xff\xd9")
    assert b"MotionPhoto" not in alone


def test_scans_of_a_film_do_not_count() -> None:
    film = FILM + b"\xff\xda" * 1000
    data = encode(IMAGE) + film
    assert imaging.decode(data).companions == film


def test_boxes_of_others_stay_and_layers_are_refused() -> None:
    plain = encode(IMAGE)
    described = b"\0\0\0\x19jumd" + bytes(16) + b"\0"
    other = b"JP\0\1\0\0\0\1" + b"\0\0\0\x21jumb" + described
    store = b"JP\0\2\0\0\0\1" + b"\0\0\0\x21jumb" + b"\0\0\0\x19jumdc2pa" + bytes(13)
    both = segment(0xEB, other) + segment(0xEB, store)
    again = imaging.encode(imaging.decode(plain[:20] + both + plain[20:]))
    assert other in again
    assert store not in again
    layer = segment(0xEB, b"JP\0\1\0\0\0\1" + b"\0\0\0\x10RESI" + bytes(8))
    with pytest.raises(UnsupportedFormatError, match="JPEG XT"):
        imaging.encode(imaging.decode(plain[:20] + layer + plain[20:]))


def test_a_signed_picture_behind_another_is_refused() -> None:
    store = segment(0xEB, b"JP\0\2\0\0\0\1" + b"\0\0\0\x21jumb" + b"\0\0\0\x19jumdc2pa" + bytes(13))
    plain = encode(IMAGE)
    picture = imaging.decode(plain + plain[:20] + store + plain[20:])
    with pytest.raises(UnsupportedFormatError, match="of its own"):
        picture.require_stampable()
    assert replace(picture, obstacle=None).companions == b""


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_bytes_behind_the_end_are_said(kind: str) -> None:
    file = BytesIO()
    IMAGE.save(file, kind)
    for behind, said in ((FILM, ["private"]), (bytes(40), [])):
        picture = imaging.decode(file.getvalue() + behind)
        assert [loss.kind for loss in picture.losses] == said


def test_unknown_chunks_of_a_webp_are_said() -> None:
    file = BytesIO()
    IMAGE.save(file, "WEBP")
    data = file.getvalue() + b"ABCD\4\0\0\0data"
    data = data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:]
    (loss,) = imaging.decode(data).losses
    assert "ABCD" in loss.says


def test_a_directory_states_no_length_of_the_picture_itself() -> None:
    data = motion_photo(IMAGE).replace(
        b'Semantic="Primary" Item:Length="0"', b'Semantic="Primary" Item:Length="9"'
    )
    again = imaging.encode(imaging.decode(data))
    assert b'Semantic="Primary" Item:Length="0"' in again
    assert f'Semantic="MotionPhoto" Item:Length="{len(FILM)}"'.encode() in again


def test_segments_between_scans_are_bounded() -> None:
    plain = encode(IMAGE)
    scan = plain.index(b"\xff\xda")
    assert jpeg.find_end(plain + b"\xff\xd9", scan) == len(plain)
    many = plain[:-2] + b"\xff\xfe\0\2" * (limits.JPEG_SEGMENTS + 1)
    with pytest.raises(CorruptImageError):
        jpeg.find_end(many, scan)
