"""Generation parameters in a file: which fields hold them, and the file without them.

Generators write prompts into whatever field takes text, so a list of their names would always miss
some. Every field that can hold free text is left out, unless it is there to credit somebody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from provenance.errors import InputError
from provenance.imaging import exif, jpeg, png
from provenance.imaging.picture import Picture, Pixels
from provenance.imaging.pillow import translate_decoder_errors
from provenance.imaging.texts import PNG_TEXT, TextField, read_texts

KEYWORDS = frozenset(
    {
        *("parameters", "prompt", "workflow", "generation_data", "postprocessing", "extras"),
        *("Dream", "sd-metadata", "invokeai_metadata", "invokeai_graph", "invokeai_workflow"),
        *("fooocus_scheme", "smproj", "dream"),
    }
)
"""Keywords of PNG text in which only generators write, about how they made a picture."""

MARKERS = re.compile(rb'Steps: \d|Negative prompt|workflow:|prompt:|"prompt"|"sampler|"steps"')
"""What such text contains, in EXIF and XMP as well."""

CREDITS = frozenset({306, 315, 33432})
"""EXIF tags that are kept: time, artist, copyright."""

LAYOUT = frozenset({exif.ORIENTATION_TAG, 282, 283, 296})
"""EXIF tags that are kept: orientation and pixel density."""

INNER, KEPT_INNER = 34665, frozenset({36864, 36867, 36868, 40961, 40962, 40963})
"""The tag of EXIF's inner directory, and what is kept of it: version, times, colour space, size."""

HIDDEN = (b"stealth_pnginfo", b"stealth_pngcomp", b"stealth_rgbinfo", b"stealth_rgbcomp")
"""How the text begins that some generators hide in the lowest bits, column by column."""


def find_prompt_fields(picture: Picture) -> tuple[str, ...]:
    """Name the fields in which a generator wrote how it made the picture."""
    return tuple(_find_fields(picture))


def strip_texts(picture: Picture) -> Picture:
    """Return the picture without anything that can hold a prompt: texts, comments, XMP, IPTC.

    Colour profile, pixel density and orientation are kept, and from EXIF and PNG text also credits
    and the time of creation. Text that a generator hid in the lowest bits is wiped.
    """
    picture = replace(picture, xmp=None, exif=_reduce_exif(picture.exif), companions=b"")
    picture = replace(picture, blocks=png.drop_texts(picture) or jpeg.drop_texts(picture))
    if _hides(picture.rgb):
        picture = picture.with_pixels(picture.rgb & np.uint8(0xFE))
    if picture.alpha is not None and _hides(picture.alpha[..., None]):
        picture = replace(picture, alpha=picture.alpha | np.uint8(1))
    return picture


def _find_fields(picture: Picture) -> Iterator[str]:
    found = [each.name for each in read_texts(picture) if _is_prompt(each)]
    yield from found
    damaged = picture.exif and not any(name.startswith("EXIF") for name in found)
    if damaged and MARKERS.search((picture.exif or b"").replace(b"\0", b"")):  # often UTF-16
        yield "EXIF"
    for name, plane in (("alpha", picture.alpha), ("colour", picture.rgb)):
        if plane is not None and _hides(plane.reshape(*plane.shape[:2], -1)):
            yield f"lowest bits of {name}"


def _is_prompt(field: TextField) -> bool:
    """Tell whether a field is a generator's own, or its text reads like one's."""
    own = field.name.removeprefix(PNG_TEXT) in KEYWORDS
    return own or MARKERS.search(field.text.encode(errors="replace")) is not None


def _reduce_exif(data: bytes | None) -> bytes | None:
    """Return EXIF with credits and layout only; None when nothing is left, or it is damaged."""
    try:
        return None if data is None else _keep_credits(data)
    except InputError:
        return None


def _keep_credits(data: bytes) -> bytes | None:
    found, kept = Image.Exif(), Image.Exif()
    with translate_decoder_errors("The picture's EXIF"):
        found.load(data)
        for tag in sorted((CREDITS | LAYOUT) & set(found)):
            kept[tag] = found[tag]
        inner: dict[int, Any] = found.get_ifd(INNER)
        if wanted := {tag: inner[tag] for tag in sorted(KEPT_INNER & set(inner))}:
            kept[INNER] = wanted
        return exif.strip_prefix(kept.tobytes()) if len(kept) else None


def _hides(samples: Pixels) -> bool:
    """Tell whether the lowest bits of (H, W, channels) begin like hidden text."""
    bits = 8 * len(HIDDEN[0])
    columns = -(-bits // (samples.shape[0] * samples.shape[2]))
    lowest = (samples[:, :columns] & 1).swapaxes(0, 1).reshape(-1)[:bits]
    return np.packbits(lowest).tobytes() in HIDDEN
