"""Pictures in and out, read within limits and written back faithfully.

Nothing is degraded silently: what can't be written back without loss (10-bit AVIF, gain maps,
moving pictures) says so in `Picture.obstacle` or is refused. Pillow is called in `pillow` and by
the writers only, and every failure to read is an InputError.
"""

from provenance.imaging.codecs import (
    MIME,
    ImageSource,
    decode,
    encode,
    fitted,
    format_for,
    picture_from,
    with_xmp,
)
from provenance.imaging.picture import OPAQUE, Picture, Pixels, seen
from provenance.imaging.prompts import prompt_fields, without_texts

__all__ = [
    "MIME",
    "OPAQUE",
    "ImageSource",
    "Picture",
    "Pixels",
    "decode",
    "encode",
    "fitted",
    "format_for",
    "picture_from",
    "prompt_fields",
    "seen",
    "with_xmp",
    "without_texts",
]
