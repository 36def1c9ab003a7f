"""Metadata that goes along into another format, to where the readers of the field look for it.

A1111 and its kin read their parameters from EXIF's user comment. ComfyUI writes "prompt:..." and
"workflow:..." into plain EXIF texts, so other generators' fields go there under their own names.
What credits and describes becomes XMP, which every format has a place for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PIL import Image

from provenance import xmp
from provenance.errors import InputError
from provenance.imaging import exif, iptc, jpeg, png_texts, prompts
from provenance.imaging.picture import Block, Picture
from provenance.imaging.pillow import translate_decoder_errors
from provenance.xmp import Property

PARAMETERS = "parameters"
"""The PNG text in which A1111 and its kin write how a picture was made."""

DETAILS, COMMENT, MAKER_NOTE = 0x8769, 0x9286, 0x927C
"""EXIF: the directory of details, and in it the user comment and its maker's own data."""

UNICODE = b"UNICODE\0"
"""How a user comment begins that is in UTF-16."""

PLACES = {"workflow": 271, "prompt": 272}
FURTHER = (270, 269, 285, 316)
"""EXIF texts: where ComfyUI puts its fields, and where others find room. None of them credits
somebody, since credits stay when prompts are stripped."""

_DC = "http://purl.org/dc/elements/1.1/"

DESCRIPTIVE = {
    "Title": Property(_DC, "dc", "title", "Alt"),
    "Author": Property(_DC, "dc", "creator", "Seq"),
    "Description": Property(_DC, "dc", "description", "Alt"),
    "Copyright": Property(_DC, "dc", "rights", "Alt"),
    "Source": Property(_DC, "dc", "source"),
    "Software": Property("http://ns.adobe.com/xap/1.0/", "xmp", "CreatorTool"),
    "Comment": Property("http://ns.adobe.com/exif/1.0/", "exif", "UserComment", "Alt"),
}
"""PNG's own keywords, and the properties of XMP that mean the same."""

DENSITY, INCH = (282, 283), {296: 2}
"""EXIF's pixels per unit, across and down, and the unit."""

WITHOUT_DENSITY = frozenset({"WEBP", "AVIF", "HEIC", "JXL"})
"""Formats that state pixel density in EXIF only."""


WITHOUT_EXIF = frozenset({"GIF"})
"""Formats in which generators' fields find no place, but in XMP what credits and describes."""


def carry_over(picture: Picture, target: str) -> tuple[Picture, frozenset[str]]:
    """Return the picture as it goes into another format, and the names of what found a place."""
    if target == picture.format:
        return picture, frozenset()
    picture, found = _carry_texts(picture, target)
    picture, more = _carry_resources(picture)
    if picture.dpi and target in WITHOUT_DENSITY:
        values = dict(zip(DENSITY, picture.dpi, strict=True))
        picture = _extend_exif(picture, {**values, **INCH}, None) or picture
    return picture, found | more


def make_texts(picture: Picture) -> Iterator[Block]:
    """Yield the PNG texts in which readers look for what a generator wrote into EXIF."""
    loaded = _load_exif(picture.exif)
    if loaded is None:
        return
    comment = loaded.get_ifd(DETAILS).get(COMMENT)
    if isinstance(comment, bytes) and comment.startswith(UNICODE):
        text = _decode_comment(comment)
        if prompts.MARKERS.search(text.encode()):
            yield png_texts.make_text(PARAMETERS, text)
    for value in list(loaded.values()):
        keyword, colon, text = value.partition(":") if isinstance(value, str) else ("", "", "")
        if colon and keyword in prompts.KEYWORDS and text.startswith(("{", "[")):
            yield png_texts.make_text(keyword, text)


