"""Texts in a file's metadata, field by field: what anybody could write, unsigned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image

from provenance.errors import InputError
from provenance.imaging import png_texts
from provenance.imaging.picture import Picture
from provenance.imaging.pillow import translate_decoder_errors

EXIF_TEXTS = {
    270: "ImageDescription",
    271: "Make",
    272: "Model",
    305: "Software",
    315: "Artist",
    33432: "Copyright",
    40092: "XPComment",
    40095: "XPSubject",
}
"""EXIF tags that hold text; those of Windows are in UTF-16."""

INNER, COMMENT, COMMENT_HEADER = 34665, 37510, 8
"""EXIF's inner directory, its user comment, and the bytes of that which name its encoding."""

PNG_TEXT = "PNG text "
"""How the name of a field begins that is a chunk of text in a PNG; its keyword follows."""

JPEG_TEXTS = {0xFE: "JPEG comment", 0xED: "IPTC"}
"""Segments of a JPEG that hold text, by their marker's second byte."""

MAX_TEXT = 2**20
"""Characters of a field; the longest honest ones, workflows, have a few hundred thousand."""


@dataclass(frozen=True)
class TextField:
    """A field that holds text, and the text; whoever wrote the file chose it."""

    name: str
    text: str


def read_texts(picture: Picture) -> tuple[TextField, ...]:
    """Read every text in a picture's metadata; what can't be read is left out."""
    found = (*_read_blocks(picture), *_read_exif(picture.exif), *_read_xmp(picture.xmp))
    return tuple(TextField(name, text[:MAX_TEXT]) for name, text in found if text.strip("\0 "))


def _read_blocks(picture: Picture) -> Iterator[tuple[str, str]]:
    if picture.format == "PNG":
        for keyword, text in png_texts.list_texts(picture):
            yield PNG_TEXT + keyword, text
    if picture.format == "JPEG":
        for block in picture.blocks:
            if name := JPEG_TEXTS.get(block.kind[0]):
                yield name, _decode(block.payload)


def _read_exif(data: bytes | None) -> Iterator[tuple[str, str]]:
    if data is None:
        return
    found = Image.Exif()
    try:
        with translate_decoder_errors("The picture's EXIF"):
            found.load(data)
            inner: dict[int, Any] = found.get_ifd(INNER)
            values = {tag: found.get(tag) for tag in EXIF_TEXTS}
    except InputError:
        return
    for tag, name in EXIF_TEXTS.items():
        if values[tag] is not None:
            yield f"EXIF {name}", _decode(values[tag])
    if (comment := inner.get(COMMENT)) is not None:
        body = comment[COMMENT_HEADER:] if isinstance(comment, bytes) else comment
        yield "EXIF UserComment", _decode(body)


def _read_xmp(packet: bytes | None) -> Iterator[tuple[str, str]]:
    if packet is not None:
        yield "XMP", _decode(packet)


def _decode(value: object) -> str:
    """Decode text of an unknown encoding; in UTF-16, Latin letters have a zero beside them."""
    if not isinstance(value, bytes):
        return str(value)
    return value.replace(b"\0", b"").decode("utf-8", "replace")
