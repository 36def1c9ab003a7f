"""Edited photographs lose where they were taken, and keep whom to credit."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from provenance import imaging
from provenance.imaging import Picture, drop_personal

GPS, INNER, SERIAL, NOTES, ARTIST, TAKEN = 34853, 34665, 42033, 37500, 315, 36867
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
    'syntax-ns#"><rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" exif:GPSLatitude="52,31.2N" dc:format="x">'
    "<exif:GPSLongitude>13,24.6E</exif:GPSLongitude></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def photograph(name: str, *, personal: bool = True) -> Picture:
    exif, file = Image.Exif(), io.BytesIO()
    exif[ARTIST], exif[274] = "Jane", 6
    exif[INNER] = {TAKEN: "2026:01:02 03:04:05"}
    if personal:
        exif[INNER] |= {SERIAL: "SN-4711", NOTES: b"face of Jane"}
        exif[GPS] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)}
    image = Image.radial_gradient("L").convert("RGB").resize((160, 120))
    info = PngInfo()
    if personal:
        info.add_itxt("XML:com.adobe.xmp", XMP)
    packet = XMP.encode() if personal else None
    options: dict[str, Any] = {"pnginfo": info} if name == "PNG" else {"xmp": packet}
    if name == "TIFF":
        options = {}  # Pillow writes either EXIF or XMP into it
    image.save(file, name, exif=exif.tobytes(), **{k: v for k, v in options.items() if v})
    return imaging.decode(file.getvalue())


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_places_and_serial_numbers_are_gone_from_the_file(name: str) -> None:
    before = photograph(name)
    assert b"SN-4711" in (before.exif or b"")
    done = imaging.encode(drop_personal(before), name)
    for secret in (b"SN-4711", b"face of Jane", b"GPSL", b"52,31", b"13,24"):
        assert secret not in done
    after = imaging.decode(done)
    found = Image.Exif()
    found.load(after.exif or b"")
    assert GPS not in found
    assert (found[ARTIST], after.orientation) == ("Jane", 6)
    assert found.get_ifd(INNER)[TAKEN] == "2026:01:02 03:04:05"
    assert (b"dc:format" in (after.xmp or b"")) == (before.xmp is not None)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_what_is_not_personal_stays_byte_for_byte(name: str) -> None:
    before = photograph(name, personal=False)
    after = drop_personal(before)
    assert (after.exif, after.xmp, after.blocks) == (before.exif, before.xmp, before.blocks)


def test_what_can_not_be_read_goes() -> None:
    picture = photograph("WEBP")
    odd = drop_personal(Picture(picture.rgb, format="WEBP", exif=b"II*\0junk", xmp=b"<GPSLat"))
    assert odd.xmp is None
    assert b"junk" not in (odd.exif or b"")
