"""Whatever form a picture comes in, it is stamped, verified, and traced back when it is a copy."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from provenance import imaging, manifest
from provenance.imaging.pillow import make_deep_picture
from provenance.manifest import Trust
from provenance.verify import State, Verifier
from tests.companions import list_indexed, motion_photo, ultra_hdr
from tests.integration.studio import Pixels, Studio, jpeg
from tests.items import FILM, avif, heic, with_layer


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.fixture(scope="module")
def picture(original: Pixels) -> Image.Image:
    return Image.fromarray(original[:360, :480])


@pytest.mark.parametrize("orientation", [3, 6, 7])
@pytest.mark.parametrize("kind", ["JPEG", "HEIC"])
def test_the_verdict_does_not_depend_on_orientation(
    a: Studio, verifier: Verifier, picture: Image.Image, orientation: int, kind: str
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stamped = a.stamper.stamp(saved(picture, "JPEG", exif=exif), model="m", format=kind)
    whole = imaging.decode(stamped.data)
    assert whole.orientation == (orientation if kind == "JPEG" else 1)
    stored, shown = Image.fromarray(whole.rgb), Image.fromarray(whole.turn_upright().rgb)
    for copy in (stamped.data, jpeg(stored), jpeg(shown)):
        origin = verifier.verify(copy).origin
        assert origin is not None
        assert origin.stamp_id == stamped.record.stamp_id
    with Image.open(io.BytesIO(saved(picture, "JPEG", exif=exif))) as opened:
        wanted = np.asarray(ImageOps.exif_transpose(opened))
    assert np.abs(whole.turn_upright().rgb.astype(int) - wanted).mean() < 4


def sixteen(image: Image.Image) -> bytes:
    return saved(Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257), "PNG")


def sixteen_in_colour(image: Image.Image) -> bytes:
    deep = np.asarray(image).astype(np.uint16) * 257 + 3
    return imaging.encode(replace(make_deep_picture(deep), format="PNG"))


def palette(image: Image.Image) -> bytes:
    return saved(image.quantize(64), "PNG", transparency=3)


def cmyk(image: Image.Image) -> bytes:
    return saved(image.convert("CMYK"), "JPEG", quality=90)


def cutout(image: Image.Image) -> bytes:
    image = image.convert("RGBA")
    mask = Image.radial_gradient("L").resize(image.size)
    image.putalpha(ImageOps.invert(mask).point(lambda value: max(0, value - 90)))
    return saved(image, "PNG")


def grey_cutout(image: Image.Image) -> bytes:
    image = image.convert("LA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return saved(image, "PNG")


def tiff(image: Image.Image) -> bytes:
    return saved(image, "TIFF", compression="tiff_lzw")


@pytest.mark.parametrize(
    "made", [sixteen, sixteen_in_colour, palette, cmyk, cutout, grey_cutout, tiff]
)
def test_samples_out_of_the_mark_s_reach_stay(
    a: Studio, verifier: Verifier, picture: Image.Image, made: Any
) -> None:
    data = made(picture)
    stamped = a.stamper.stamp(data, model="m")
    before, after = imaging.decode(data), imaging.decode(stamped.data)
    assert verifier.verify(stamped.data).state is State.ATTRIBUTED
    copy = verifier.verify(jpeg(Image.fromarray(after.rgb), 75)).origin
    assert copy is not None
    assert copy.stamp_id == stamped.record.stamp_id
    assert (after.format, after.grey) == (before.format, before.grey)
    assert (after.own is None) == (before.own is None)
    if before.own is not None and after.own is not None:
        assert after.own.dtype == before.own.dtype
    if before.alpha is not None:
        assert after.alpha is not None
        assert np.array_equal(after.alpha, before.alpha)
        hidden = before.alpha == 0
        assert np.array_equal(after.rgb[hidden], before.rgb[hidden])


def layered_avif(image: Image.Image) -> bytes:
    return with_layer(avif(image), avif(image.resize((96, 72))))


def filmed_heic(image: Image.Image) -> bytes:
    return with_layer(heic(image), heic(image.resize((96, 72)))) + FILM


@pytest.mark.parametrize("made", [motion_photo, ultra_hdr, layered_avif, filmed_heic])
def test_what_lies_beside_the_picture_is_kept_and_bound(
    a: Studio, verifier: Verifier, picture: Image.Image, made: Any
) -> None:
    data = made(picture)
    stamped = a.stamper.strict().stamp(data, model="m").data
    assert verifier.verify(stamped).state is State.ATTRIBUTED
    before, after = imaging.decode(data), imaging.decode(stamped)
    assert bool(before.companions)
    if before.format == "JPEG":
        assert stamped.endswith(before.companions)
        assert after.companions == before.companions
    changed = stamped[:-5] + bytes([stamped[-5] ^ 1]) + stamped[-4:]
    mime = imaging.MIME[before.format]
    assert manifest.read(stamped, mime, Trust.none()).hard_binding == "match"
    assert manifest.read(changed, mime, Trust.none()).hard_binding == "mismatch"


def test_an_index_counts_the_manifest_in(a: Studio, picture: Image.Image) -> None:
    data = ultra_hdr(picture)
    gain = imaging.decode(data).companions
    stamped = a.stamper.stamp(data, model="m").data
    (_, size), (place, length) = list_indexed(stamped)
    assert size == place == len(stamped) - len(gain)
    assert stamped[place : place + length] == gain
