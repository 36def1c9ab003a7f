"""Labels on pictures and in them: what laws ask for is there and is read back."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from provenance import imaging
from provenance.cli import label_options
from provenance.errors import LabelError
from provenance.imaging import Picture
from provenance.labels import (
    CORNERS,
    PROFILES,
    Badge,
    Labels,
    add_badge,
    aigc,
    apply_profiles,
    read_labels,
    write_labels,
)

GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
GREY = np.full((200, 300, 3), 128, np.uint8)
FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "TIFF", "HEIC")


def labelled(picture: Picture, labels: Labels, kind: str = "PNG") -> Picture:
    done = write_labels(
        picture,
        labels,
        source_type=GENERATED,
        provider="A & <B>",
        identifier="12ab",
        system="Example <Diffusion>",
        version="3",
    )
    return imaging.decode(imaging.encode(done, kind))


def saved(kind: str, **options: Any) -> Picture:
    file = BytesIO()
    Image.fromarray(GREY).save(file, kind, **options)
    return imaging.decode(file.getvalue())


@pytest.mark.parametrize("kind", FORMATS)
def test_metadata_labels_in_every_format(kind: str) -> None:
    picture = labelled(imaging.load_picture(GREY)[0], Labels(), kind)
    labels = read_labels(labelled(picture, Labels(source_type=True, aigc=True), kind))
    assert labels.source_type == GENERATED
    assert labels.aigc is not None
    assert tuple(labels.aigc) == aigc.KEYS
    assert (labels.aigc["Label"], labels.aigc["ContentProducer"]) == ("1", "A & <B>")
    assert labels.aigc["ProduceID"] == "12ab"
    assert (labels.ai_system, labels.ai_version) == (None, None)
    labels = read_labels(labelled(picture, Labels(ai_system=True), kind))
    assert (labels.ai_system, labels.ai_version) == ("Example <Diffusion>", "3")


@pytest.mark.parametrize("kind", FORMATS)
def test_without_labels_nothing_is_written(kind: str) -> None:
    picture = imaging.decode(imaging.encode(imaging.load_picture(GREY)[0], kind))
    assert labelled(picture, Labels(), kind).xmp is None


def test_other_metadata_stays_where_it_was() -> None:
    exif = Image.Exif()
    exif[0x010E] = "a description"
    for picture in (saved("JPEG", exif=exif, comment=b"c"), saved("PNG", exif=exif, dpi=(72, 72))):
        done = labelled(picture, Labels(source_type=True), picture.format)
        rest = [block for block in done.blocks if b"digitalsourcetype" not in block.payload]
        assert tuple(rest) == picture.blocks
        assert labelled(done, Labels(source_type=True), done.format).blocks == done.blocks


def test_chinas_label_of_another_provider_stays() -> None:
    first = aigc.make_label(None, "first", "1")
    passed_on = json.loads(aigc.make_label(first, "second", "2"))
    assert (passed_on["ContentProducer"], passed_on["ProduceID"]) == ("first", "1")
    assert (passed_on["ContentPropagator"], passed_on["PropagateID"]) == ("second", "2")
    assert json.loads(aigc.make_label(first, "first", "3"))["ProduceID"] == "3"


@pytest.mark.parametrize("text", ["", "no JSON", "[1]", '{"a": 1}'])
def test_what_is_no_label_of_chinas(text: str) -> None:
    assert aigc.parse(text) is None


def test_what_nests_too_deep_for_the_parser_is_no_label(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json, "loads", Mock(side_effect=RecursionError))
    assert aigc.parse('{"Label": "1"}') is None


def test_prompts_are_found_and_left_out() -> None:
    text = PngInfo()
    text.add_text("parameters", "a fox, Steps: 20")
    text.add_text("Author", "somebody")
    exif = Image.Exif()
    exif[0x013B], exif[0x0112] = "somebody", 6
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + "a fox, Steps: 20".encode("utf-16-be")
    for picture in (
        saved("PNG", pnginfo=text, exif=exif, icc_profile=b"profile", dpi=(72, 72)),
        saved("JPEG", exif=exif, icc_profile=b"profile", comment=b"a fox", xmp=b"<fox/>"),
        saved("WEBP", exif=exif, icc_profile=b"profile", xmp=b"<fox/>", lossless=True),
        saved("TIFF", exif=exif.tobytes(), icc_profile=b"profile"),
    ):
        assert any("EXIF" in field for field in read_labels(picture).prompts)
        done = labelled(picture, Labels(strip_prompt=True, source_type=True), picture.format)
        assert read_labels(done).prompts == ()
        assert read_labels(done).source_type == GENERATED
        assert (done.icc, done.orientation) == (b"profile", 6)
        data = imaging.encode(done).replace(b"\0", b"")
        assert b"fox" not in data
        assert b"somebody" in data


def test_labels_outlive_the_prompts() -> None:
    picture = labelled(imaging.load_picture(GREY)[0], Labels(source_type=True, aigc=True))
    assert read_labels(labelled(picture, Labels(strip_prompt=True))) == read_labels(picture)


@pytest.mark.parametrize("channel", [0, 3])
def test_text_hidden_in_the_lowest_bits_is_wiped(channel: int) -> None:
    samples = np.full((40, 50, 4), 254, np.uint8)
    secret = b"stealth_rgbinfo" if channel == 0 else b"stealth_pnginfo"
    bits = np.unpackbits(np.frombuffer(secret + b"a fox", np.uint8))
    plane = samples[..., :3] if channel == 0 else samples[..., 3:]
    columns = plane.swapaxes(0, 1).reshape(-1).copy()
    columns[: len(bits)] |= bits
    plane[:] = columns.reshape(50, 40, -1).swapaxes(0, 1)
    picture = imaging.load_picture(samples)[0]
    assert read_labels(picture).prompts == (
        f"lowest bits of {'colour' if channel == 0 else 'alpha'}",
    )
    done = labelled(picture, Labels(strip_prompt=True))
    assert read_labels(done).prompts == ()
    assert done.alpha is not None
    assert np.abs(done.rgb.astype(int) - picture.rgb).max() <= 1
    assert done.alpha.min() >= 254


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("corner", CORNERS)
def test_the_badge_is_where_people_see_it(orientation: int, corner: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = saved("PNG", exif=exif)
    done = add_badge(picture, Labels(badge=Badge("AI", corner)))
    with Image.open(BytesIO(imaging.encode(done))) as opened:
        shown = np.asarray(ImageOps.exif_transpose(opened))
    changed = np.argwhere((shown != 128).any(axis=2))
    height, width = shown.shape[:2]
    rows, columns = changed[:, 0], changed[:, 1]
    assert (rows.max() < height / 2) == ("top" in corner)
    assert (columns.max() < width / 2) == ("left" in corner)
    assert np.ptp(rows) < np.ptp(columns)  # upright letters
    assert np.ptp(rows) >= 0.05 * 200  # high enough for China's standard


def test_an_icon_takes_the_place_of_letters(tmp_path: Path) -> None:
    """Scaled to the label's height, and see-through where it is."""
    drawn = np.zeros((100, 200, 4), np.uint8)
    drawn[:, :100] = (255, 0, 0, 255)
    drawn[:, 100:] = (0, 0, 255, 127)
    icon = tmp_path / "icon.png"
    Image.fromarray(drawn).save(icon)
    picture = imaging.load_picture(GREY)[0]
    done = add_badge(picture, Labels(badge=Badge("AI", "top-left", 10, icon=icon))).rgb
    changed = np.argwhere((done != 128).any(axis=2))
    assert (np.ptp(changed, axis=0) + 1).tolist() == [40, 80]  # twice 10 % of 200
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    assert done[top + 5, left + 5].tolist() == [255, 0, 0]
    assert np.allclose(done[bottom - 5, right - 5].astype(int), (64, 64, 191), atol=2)
    for wrong in (tmp_path / "missing.png", tmp_path):
        with pytest.raises(LabelError, match="can't be read"):
            add_badge(picture, Labels(badge=Badge("AI", icon=wrong)))
    (tmp_path / "not.png").write_bytes(b"words")
    with pytest.raises(LabelError, match="give a PNG file"):
        add_badge(picture, Labels(badge=Badge("AI", icon=tmp_path / "not.png")))


