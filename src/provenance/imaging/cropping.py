"""What an owner cut away stays away: out of the pixels, and out of the metadata as well."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PIL import Image

from provenance import xmp
from provenance.imaging import exif
from provenance.imaging.picture import Picture
from provenance.imaging.pillow import translate_decoder_errors
from provenance.losses import Loss, LossKind
from provenance.xmp import EVERY, Property

THUMBNAIL, DETAILS, MAKER_NOTE = 1, 0x8769, 0x927C
"""EXIF: the directory of the thumbnail, that of the details, and its maker's own data."""

_ADOBE = "http://ns.adobe.com/"

WHOLE = (
    Property(_ADOBE + "xap/1.0/", "xmp", "Thumbnails"),
    *(Property(_ADOBE + "xap/1.0/mm/", "xmpMM", name) for name in ("History", "Pantry")),
    Property(_ADOBE + "photoshop/1.0/", "photoshop", "History"),
    Property("http://ns.google.com/photos/1.0/image/", "GImage", EVERY),
)
"""Properties of XMP that show the whole picture or tell of it."""

CROPPED = (
    "The {} shows a part of the picture that it holds; what it cuts off is left out for good, and "
    "so are previews and an editor's history, which may show it."
)
"""Said of a cropped picture; takes the format."""


def crop(picture: Picture, box: tuple[int, int, int, int] | None) -> Picture:
    """Return the part of a picture that is to be shown, and nothing of the rest.

    ``box`` is left, top, right and bottom; None where the decoder has cropped the pixels.
    """
    if box is not None:
        left, top, right, bottom = box
        rgb = np.ascontiguousarray(picture.rgb[top:bottom, left:right])
        alpha = picture.alpha
        alpha = None if alpha is None else np.ascontiguousarray(alpha[top:bottom, left:right])
        picture = replace(picture, rgb=rgb, alpha=alpha)
    loss = Loss(LossKind.PICTURES, CROPPED.format(picture.format))
    return replace(
        picture,
        exif=picture.exif and _drop_previews(picture.exif),
        xmp=picture.xmp and xmp.drop(picture.xmp, *WHOLE),
        losses=(*picture.losses, loss),
    )


def _drop_previews(data: bytes) -> bytes | None:
    """Return EXIF without thumbnail and maker's notes, which may hold a preview."""
    found = Image.Exif()
    with translate_decoder_errors("The picture's EXIF"):
        found.load(data)
        details = found.get_ifd(DETAILS)
        if not found.get_ifd(THUMBNAIL) and MAKER_NOTE not in details:
            return data
        kept = Image.Exif()
        for tag in found:
            inner = found.get_ifd(tag) if tag in (DETAILS, 0x8825) else None
            kept[tag] = found[tag] if inner is None else dict(inner)
        kept.get_ifd(DETAILS).pop(MAKER_NOTE, None)
        return exif.strip_prefix(kept.tobytes())
