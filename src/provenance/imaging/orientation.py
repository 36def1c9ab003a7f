"""Orientation in XMP, which has to agree with what else a file says of it."""

from __future__ import annotations

from dataclasses import replace

from provenance import xmp
from provenance.imaging import exif
from provenance.imaging.picture import Picture
from provenance.xmp import Property

PROPERTY = Property("http://ns.adobe.com/tiff/1.0/", "tiff", "Orientation")
"""XMP's copy of EXIF's number."""


def state(picture: Picture, orientation: int) -> Picture:
    """Return the picture with this orientation wherever its EXIF and XMP state one."""
    packet = picture.xmp
    if packet and xmp.read(packet, PROPERTY) not in (None, str(orientation)):
        packet = xmp.write(packet, {PROPERTY: str(orientation)})
    data = picture.exif and exif.set_orientation(picture.exif, orientation)
    return replace(picture, exif=data, xmp=packet)