def test_the_badge_keeps_depth_and_shows_on_transparency() -> None:
    deep = np.full((200, 300), 30_001, np.uint16)
    file = BytesIO()
    Image.fromarray(deep).save(file, "PNG")
    done = add_badge(imaging.decode(file.getvalue()), Labels(badge=Badge("AI")))
    assert done.own is not None
    assert done.own[0, 0, 0] == 30_001
    clear, _ = imaging.load_picture(np.zeros((200, 300, 4), np.uint8))
    done = add_badge(clear, Labels(badge=Badge("AI")))
    assert done.alpha is not None
    assert set(np.unique(done.alpha)) == {0, 255}
    assert (done.rgb[done.alpha == 255] > 0).all()
    assert (done.rgb[done.alpha == 0] == 0).all()


@pytest.mark.parametrize(
    ("badge", "says"),
    [
        ({"text": " "}, "text"),
        ({"text": "a\nb"}, "text"),
        ({"text": "a", "corner": "middle"}, "corner"),
        ({"text": "a", "height": 51}, "high"),
        ({"text": "\U00012000"}, "font"),
        ({"text": "much too long for so narrow a picture", "height": 20}, "fit"),
    ],
)
def test_badges_that_cannot_be(badge: dict[str, Any], says: str) -> None:
    picture = imaging.load_picture(GREY)[0]
    with pytest.raises(LabelError, match=says):
        add_badge(picture, Labels(badge=Badge(**badge)))


def test_profiles() -> None:
    both = apply_profiles(["eu", "india"], Labels(badge=Badge("by a machine")))
    assert both.source_type
    assert both.time_stamp_advised
    assert both.badge == Badge("by a machine")
    assert PROFILES["china"].aigc
    assert PROFILES["california"].version_required
    assert tuple(PROFILES) == label_options.PROFILES
    assert label_options.CORNERS == CORNERS
    with pytest.raises(LabelError, match="california, eu, china, india"):
        apply_profiles(["mars"])
