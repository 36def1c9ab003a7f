"""Read properties of an XMP packet, and set them without touching anything else in it.

A packet is somebody else's XML. It is parsed once to find where its properties stand, and then
edited as bytes, so that all other content stays as it was, down to the white space.
"""

from __future__ import annotations

import codecs
import logging
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

logger = logging.getLogger(__name__)

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

EMPTY = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    f'<rdf:RDF xmlns:rdf="{RDF}"></rdf:RDF>'
    '</x:xmpmeta><?xpacket end="w"?>'
).encode()
"""A packet without properties."""

TAG = re.compile(rb"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")
"""A tag, to the bracket that ends it."""

PADDING = re.compile(rb"(?<=>)\s{2,}(?=<\?xpacket end)")
"""White space between the end of the content and the end of the packet."""

NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML may hold."""

MAX_DEPTH = 100
"""Levels of nested elements; real packets have a dozen."""

MAX_PACKET = 16 * 2**20
"""Bytes of a packet; real ones stay under a megabyte."""

EVERY = "*"
"""In place of a property's name: all properties of its namespace."""

WIDE = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
"""Byte-order marks of packets that are not in UTF-8, and their encodings."""


@dataclass(frozen=True)
class Property:
    """The name of a property: its namespace, and the prefix that is usual for it.

    ``container`` is how RDF holds its values: "Alt" (in several languages), "Seq" (in order) or
    "Bag", and "" for a text by itself.
    """

    namespace: str
    prefix: str
    name: str
    container: str = ""


@dataclass
class _Found:
    """A property in a packet: its value in parts, and the bytes that state it."""

    key: tuple[str, str]
    parts: list[str]
    start: int
    end: int = 0

    @property
    def value(self) -> str:
        return "".join(self.parts)


class _MalformedError(Exception):
    """The packet is not XML, or not of the kind that XMP allows."""


def read(packet: bytes | None, wanted: Property) -> str | None:
    """Return a property's text; None if it is missing, or the packet can't be read."""
    try:
        found, _ = _survey(_narrow(packet or b""), {wanted})
    except _MalformedError:
        return None
    values = (each.value.strip() for each in found if _is(each, wanted))
    return next(filter(None, values), None)


def list_stated(packet: bytes | None, wanted: Collection[Property]) -> set[Property]:
    """Return which of these properties a packet states; none if it can't be read."""
    try:
        found, _ = _survey(_narrow(packet or b""), wanted)
    except _MalformedError:
        return set()
    return {key for key in wanted if any(_is(each, key) for each in found)}


def write(packet: bytes | None, values: Mapping[Property, str | tuple[str, ...]]) -> bytes:
    """Return the packet with these properties set, in place of earlier values.

    A property with a container takes several values. A packet that can't be read is replaced, and
    the log says so.
    """
    if not values:
        return packet or EMPTY
    plain = _narrow(packet or EMPTY)
    try:
        found, end = _survey(plain, values.keys())
    except _MalformedError:
        logger.warning("The picture's XMP can't be read; it is replaced by the new labels.")
        plain = EMPTY
        found, end = _survey(plain, values.keys())
    values = {key: value for key, value in values.items() if not _states(found, key, value)}
    edits = [(each.start, each.end, b"") for each in found if any(_is(each, key) for key in values)]
    addition = b"".join(_description(key, value) for key, value in values.items())
    for start, stop, text in sorted([*edits, (end, end, addition)], reverse=True):
        plain = plain[:start] + text + plain[stop:]
    return plain


def trim(packet: bytes) -> bytes:
    """Return the packet without the white space that its writer left in it for later edits."""
    return PADDING.sub(b"\n", packet)


def drop(packet: bytes, *unwanted: Property) -> bytes:
    """Return the packet without these properties; as it is when it has none or can't be read.

    ``EVERY`` as a name stands for all of the namespace.
    """
    plain = _narrow(packet)
    try:
        found, _ = _survey(plain, unwanted)
    except _MalformedError:
        return packet
    kept, at = [], 0
    for each in sorted(found, key=lambda each: each.start):
        if each.start >= at:  # else it lies within one that goes
            kept.append(plain[at : each.start])
            at = each.end
    return b"".join((*kept, plain[at:])) if found else packet


def _states(found: list[_Found], key: Property, value: str | tuple[str, ...]) -> bool:
    return [each.value for each in found if _is(each, key)] == [value]


def _is(found: _Found, wanted: Property) -> bool:
    return found.key == (wanted.namespace, wanted.name)


