"""Whatever states the orientation of a written picture states the same."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from provenance import imaging, xmp
from provenance.imaging.orientation import PROPERTY

pillow_heif.register_heif_opener()

KINDS = ["PNG", "JPEG", "WEBP", "TIFF", "AVIF", "HEIC"]
PIXELS = np.random.Generator(np.random.PCG64(8)).integers(0, 256, (32, 48, 3), dtype=np.uint8)


def picture(kind: str, orientation: int | None, stated: str | None) -> imaging.Picture:
    """A picture with orientation in EXIF and another one in XMP, read from a file."""
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    plain, _ = imaging.load_picture(Image.fromarray(PIXELS))
    plain = replace(plain, format=kind, exif=exif.tobytes()[6:] if orientation else None, blocks=())
    packet = xmp.write(xmp.EMPTY, {PROPERTY: stated}) if stated else None
    whole = replace(plain, format="none", xmp=packet)
    return imaging.decode(imaging.encode(whole, kind))


@pytest.mark.parametrize("target", KINDS)
@pytest.mark.parametrize("source", ["PNG", "JPEG", "WEBP", "TIFF"])
@pytest.mark.parametrize("stated", ["6", "1", "3"])
def test_xmp_says_what_exif_says(source: str, target: str, stated: str) -> None:
    data = imaging.encode(picture(source, 6, stated), target)
    again = imaging.decode(data)
    wanted = 1 if target == "HEIC" else 6
    assert again.orientation == wanted
    assert xmp.read(again.xmp, PROPERTY) == str(wanted)
    start = data.index(b"tiff:Orientation")
    assert data[start : start + 24].count(str(wanted).encode()) == 1  # not only where it is read
    with Image.open(io.BytesIO(data)) as opened:
        turned = opened.getexif().get(0x0112, 1) if target != "HEIC" else 1
    assert turned == wanted


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_a_single_statement_stays(kind: str) -> None:
    again = imaging.decode(imaging.encode(picture(kind, None, "6")))
    assert again.orientation == 1
    assert xmp.read(again.xmp, PROPERTY) == "6"
    again = imaging.decode(imaging.encode(picture(kind, 6, None)))
    assert again.orientation == 6
    assert again.xmp is None
