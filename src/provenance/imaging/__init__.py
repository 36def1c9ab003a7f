"""Pictures in and out, read within limits and written back faithfully.

Nothing is degraded silently: what can't be written back without loss (10-bit AVIF, gain maps,
several pages) says so in ``Picture.obstacle`` or is refused. Only ``pillow`` and the writers call
Pillow, and every failure to read is an ``InputError``.
"""

from provenance.imaging.arrays import is_array, split
from provenance.imaging.codecs import (
    ImageSource,
    decode,
    encode,
    fit_to_format,
    load_moving,
    load_picture,
    replace_xmp,
    restate_index,
)
from provenance.imaging.coding import choose_coding
from provenance.imaging.formats import (
    MIME,
    SUFFIXES,
    find_format,
    is_foreign,
    recognise,
    require_picture,
)
from provenance.imaging.moving import (
    Moving,
    list_seconds,
    may_move,
    measure_seconds,
    sample_frames,
)
from provenance.imaging.personal import drop_personal
from provenance.imaging.picture import OPAQUE, Picture, Pixels, orient
from provenance.imaging.prompts import find_prompt_fields, strip_texts
from provenance.imaging.texts import TextField, read_texts

__all__ = [
    "MIME",
    "OPAQUE",
    "SUFFIXES",
    "ImageSource",
    "Moving",
    "Picture",
    "Pixels",
    "TextField",
    "choose_coding",
    "decode",
    "drop_personal",
    "encode",
    "find_format",
    "find_prompt_fields",
    "fit_to_format",
    "is_array",
    "is_foreign",
    "list_seconds",
    "load_moving",
    "load_picture",
    "may_move",
    "measure_seconds",
    "orient",
    "read_texts",
    "recognise",
    "replace_xmp",
    "require_picture",
    "restate_index",
    "sample_frames",
    "split",
    "strip_texts",
]
