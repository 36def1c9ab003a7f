"""Unsigned statements in metadata: found by field and kind, and never more than leads."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from provenance import imaging
from provenance.labels import Statement, StatementKind, list_statements
from provenance.verify import State, Verifier

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
    'syntax-ns#"><rdf:Description rdf:about="" {0}</rdf:RDF></x:xmpmeta>'
)
SOURCE_TYPE = XMP.format(
    'xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" i:DigitalSourceType="http://cv.iptc.org/'
    'newscodes/digitalsourcetype/trainedAlgorithmicMedia"/>'
)
CREDIT = XMP.format(
    'xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:Credit="Made with Example AI"/>'
)
PARAMETERS = "a lake at dusk\nNegative prompt: people\nSteps: 20, Sampler: Euler"


def png(**texts: str) -> bytes:
    info, file = PngInfo(), io.BytesIO()
    for keyword, text in texts.items():
        info.add_itxt(keyword, text, zip=keyword == "workflow")
    Image.radial_gradient("L").convert("RGB").save(file, "PNG", pnginfo=info)
    return file.getvalue()


def jpeg(xmp: str = "", comment: str = "", **tags: str) -> bytes:
    exif, file = Image.Exif(), io.BytesIO()
    for tag, text in tags.items():
        exif[int(tag.removeprefix("t"))] = text
    Image.radial_gradient("L").save(
        file, "JPEG", exif=exif, xmp=xmp.encode() or None, comment=comment.encode() or None
    )
    return file.getvalue()


def statements(data: bytes) -> list[tuple[StatementKind, str]]:
    return [(each.kind, each.field) for each in list_statements(imaging.decode(data))]


@pytest.mark.parametrize(
    ("data", "kind", "field"),
    [
        (png(parameters=PARAMETERS), "parameters", "PNG text parameters"),
        (png(Comment=PARAMETERS), "parameters", "PNG text Comment"),
        (png(workflow='{"nodes": []}'), "parameters", "PNG text workflow"),
        (jpeg(t270=PARAMETERS), "parameters", "EXIF ImageDescription"),
        (jpeg(comment=PARAMETERS), "parameters", "JPEG comment"),
        (jpeg(SOURCE_TYPE), "source_type", "XMP"),
        (jpeg(CREDIT), "note", "XMP"),
        (jpeg(t305="Midjourney"), "note", "EXIF Software"),
        (png(Software="Stable Diffusion"), "note", "PNG text Software"),
        (jpeg(comment="AI-generated picture"), "note", "JPEG comment"),
    ],
)
def test_a_statement_is_found(data: bytes, kind: str, field: str) -> None:
    assert statements(data) == [(StatementKind(kind), field)]


@pytest.mark.parametrize(
    "data",
    [
        png(),
        png(Comment="Holidays at the lake", Software="GIMP 3", Description="Una imagen"),
        jpeg(XMP.format('xmlns:x="adobe:x" x:Credit="Jane Made"/>'), "Kai and Ai at school"),
        jpeg(t270="Repaired with care", t305="Adobe Photoshop 27", t315="A. I. Smith"),
    ],
)
def test_ordinary_metadata_state_nothing(data: bytes) -> None:
    assert statements(data) == []


def test_the_text_is_one_safe_line() -> None:
    (found,) = list_statements(imaging.decode(png(parameters=PARAMETERS + "\x1b[2J\u202e")))
    assert isinstance(found, Statement)
    assert found.text.isprintable()
    assert "a lake at dusk" in found.text


def test_a_lead_changes_no_verdict_and_repeats_no_prompt() -> None:
    verdict = Verifier().verify(png(parameters=PARAMETERS))
    assert (verdict.state, verdict.origin) == (State.NONE, None)
    text = verdict.explain()
    assert 'by nobody known, and anybody can write it: a lead, not evidence. ("PNG text' in text
    assert "a lake" not in text
    assert "a lake" not in str(verdict.to_json_dict())
    codes = [code for finding in verdict.findings for code in finding.codes]
    assert codes == ["unsigned.parameters"]
