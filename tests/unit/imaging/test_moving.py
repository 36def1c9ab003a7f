"""Moving pictures: frames as they are shown come back, for as long, as often."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from provenance import containers, imaging
from provenance.errors import ImageTooLargeError, UnsupportedFormatError
from provenance.imaging import Picture, moving
from provenance.imaging.moving.apng import list_delays
from provenance.limits import Limits

SIDE, DELAYS, LOOPS = 48, (100, 50, 70, 1000), 3
FORMATS = ("PNG", "WEBP", "AVIF", "GIF")
FLAT = ("GIF",)  # its colours are chosen anew


def draw(alpha: bool = False) -> list[Image.Image]:
    """A square that walks over a still ground, in few colours."""
    shown = []
    for index in range(len(DELAYS)):
        image = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0) if alpha else (30, 90, 60, 255))
        image.paste((200, 40, 40, 255), (index * 9, 10, index * 9 + 12, 22))
        shown.append(image if alpha else image.convert("RGB"))
    return shown


def save(frames: list[Image.Image], kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    exact = {"lossless": True} if kind == "WEBP" else {}
    quality = {"quality": 100, "subsampling": "4:4:4"} if kind == "AVIF" else {}
    loops = {} if kind == "AVIF" else {"loop": LOOPS}
    options = {"duration": list(DELAYS), **loops, **exact, **quality, **options}
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:], **options)
    return buffer.getvalue()


def load(data: bytes) -> Picture:
    return imaging.load_moving(imaging.decode(data))


def list_shown(picture: Picture) -> list[np.ndarray]:
    assert picture.moving
    shown = []
    for each in picture.moving.frames:
        rgb = each.rgb.astype(int)
        shown.append(rgb if each.alpha is None else np.where(each.alpha[..., None] > 127, rgb, -99))
    return shown


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("target", FORMATS)
@pytest.mark.parametrize("source", FORMATS)
def test_frames_timing_and_plays_are_kept(source: str, target: str, alpha: bool) -> None:
    before = load(save(draw(alpha), source, **({"disposal": 2} if source == "GIF" else {})))
    after = load(imaging.encode(before, target))
    assert before.moving
    assert after.moving
    assert after.format == target
    assert [each.delay for each in after.moving.frames] == [Fraction(each, 1000) for each in DELAYS]
    if target != "AVIF":
        assert moving.measure_seconds(after.moving) == pytest.approx(sum(DELAYS) / 1000)
    if source != "AVIF" != target:  # AVIF says only once or for ever
        assert after.moving.plays == before.moving.plays
    for one, other in zip(list_shown(before), list_shown(after), strict=True):
        assert np.abs(one - other).mean() <= (4 if "AVIF" in (source, target) else 0)


def test_delays_of_png_stay_fractions_and_the_poster_stays_apart() -> None:
    data = save(draw(), "PNG", default_image=True, duration=[1000 / 30] * 4)
    for chunk in (each for each in containers.png.walk(data) if each.kind == b"fcTL"):
        content = bytearray(chunk.read_content(data))
        content[20:24] = b"\0\x01\0\x1e"
        data = (
            data[: chunk.start]
            + containers.png.pack_chunk(b"fcTL", bytes(content))
            + data[chunk.end :]
        )
    before = load(data)
    written = imaging.encode(before)
    assert list_delays(written) == [0, *[Fraction(1, 30)] * 3]
    after = load(written)
    assert before.moving
    assert before.moving.poster
    assert after.moving
    assert after.moving.poster
    assert all(map(np.array_equal, list_shown(before), list_shown(after)))


def test_a_sequence_that_is_shown_once_stays_so() -> None:
    once = imaging.encode(replace(picture := load(save(draw(), "WEBP", loop=1))), "AVIF")
    assert picture.moving
    assert picture.moving.plays == 1
    assert (shown := imaging.decode(once).moving)
    assert shown.plays == 1


def test_what_does_not_change_is_not_drawn_again() -> None:
    still = imaging.encode(load(save(draw()[:1] * 2 + draw()[1:2], "GIF", duration=50)))
    picture = load(still)
    assert picture.moving
    ground = [each.rgb[30:] for each in picture.moving.frames]
    assert all(np.array_equal(ground[0], each) for each in ground)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "HEIC"])
def test_still_formats_refuse_moving_pictures(kind: str) -> None:
    with pytest.raises(UnsupportedFormatError, match="can't hold a moving picture"):
        imaging.encode(load(save(draw(), "PNG")), kind)


def test_all_frames_count_towards_the_limit() -> None:
    picture = imaging.decode(save(draw(), "WEBP"))
    with pytest.raises(ImageTooLargeError, match="4 frames of 48 x 48"):
        imaging.load_moving(picture, Limits(max_pixels=SIDE * SIDE * 3))
    assert picture.moving
    seen = [index for index, _ in moving.sample_frames(picture.moving, 2, Limits())]
    assert seen == [1, 3]


def test_metadata_goes_along() -> None:
    xmp, comment = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>", b"by hand"
    picture = load(save(draw(), "GIF", comment=comment))
    written = imaging.encode(replace(picture, xmp=xmp))
    assert imaging.decode(written).xmp == xmp
    assert comment in written
    assert imaging.decode(imaging.encode(replace(picture, xmp=xmp), "WEBP")).xmp == xmp
