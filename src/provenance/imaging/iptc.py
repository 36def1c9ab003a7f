"""IPTC's texts in a JPEG, as XMP states them, which every format has a place for.

They lie in Photoshop's resources, in the binary form (IIM) of the nineties. IPTC's own standard
says which property of XMP means the same as each.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance.xmp import Property

PREFIX = b"Photoshop 3.0\0"
"""How the content of a segment with resources begins."""

TEXTS, PLAIN = 0x0404, frozenset({0x03ED, 0x0404, 0x0409, 0x040C, 0x040F, 0x0422, 0x0424, 0x0425})
"""The resource with IPTC's texts, and those that lose nothing with a new file: density, thumbnails,
copies of ICC, EXIF and XMP, and a checksum of the texts."""

_DC, _PHOTOSHOP = "http://purl.org/dc/elements/1.1/", "http://ns.adobe.com/photoshop/1.0/"
_CORE = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"

PROPERTIES = {
    5: Property(_DC, "dc", "title", "Alt"),
    25: Property(_DC, "dc", "subject", "Bag"),
    80: Property(_DC, "dc", "creator", "Seq"),
    116: Property(_DC, "dc", "rights", "Alt"),
    120: Property(_DC, "dc", "description", "Alt"),
    10: Property(_PHOTOSHOP, "photoshop", "Urgency"),
    15: Property(_PHOTOSHOP, "photoshop", "Category"),
    40: Property(_PHOTOSHOP, "photoshop", "Instructions"),
    55: Property(_PHOTOSHOP, "photoshop", "DateCreated"),
    85: Property(_PHOTOSHOP, "photoshop", "AuthorsPosition"),
    90: Property(_PHOTOSHOP, "photoshop", "City"),
    92: Property(_CORE, "Iptc4xmpCore", "Location"),
    95: Property(_PHOTOSHOP, "photoshop", "State"),
    100: Property(_CORE, "Iptc4xmpCore", "CountryCode"),
    101: Property(_PHOTOSHOP, "photoshop", "Country"),
    103: Property(_PHOTOSHOP, "photoshop", "TransmissionReference"),
    105: Property(_PHOTOSHOP, "photoshop", "Headline"),
    110: Property(_PHOTOSHOP, "photoshop", "Credit"),
    115: Property(_PHOTOSHOP, "photoshop", "Source"),
    122: Property(_PHOTOSHOP, "photoshop", "CaptionWriter"),
}
"""Property of XMP by number of a text."""

OF_THE_FILE = frozenset({0, 20, 60, 62, 63, 65, 70})
"""Texts that describe the record or the program, or are the time of day to a date."""

_RESOURCE, _TEXT, _RECORD, _DATE = b"8BIM", 0x1C, 2, 55


def split_resources(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and content of each of Photoshop's resources, as far as they are whole."""
    at = len(PREFIX)
    while content[at : at + 4] == _RESOURCE and at + 12 <= len(content):
        number = int.from_bytes(content[at + 4 : at + 6], "big")
        start = at + 6 + (content[at + 6] + 2 & ~1)  # a name, padded to an even length
        size = int.from_bytes(content[start : start + 4], "big")
        yield number, content[start + 4 : start + 4 + size]
        at = start + 4 + size + size % 2


def read_texts(content: bytes) -> tuple[dict[Property, tuple[str, ...]], bool]:
    """Return what a segment's texts are in XMP, and whether that is all of the segment."""
    found: dict[Property, tuple[str, ...]] = {}
    whole = True
    for number, resource in split_resources(content):
        whole = whole and number in PLAIN
        for kind, text in _split_texts(resource) if number == TEXTS else ():
            known = PROPERTIES.get(kind)
            if known is not None:
                found[known] = (*found.get(known, ()), _write_date(text) if kind == _DATE else text)
            whole = whole and (known is not None or kind in OF_THE_FILE)
    return found, whole


def _split_texts(resource: bytes) -> Iterator[tuple[int, str]]:
    at = 0
    while at + 5 <= len(resource) and resource[at] == _TEXT:
        record, kind = resource[at + 1], resource[at + 2]
        size = int.from_bytes(resource[at + 3 : at + 5], "big")
        raw = resource[at + 5 : at + 5 + size]
        at += 5 + size
        if record == _RECORD:
            try:
                yield kind, raw.decode().strip("\0")
            except UnicodeDecodeError:
                yield kind, raw.decode("latin-1").strip("\0")


def _write_date(text: str) -> str:
    """Return a date as XMP has it, with hyphens."""
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and text.isdigit() else text
