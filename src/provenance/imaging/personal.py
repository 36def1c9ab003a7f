"""What a photograph's metadata say of places, devices and people, and the picture without that.

A model that edits a photograph passes its metadata on, and with them where it was taken. Credits
stay: artist and copyright are there to be read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PIL import Image

from provenance import xmp
from provenance.errors import InputError
from provenance.imaging import exif
from provenance.imaging.codecs import replace_xmp
from provenance.imaging.picture import Block, Picture
from provenance.imaging.pillow import translate_decoder_errors

TAGS = frozenset({34853, 316, 40093})
"""EXIF tags that go: the directory of GPS, the computer's name, Windows' author."""

INNER = 34665
INNER_TAGS = frozenset({37500, 37510, 42016, 42032, 42033, 42037})
"""What goes of EXIF's inner directory: the maker's notes, which hold serial numbers and faces, the
user's comment, the picture's unique number, the owner, and the numbers of camera and lens."""

GEOTIFF = frozenset(tag.to_bytes(2, "big") for tag in (33550, 33922, 34264, 34735, 34736, 34737))
"""Tags that place a TIFF on the earth."""

_EXIF, _EX = "http://ns.adobe.com/exif/1.0/", "http://cipa.jp/exif/1.0/"
_AUX, _IPTC = "http://ns.adobe.com/exif/1.0/aux/", "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
_GPS = (
    *(
        "GPSLatitude",
        "GPSLongitude",
        "GPSAltitude",
        "GPSAltitudeRef",
        "GPSTimeStamp",
        "GPSVersionID",
    ),
    *(
        "GPSMapDatum",
        "GPSImgDirection",
        "GPSImgDirectionRef",
        "GPSSpeed",
        "GPSSpeedRef",
        "GPSTrack",
    ),
    *("GPSTrackRef", "GPSDestLatitude", "GPSDestLongitude", "GPSDestBearing", "GPSDestBearingRef"),
    *("GPSDestDistance", "GPSDestDistanceRef", "GPSAreaInformation", "GPSHPositioningError"),
)
PROPERTIES = (
    *(xmp.Property(_EXIF, "exif", name) for name in _GPS),
    *(xmp.Property(_EX, "exifEX", each) for each in ("BodySerialNumber", "LensSerialNumber")),
    xmp.Property(_EX, "exifEX", "CameraOwnerName"),
    *(
        xmp.Property(_AUX, "aux", each)
        for each in ("SerialNumber", "LensSerialNumber", "OwnerName")
    ),
    *(xmp.Property(_IPTC, "Iptc4xmpExt", each) for each in ("LocationCreated", "LocationShown")),
    xmp.Property(_IPTC, "Iptc4xmpExt", "PersonInImage"),
    *(xmp.Property(_PHOTOSHOP, "photoshop", each) for each in ("City", "State", "Country")),
)
"""XMP properties that go: the same, and the names of places and people."""


def drop_personal(picture: Picture) -> Picture:
    """Return the picture without places, devices and people in EXIF and XMP.

    A packet that can't be read goes altogether: nobody knows what it says.
    """
    kept = _reduce_exif(picture.exif)
    if kept != picture.exif:
        picture = replace(picture, exif=kept, blocks=_replace_exif(picture, kept))
    packet = None if picture.xmp is None else _reduce_xmp(picture.xmp)
    if packet != picture.xmp:
        picture = replace_xmp(picture, packet)
    blocks = tuple(block for block in picture.blocks if block.kind not in GEOTIFF)
    return replace(picture, blocks=blocks) if picture.format == "TIFF" else picture


def _reduce_exif(data: bytes | None) -> bytes | None:
    try:
        return None if data is None else _keep_rest(data)
    except InputError:
        return None


def _keep_rest(data: bytes) -> bytes | None:
    """Return EXIF without what is personal; the same bytes where nothing is."""
    found, kept = Image.Exif(), Image.Exif()
    with translate_decoder_errors("The picture's EXIF"):
        found.load(data)
        inner: dict[int, Any] = found.get_ifd(INNER)
        if TAGS.isdisjoint(found) and INNER_TAGS.isdisjoint(inner):
            return data
        for tag in sorted(set(found) - TAGS - {INNER}):
            kept[tag] = found[tag]
        if rest := {tag: value for tag, value in inner.items() if tag not in INNER_TAGS}:
            kept[INNER] = rest
        return exif.strip_prefix(kept.tobytes()) if len(kept) else None


def _replace_exif(picture: Picture, kept: bytes | None) -> tuple[Block, ...]:
    """Return the pieces of a PNG or JPEG with this EXIF in the place of the one that they had."""
    heads = {"PNG": (b"eXIf", b""), "JPEG": (b"\xe1", exif.EXIF_PREFIX)}
    if picture.format not in heads:
        return picture.blocks
    kind, prefix = heads[picture.format]
    found = []
    for block in picture.blocks:
        if block.kind == kind and block.payload.startswith(prefix):
            if kept is not None:
                found.append(Block(kind, prefix + kept))
        elif not _is_raw_profile(block):
            found.append(block)
    return tuple(found)


def _is_raw_profile(block: Block) -> bool:
    """Tell whether a PNG text holds EXIF as ImageMagick wrote it before PNG had a chunk for it."""
    return block.kind in (b"tEXt", b"zTXt") and block.payload.startswith(b"Raw profile type ")


def _reduce_xmp(packet: bytes) -> bytes | None:
    rest = xmp.drop(packet, *PROPERTIES)
    return None if b"GPSL" in rest.replace(b"\0", b"") else rest
