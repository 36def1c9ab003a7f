"""What a generator, a camera or an author wrote goes along to where readers look for it."""

from __future__ import annotations

import json
import struct
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from provenance import imaging, xmp
from provenance.imaging import iptc
from provenance.imaging.carrying import COMMENT, DESCRIPTIVE, DETAILS

IMAGE = Image.fromarray(np.arange(64 * 48 * 3, dtype=np.uint32).reshape(48, 64, 3).astype(np.uint8))
PARAMETERS = "a cat, très joli\nSteps: 20, Sampler: Euler a, Seed: 1"
WORKFLOW = json.dumps({"nodes": [{"id": 1, "type": "KSampler"}], "name": "fluß"})
PROMPT = json.dumps({"3": {"class_type": "KSampler", "inputs": {"seed": 5}}})
OTHERS = ["JPEG", "WEBP", "AVIF", "HEIC", "TIFF"]


def png(**texts: str) -> bytes:
    said, file = PngInfo(), BytesIO()
    for keyword, text in texts.items():
        said.add_itxt(keyword, text)
    IMAGE.save(file, "PNG", pnginfo=said, dpi=(300, 300))
    return file.getvalue()


def convert(data: bytes, target: str) -> tuple[imaging.Picture, list[str]]:
    """Return what the converted file holds, and what is said to be lost."""
    picture = imaging.decode(data)
    losses = imaging.fit_to_format(picture, target).losses
    said = [loss.says for loss in losses if loss.kind == "metadata"]
    return imaging.decode(imaging.encode(picture, target)), said


def load_exif(picture: imaging.Picture) -> Image.Exif:
    exif = Image.Exif()
    exif.load(picture.exif or b"")
    return exif


@pytest.mark.parametrize("target", OTHERS)
def test_parameters_go_where_a1111_reads_them(target: str) -> None:
    picture, lost = convert(png(parameters=PARAMETERS), target)
    assert not lost
    comment = load_exif(picture).get_ifd(DETAILS)[COMMENT]
    assert comment == b"UNICODE\0" + PARAMETERS.encode("utf-16-be")
    assert "EXIF UserComment" in imaging.find_prompt_fields(picture)


@pytest.mark.parametrize("target", OTHERS)
def test_workflows_go_where_comfyui_reads_them(target: str) -> None:
    """It takes every EXIF text apart at its first colon, by tag of the first directory."""
    data = png(prompt=PROMPT, workflow=WORKFLOW, invokeai_metadata=PROMPT)
    picture, lost = convert(data, target)
    assert not lost
    texts = [value for value in load_exif(picture).values() if isinstance(value, str)]
    found = {key: text for key, _, text in (value.partition(":") for value in texts)}
    assert json.loads(found["prompt"]) == json.loads(PROMPT)
    assert json.loads(found["workflow"]) == json.loads(WORKFLOW)
    assert json.loads(found["invokeai_metadata"]) == json.loads(PROMPT)


@pytest.mark.parametrize("via", ["WEBP", "JPEG"])
def test_they_come_back_to_where_png_has_them(via: str) -> None:
    data = png(parameters=PARAMETERS, prompt=PROMPT, workflow=WORKFLOW)
    there = imaging.encode(imaging.decode(data), via)
    back = imaging.encode(imaging.decode(there), "PNG")
    with Image.open(BytesIO(back)) as image:
        text: Any = image
        assert text.text["parameters"] == PARAMETERS
        assert json.loads(text.text["prompt"]) == json.loads(PROMPT)
        assert json.loads(text.text["workflow"]) == json.loads(WORKFLOW)


def test_what_has_no_room_is_said() -> None:
    long = json.dumps({"nodes": "x" * 70_000})
    _, lost = convert(png(workflow=long), "JPEG")
    assert ["'workflow'" in each for each in lost] == [True]
    assert convert(png(workflow=long), "WEBP")[1] == []
    _, lost = convert(png(private="anything"), "WEBP")
    assert ["'private'" in each for each in lost] == [True]


def test_credits_become_xmp() -> None:
    said = dict(zip(DESCRIPTIVE, ("a <title>", "Anna", "sea & \x0b sky", "mine"), strict=False))
    picture, lost = convert(png(**said), "WEBP")
    assert not lost
    packet = (picture.xmp or b"").decode()
    assert "<dc:creator><rdf:Seq><rdf:li>Anna</rdf:li>" in packet
    assert "a &lt;title>" in packet.replace("&gt;", ">")
    assert "sea &amp;  sky" in packet
    assert xmp.list_stated(picture.xmp, DESCRIPTIVE.values()) >= {DESCRIPTIVE["Title"]}


@pytest.mark.parametrize("target", ["WEBP", "AVIF", "HEIC"])
def test_density_goes_along(target: str) -> None:
    picture, _ = convert(png(), target)
    exif = load_exif(picture)
    assert round(float(exif[282])) == round(float(exif[283])) == 300
    assert exif[296] == 2