def _carry_texts(picture: Picture, target: str) -> tuple[Picture, frozenset[str]]:
    """Put a PNG's texts into EXIF and XMP, one by one, as far as there is room."""
    found = set()
    for keyword, text in png_texts.list_texts(picture):
        if keyword in DESCRIPTIVE:
            picture = _extend_xmp(picture, {DESCRIPTIVE[keyword]: (text,)})
        elif target in WITHOUT_EXIF:
            continue
        elif keyword == PARAMETERS:
            more = _extend_exif(picture, {}, text)
            if more is None or not _fits(more, target):
                continue
            picture = more
        elif keyword in prompts.KEYWORDS:
            more = _extend_exif(picture, _choose_place(picture, keyword, text), None)
            if more is None or not _fits(more, target):
                continue
            picture = more
        else:
            continue
        found.add(png_texts.name_text(keyword))
    return picture, frozenset(found)


def _fits(picture: Picture, target: str) -> bool:
    return target != "JPEG" or len(picture.exif or b"") <= jpeg.MAX_SEGMENT


def _choose_place(picture: Picture, keyword: str, text: str) -> dict[int, object]:
    """Return the EXIF text for a generator's field, the first that is free or has it already."""
    loaded, stated = _load_exif(picture.exif), f"{keyword}:{text}"
    wanted = (PLACES[keyword], *FURTHER) if keyword in PLACES else FURTHER
    for tag in wanted:
        if loaded is None or loaded.get(tag) in (None, stated, stated.encode()):
            return {tag: stated.encode()}
    return {}


def _carry_resources(picture: Picture) -> tuple[Picture, frozenset[str]]:
    """Put the IPTC texts of a JPEG into XMP, where XMP does not state them already."""
    whole, any_of_them = True, False
    for block in picture.blocks if picture.format == "JPEG" else ():
        if block.kind[0] == jpeg.APP13:
            any_of_them = True
            texts, complete = iptc.read_texts(block.payload)
            whole = whole and complete and block.payload.startswith(iptc.PREFIX)
            picture = _extend_xmp(picture, texts)
    return picture, frozenset({jpeg.RESOURCES} if any_of_them and whole else ())


def _extend_xmp(picture: Picture, values: dict[Property, tuple[str, ...]]) -> Picture:
    stated = xmp.list_stated(picture.xmp, values)
    new = {key: value for key, value in values.items() if key not in stated and any(value)}
    return replace(picture, xmp=xmp.write(picture.xmp, new)) if new else picture


def _extend_exif(
    picture: Picture, values: dict[int, object], comment: str | None
) -> Picture | None:
    """Return the picture with more EXIF, None where that has no room for it.

    What stands there stays. With makers' notes in it, EXIF is not written anew, since those state
    places of their own.
    """
    loaded = Image.Exif() if picture.exif is None else _load_exif(picture.exif)
    if loaded is None or not (values or comment):
        return None
    details = loaded.get_ifd(DETAILS)
    new = {tag: value for tag, value in values.items() if tag not in loaded}
    packed = None if comment is None else UNICODE + comment.encode("utf-16-be", "replace")
    if packed is not None and details.get(COMMENT) not in (None, packed):
        return None
    if not new and (packed is None or COMMENT in details):
        return picture
    if MAKER_NOTE in details:
        return None
    with translate_decoder_errors("The picture's EXIF"):
        for tag, value in new.items():
            loaded[tag] = value
        if packed is not None:
            loaded.get_ifd(DETAILS)[COMMENT] = packed
            loaded[DETAILS] = dict(loaded.get_ifd(DETAILS))
        return replace(picture, exif=exif.strip_prefix(loaded.tobytes()))


def _load_exif(data: bytes | None) -> Image.Exif | None:
    """Return EXIF's entries, None when there are none or they are damaged."""
    if data is None:
        return None
    found = Image.Exif()
    try:
        with translate_decoder_errors("The picture's EXIF"):
            found.load(data)
            found.get_ifd(DETAILS)
    except InputError:
        return None
    return found


def _decode_comment(comment: bytes) -> str:
    """Decode UTF-16 of either order: in text, zeros stand before Latin letters in one of them."""
    body = comment[len(UNICODE) :]
    order = "utf-16-be" if body[::2].count(0) >= body[1::2].count(0) else "utf-16-le"
    return body.decode(order, "replace")
