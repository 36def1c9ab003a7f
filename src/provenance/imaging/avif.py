"""AVIF files: looked at, not yet written."""

from __future__ import annotations

from provenance.imaging import tiff
from provenance.imaging.limits import Limits
from provenance.imaging.picture import Picture
from provenance.imaging.pillow import open_image, pixels_of


def read(data: bytes, limits: Limits) -> Picture:
    """Decode an AVIF file; raises InputError subclasses only."""
    image = open_image(data, "AVIF")
    limits.check_size(*image.size)
    rgb, alpha, grey, _ = pixels_of(image)
    exif = tiff.bare(image.info.get("exif"))
    return Picture(
        rgb,
        alpha,
        "AVIF",
        grey,
        icc=image.info.get("icc_profile"),
        exif=exif,
        xmp=image.info.get("xmp"),
        orientation=tiff.orientation(exif),
        lossless=False,
        obstacle="this is an AVIF picture, which is read here but not written,",
    )