def resource(number: int, content: bytes) -> bytes:
    padded = content + b"\0" * (len(content) % 2)
    return b"8BIM" + struct.pack(">HHI", number, 0, len(content)) + padded


def texts(**said: bytes) -> bytes:
    return b"".join(
        b"\x1c\x02" + struct.pack(">BH", int(number[1:]), len(text)) + text
        for number, text in said.items()
    )


def with_resources(*resources: bytes) -> bytes:
    file = BytesIO()
    IMAGE.save(file, "JPEG")
    body = iptc.PREFIX + b"".join(resources)
    segment = struct.pack(">BBH", 0xFF, 0xED, len(body) + 2) + body
    return file.getvalue()[:20] + segment + file.getvalue()[20:]


SAID = texts(_0=b"\0\2", _120="grüße".encode(), _80=b"anna", _25=b"sea", _55=b"20261129")


@pytest.mark.parametrize("target", ["PNG", "WEBP", "AVIF", "TIFF"])
def test_iptc_becomes_xmp(target: str) -> None:
    picture, lost = convert(with_resources(resource(0x0404, SAID + texts(_25=b"sun"))), target)
    assert not lost
    packet = (picture.xmp or b"").decode()
    assert "grüße</rdf:li></rdf:Alt></dc:description>" in packet
    assert "<rdf:Bag><rdf:li>sea</rdf:li><rdf:li>sun</rdf:li></rdf:Bag>" in packet
    assert "<photoshop:DateCreated>2026-11-29<" in packet


@pytest.mark.parametrize("more", [resource(0x07D0, b"a path"), resource(0x0404, texts(_118=b"me"))])
def test_what_of_iptc_and_photoshop_has_no_place_is_said(more: bytes) -> None:
    _, lost = convert(with_resources(resource(0x0404, SAID), more), "WEBP")
    assert ["IPTC" in each for each in lost] == [True]


def test_what_xmp_states_already_stays() -> None:
    plain = with_resources(resource(0x0404, SAID))
    picture = imaging.decode(plain)
    own = xmp.write(None, {iptc.PROPERTIES[120]: ("the newer one",)})
    both = imaging.encode(imaging.replace_xmp(picture, own))
    packet = (convert(both, "PNG")[0].xmp or b"").decode()
    assert "the newer one" in packet
    assert "grüße" not in packet
    assert "anna" in packet


@pytest.mark.parametrize("cut", range(0, 60, 3))
def test_resources_may_be_cut_off_anywhere(cut: int) -> None:
    body = (iptc.PREFIX + resource(0x0404, SAID))[: len(iptc.PREFIX) + cut]
    iptc.read_texts(body)


@pytest.mark.parametrize("target", ["PNG", "JPEG", "WEBP", "AVIF", "TIFF", "HEIC", "JXL", "GIF"])
def test_a_picture_lies_in_every_format_as_it_did(target: str) -> None:
    image = Image.fromarray(np.add.outer(np.arange(60), np.arange(90) * 2).astype(np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = BytesIO()
    image.convert("RGB").save(buffer, "JPEG", exif=exif.tobytes(), quality=95)
    before = imaging.decode(buffer.getvalue()).turn_upright().rgb.astype(int)
    after = imaging.decode(imaging.encode(imaging.decode(buffer.getvalue()), target))
    shown = after.turn_upright().rgb
    assert shown.shape == before.shape == (90, 60, 3)
    assert np.abs(shown - before).mean() < 12


def test_what_a_gif_holds_of_no_picture_is_said() -> None:
    image = Image.fromarray(np.full((20, 30, 4), 128, np.uint8), "RGBA")
    said, exif, buffer = PngInfo(), Image.Exif(), BytesIO()
    said.add_text("parameters", "a cat\nSteps: 20")
    exif[0x013B] = "anna"
    image.save(buffer, "PNG", pnginfo=said, exif=exif, icc_profile=b"odd", dpi=(300, 300))
    losses = imaging.fit_to_format(imaging.decode(buffer.getvalue()), "GIF").losses
    assert {str(each.kind) for each in losses} == {"coding", "alpha", "colour", "metadata"}
    told = " ".join(each.says for each in losses)
    assert all(word in told for word in ("EXIF", "pixel density", "parameters", "256 colours"))


def test_metadata_of_jpeg_xl_lies_open() -> None:
    exif, buffer = Image.Exif(), BytesIO()
    exif[0x013B] = "anna"
    Image.new("RGB", (30, 20)).save(buffer, "JPEG", exif=exif, xmp=b"<x:xmpmeta/>")
    data = imaging.encode(imaging.decode(buffer.getvalue()), "JXL")
    assert b"anna" in data
    assert b"<x:xmpmeta/>" in data