def _description(key: Property, value: str | tuple[str, ...]) -> bytes:
    name, texts = f"{key.prefix}:{key.name}", (value,) if isinstance(value, str) else value
    texts = tuple(NOT_XML.sub("", text) for text in texts)
    stated = escape(" ".join(texts))
    if key.container:
        item = '<rdf:li xml:lang="x-default">' if key.container == "Alt" else "<rdf:li>"
        items = "".join(f"{item}{escape(text)}</rdf:li>" for text in texts)
        stated = f"<rdf:{key.container}>{items}</rdf:{key.container}>"
    return (
        f'<rdf:Description xmlns:rdf="{RDF}" rdf:about="" xmlns:{key.prefix}="{key.namespace}">'
        f"<{name}>{stated}</{name}></rdf:Description>"
    ).encode()


def _narrow(packet: bytes) -> bytes:
    """Return the packet in UTF-8, the encoding of nearly all packets."""
    for mark, encoding in WIDE:
        if packet.startswith(mark):
            return packet.decode(encoding, "replace").encode()
    return packet.removesuffix(b"\0")


def _survey(packet: bytes, wanted: Collection[Property]) -> tuple[list[_Found], int]:
    """Return where the wanted properties of all descriptions stand, and where the RDF ends.

    Raises
    ------
    _MalformedError
        The packet can't be read, or is too long.
    """
    if len(packet) > MAX_PACKET:
        raise _MalformedError
    reader = _Reader(packet, wanted)
    try:
        reader.parser.Parse(packet, True)
    except (expat.ExpatError, ValueError) as error:
        raise _MalformedError from error
    if reader.end is None:
        raise _MalformedError
    return reader.found, reader.end


class _Reader:
    """Notes the wanted properties that expat comes across, and where they stand."""

    def __init__(self, packet: bytes, wanted: Collection[Property]) -> None:
        self.packet = packet
        self.wanted = {(each.namespace, each.name) for each in wanted}
        self.found: list[_Found] = []
        self.end: int | None = None
        self._open: list[tuple[str, int, _Found | None]] = []
        self.parser: Any = expat.ParserCreate(namespace_separator=" ")
        self.parser.namespace_prefixes = True
        self.parser.StartElementHandler = self._starts
        self.parser.EndElementHandler = self._ends
        self.parser.CharacterDataHandler = self._says
        self.parser.StartDoctypeDeclHandler = _refuse  # XMP has no entities

    def _starts(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise _MalformedError
        namespace, local, _ = _split(name)
        start = self.parser.CurrentByteIndex
        inside = self._open[-1][0] if self._open else ""
        found = None
        if inside == f"{RDF} Description" and self._wants(namespace, local):
            resource = (v for k, v in attributes.items() if k.startswith(f"{RDF} resource"))
            found = _Found((namespace, local), [next(resource, "")], start)
            self.found.append(found)
        self._open.append((f"{namespace} {local}", start, found))
        if (namespace, local) == (RDF, "Description"):
            for key, value in attributes.items():
                if self._wants(*_split(key)[:2]):
                    self._attribute(*_split(key), value, start)

    def _wants(self, namespace: str, local: str) -> bool:
        return not self.wanted.isdisjoint({(namespace, local), (namespace, EVERY)})

    def _attribute(self, namespace: str, local: str, prefix: str, value: str, start: int) -> None:
        tag = self._tag(start)
        name = re.escape(f"{prefix}:{local}".encode())
        place = re.search(rb"\s+" + name + rb"""\s*=\s*("[^"]*"|'[^']*')""", tag)
        if place and prefix:
            first, last = start + place.start(), start + place.end()
            self.found.append(_Found((namespace, local), [value], first, last))

    def _ends(self, _name: str) -> None:
        name, start, found = self._open.pop()
        empty = self._tag(start).endswith(b"/>")  # then expat says that it ends after its one tag
        last = start if empty else self.parser.CurrentByteIndex
        if found is not None:
            found.end = last + len(self._tag(last))
        if name == f"{RDF} RDF" and not empty:
            self.end = last

    def _says(self, text: str) -> None:
        found = self._open[-1][2]
        if found is not None:
            found.parts.append(text)

    def _tag(self, start: int) -> bytes:
        match = TAG.match(self.packet, start)
        if match is None:
            raise _MalformedError
        return match[0]


def _split(name: str) -> tuple[str, str, str]:
    """Split expat's "namespace local prefix"."""
    parts = name.split(" ")
    if len(parts) == 1:
        return "", parts[0], ""
    return parts[0], parts[1], parts[2] if len(parts) > 2 else ""


def _refuse(*_: object) -> None:
    raise _MalformedError
