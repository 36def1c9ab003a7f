"""What a file holds beside its picture: gain maps, depth, films.

They are kept byte for byte in the format that they came in. No other format has a place for them,
and XMP must not promise what is gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from provenance import xmp
from provenance.containers import OTHER, Piece
from provenance.imaging.picture import Picture
from provenance.losses import Loss, LossKind
from provenance.xmp import EVERY, Property

FILM = re.compile(rb"ftyp(?:isom|iso\d|mp4|avc|qt  |M4V|3gp|MSNV)")
"""How a film begins, behind the length of its first box."""

PICTURE = b"\xff\xd8\xff"
"""How a JPEG begins, and with it most gain maps."""

GAIN_MAP = re.compile(rb"hdr-gain-map|urn:iso:std:iso:ts:21496|hdrgainmap|HDRGainMap")
"""What says that a picture is a gain map: addresses of Adobe, the standard, and Apple."""

FILLING = b"\0\xff\r\n "
"""Bytes that some writers put behind a picture, and that say nothing."""

_GOOGLE = "http://ns.google.com/photos/1.0/"

PROMISES = (
    *(Property(_GOOGLE + name, name, EVERY) for name in ("container/", "depthmap/", "image/")),
    *(Property(_GOOGLE + name, name, EVERY) for name in ("audio/", "camera/")),
    Property("http://ns.google.com/photos/dd/1.0/device/", "Device", EVERY),
    Property("http://ns.adobe.com/hdr-gain-map/1.0/", "hdrgm", EVERY),
    Property("http://ns.apple.com/HDRGainMap/1.0/", "HDRGainMap", EVERY),
    Property("http://ns.oplus.com/photos/1.0/camera/", "OpCamera", EVERY),
    Property("http://ns.xiaomi.com/photos/1.0/camera/", "MiCamera", EVERY),
    Property("http://ns.adobe.com/xmp/note/", "xmpNote", "HasExtendedXMP"),
)
"""Properties of XMP that say what else is in the file, and how to show it."""


PRIMARY = re.compile(rb"<[^<>]*:Semantic\s*=\s*[\"']Primary[\"'][^<>]*>")
LENGTH = re.compile(rb"(:Length\s*=\s*[\"'])\d+")
"""The entry of a directory in XMP that stands for the picture itself, and the length that it
states."""


def forget_length(packet: bytes) -> bytes:
    """Return XMP whose directory states no length of the picture itself, as it may.

    That length has changed, and changes once more with the manifest. Those of the others are true.
    """
    return PRIMARY.sub(lambda entry: LENGTH.sub(rb"\g<1>0", entry[0]), packet)


def drop_companions(picture: Picture) -> Picture:
    """Return the picture alone, with XMP that promises nothing else."""
    packet = picture.xmp and xmp.drop(picture.xmp, *PROMISES)
    return replace(picture, companions=b"", xmp=packet)


def find_losses(picture: Picture, why: str) -> Iterator[Loss]:
    """Name what is lost without the companions; ``why`` ends the sentence."""
    for kind, what in _name_companions(picture):
        yield Loss(kind, f"The {picture.format} holds {what}, which {why}.")


def find_left_behind(kind: str, data: bytes, pieces: Sequence[Piece]) -> tuple[Loss, ...]:
    """Name what lies behind the end of a file that has no place for it, given all its pieces."""
    last = pieces[-1]
    if len(pieces) < 2 or last.kind != OTHER or not last.read_content(data).strip(FILLING):
        return ()
    says = f"The {kind} has {last.end - last.start:,} bytes behind its end, which are left out."
    return (Loss(LossKind.PRIVATE, says),)


def _name_companions(picture: Picture) -> Iterator[tuple[LossKind, str]]:
    behind, announced = picture.companions, picture.xmp or b""
    film, further = FILM.search(behind), PICTURE in behind
    if film:
        yield LossKind.FILM, "a film"
    if further and GAIN_MAP.search(behind + announced):
        yield LossKind.PICTURES, "an HDR gain map"
    elif further and not film:  # a film may hold these three bytes anywhere
        yield LossKind.PICTURES, "a further picture"
    if behind.strip(FILLING) and not (film or further):
        yield LossKind.PRIVATE, "data behind the picture"
