"""AVIF and HEIC: what lies beside the picture stays, what was cut away does not come back."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from provenance import imaging, xmp
from provenance.containers import items
from provenance.errors import InputError, UnsupportedFormatError
from provenance.imaging import avif_sequence, isomedia, orientation
from provenance.imaging.exif import read_orientation
from provenance.imaging.picture import orient
from provenance.imaging.quantisers import read_quantiser
from tests.items import (
    FILM,
    Encode,
    avif,
    box,
    cropped,
    heic,
    mirrored,
    turned,
    with_layer,
    with_property,
)

DOWN, ACROSS = np.mgrid[0:128, 0:192]
IMAGE = Image.fromarray(np.dstack([ACROSS, DOWN * 2, 255 - ACROSS]).astype(np.uint8))
SMALL = IMAGE.resize((96, 64)).convert("L").convert("RGB")
SAYS_SIX = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
    b'syntax-ns#"><rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" '
    b'xmlns:xmp="http://ns.adobe.com/xap/1.0/" tiff:Orientation="6"><xmp:Thumbnails>/9j/'
    b"</xmp:Thumbnails></rdf:Description></rdf:RDF></x:xmpmeta>"
)
BOTH = pytest.mark.parametrize("make", [avif, heic])


def change(data: bytes) -> bytes:
    """Return the file as it is written with other pixels."""
    picture = imaging.decode(data)
    return imaging.encode(picture.with_pixels(picture.rgb // 2 + 60))


def list_others(data: bytes) -> list[bytes]:
    """Return the data of all but the picture, its tiles and its metadata."""
    file = items.read(data)
    own = {file.primary, *file.find_tiles()}
    kept = (item for item in file.items.values() if item.number not in own)
    return [item.data for item in kept if item.kind not in (items.EXIF, items.MIME)]


@BOTH
def test_a_layer_stays_byte_for_byte(make: Encode) -> None:
    data = with_layer(make(IMAGE), make(SMALL))
    before, after = imaging.decode(data), imaging.decode(change(data))
    assert list_others(after.companions) == list_others(data) != []
    assert np.abs(after.rgb.astype(int) - (before.rgb // 2 + 60)).mean() < 3
    again = items.read(after.companions)
    assert [r.kind for r in again.references] == [items.SUPPLEMENTS]


@BOTH
def test_a_film_stays_behind(make: Encode) -> None:
    changed = change(make(IMAGE) + FILM)
    assert changed.endswith(FILM)
    assert imaging.decode(changed).stampable


def test_alpha_stays_exact() -> None:
    image = IMAGE.copy()
    image.putalpha(Image.linear_gradient("L").resize(IMAGE.size))
    for data in (avif(image), heic(image)):
        before, after = imaging.decode(data), imaging.decode(change(data))
        assert before.alpha is not None
        assert after.alpha is not None
        assert np.array_equal(after.alpha, before.alpha)
    before = imaging.decode(avif(image))
    changed = replace(before, alpha=np.full((128, 192), 99, np.uint8))  # by a visible label, say
    other = imaging.decode(imaging.encode(changed)).alpha
    assert other is not None
    assert np.abs(other.astype(int) - 99).mean() < 2


@BOTH
@pytest.mark.parametrize("steps", [(turned(1),), (turned(3), mirrored(1)), (mirrored(0),)])
def test_turned_files_stay_turned_with_all_their_layers(make: Encode, steps: Any) -> None:
    data = with_layer(with_property(make(IMAGE), *steps), make(SMALL))
    before, after = imaging.decode(data), imaging.decode(change(data))
    layouts = [isomedia.read_layout(each) for each in (data, after.companions)]
    assert layouts[0] is not None
    assert layouts[1] is not None
    assert layouts[1].orientation == layouts[0].orientation != 1
    shown = [p.turn_upright().rgb.astype(int) for p in (before, after)]
    assert np.abs(shown[1] - shown[0] // 2 - 60).mean() < 3


@pytest.mark.parametrize("number", range(1, 9))
def test_turning_back_undoes_a_turn(number: int) -> None:
    from provenance.imaging.heic import TURNED_BACK

    stored = np.arange(12).reshape(3, 4)
    shown = orient(stored, number)
    assert np.array_equal(orient(shown, TURNED_BACK.get(number, number)), stored)


@BOTH
@pytest.mark.parametrize("layered", [False, True])
def test_exif_xmp_and_container_agree_on_the_orientation(make: Encode, layered: bool) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = make(IMAGE, exif=exif.tobytes(), xmp=SAYS_SIX)
    data = with_layer(data, make(SMALL)) if layered else data
    shown = imaging.decode(data).turn_upright().rgb
    assert shown.shape == (192, 128, 3)
    changed = change(data)
    layout = isomedia.read_layout(changed)
    assert layout is not None
    picture = imaging.decode(changed)
    assert picture.turn_upright().rgb.shape == (192, 128, 3)
    (packet,) = [item.data for item in layout.find_metadata() if item.kind == items.MIME]
    assert xmp.read(packet, orientation.PROPERTY) == str(layout.orientation)
    if layout.exif and b"\x12\x01" in layout.exif + layout.exif[::-1]:
        assert read_orientation(layout.exif) in (1, layout.orientation)


@BOTH
def test_what_was_cut_away_does_not_come_back(make: Encode) -> None:
    exif = Image.Exif()
    exif[0x010E] = "kept"
    exif.get_ifd(1)[0x0201] = 0  # a thumbnail's directory
    data = with_property(
        make(IMAGE, xmp=SAYS_SIX.replace(b'"6"', b'"1"'), exif=exif.tobytes()),
        cropped(64, 48, right=-16, down=8),
    )
    picture = imaging.decode(data)
    assert [loss.kind for loss in picture.losses] == ["pictures"]
    whole = np.asarray(IMAGE)
    assert np.abs(picture.rgb.astype(int) - whole[48:96, 48:112]).mean() < 4
    written = change(data)
    assert imaging.decode(written).rgb.shape == (48, 64, 3)
    assert not imaging.decode(written).losses
    for file in (written, imaging.encode(picture, "PNG")):
        assert b"/9j/" in data
        assert b"/9j/" not in file
    with pytest.raises(UnsupportedFormatError, match="cropped"):
        imaging.encode(imaging.decode(with_layer(data, make(SMALL))))


@BOTH
def test_several_pictures_of_equal_rank_are_refused_by_number(make: Encode) -> None:
    file = items.read(make(IMAGE))
    second = replace(file.picture, number=file.primary + 1)
    with pytest.raises(UnsupportedFormatError, match="2 pictures"):
        imaging.encode(imaging.decode(items.write(file.with_item(second))))


def test_tiles_give_way_to_one_picture() -> None:
    data = with_layer(heic(IMAGE.resize((512, 512)), tile_size=256), heic(SMALL))
    assert items.read(data).picture.kind == items.GRID
    changed = items.read(change(data))
    assert changed.picture.kind == b"hvc1"
    assert len(changed.items) == 2
    assert imaging.decode(items.write(changed)).rgb.shape == (512, 512, 3)


def test_colours_stay_what_they_were_by_number() -> None:
    wide = box(b"colr", b"nclx" + bytes([0, 9, 0, 16, 0, 6, 0x80]))
    file = items.read(avif(IMAGE))
    rest = tuple(each for each in file.picture.properties if each.kind != b"colr")
    picture = replace(file.picture, properties=(*rest, items.Property(wide)))
    changed = items.read(change(items.write(file.with_item(picture))))
    (colour,) = [each for each in changed.picture.properties if each.kind == b"colr"]
    assert colour.content[:8] == b"nclx" + bytes([0, 9, 0, 16])


LAYERED = with_layer(with_property(avif(SMALL), turned(1)), avif(SMALL))


@given(st.integers(0, len(LAYERED) - 1), st.integers(0, 255))
@example(len(LAYERED) - 1, 0)
def test_a_damaged_file_raises_nothing_but_ours(place: int, value: int) -> None:
    data = LAYERED[:place] + bytes([value]) + LAYERED[place + 1 :]
    for file in (data, LAYERED[:place]):
        try:
            imaging.decode(file)
            items.write(items.read(file))
        except InputError:
            pass


@pytest.mark.parametrize("quality", [45, 60, 75, 90, 98])
@pytest.mark.parametrize("size", [(192, 128), (1100, 700)])
def test_files_say_how_finely_they_were_coded(quality: int, size: tuple[int, int]) -> None:
    image = IMAGE.resize(size)
    for data, least in (
        (avif(image, quality=quality), 50),
        (heic(image, quality=quality), 40),
    ):
        found = imaging.decode(data).fineness
        assert found is not None
        assert abs(found - max(quality, least)) <= 5


@pytest.mark.parametrize("quality", [45, 60, 75, 90])
@pytest.mark.parametrize("speed", [6, 8])
@pytest.mark.parametrize("count", [2, 7])
def test_sequences_say_how_finely_they_were_coded(quality: int, speed: int, count: int) -> None:
    buffer = io.BytesIO()
    first, *rest = (IMAGE.rotate(3 * turn) for turn in range(count))
    first.save(
        buffer, "AVIF", quality=quality, speed=speed, save_all=True, append_images=rest, duration=90
    )
    found = imaging.decode(buffer.getvalue()).fineness
    assert found is not None
    assert abs(found - max(quality, 50)) <= 10


def test_a_sequence_cut_short_says_nothing_of_its_coding() -> None:
    buffer = io.BytesIO()
    IMAGE.save(buffer, "AVIF", save_all=True, append_images=[IMAGE.rotate(9)], duration=90)
    data = buffer.getvalue()
    for kind in (b"stsz", b"stco", b"stsc"):
        assert avif_sequence.find_quality(data[: data.index(kind) + 8]) is None
        assert avif_sequence.find_quality(data.replace(kind, b"free")) is None


def test_a_file_is_coded_as_finely_again() -> None:
    for make in (avif, heic):
        lengths = [len(imaging.encode(imaging.decode(make(IMAGE, quality=q)))) for q in (60, 95)]
        assert lengths[0] < lengths[1] / 1.5


def test_streams_of_other_kinds_say_nothing() -> None:
    assert read_quantiser(items.Item(1, b"jpeg", data=b"\xff\xd8")) is None
    assert read_quantiser(items.Item(1, b"av01", data=b"\x0a\x0b\x00")) is None
    assert read_quantiser(items.Item(1, b"hvc1", data=bytes(40))) is None


def test_what_is_put_together_otherwise_is_refused_by_name() -> None:
    file = items.read(with_layer(avif(IMAGE), avif(SMALL)))
    odd = items.write(file.with_item(replace(file.picture, kind=b"tmap")))
    layout = isomedia.read_layout(odd)
    assert layout is not None
    assert layout.obstacle == isomedia.ODD
