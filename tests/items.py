"""AVIF and HEIC with further items, as phones and editors write them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import Image

from provenance.containers import items
from provenance.containers.items import Property, Reference

GAIN_MAP = b"urn:com:apple:photo:2020:aux:hdrgainmap\0"
FILM = (
    struct.pack(">I4s", 40, b"mpvd")
    + struct.pack(">I4s", 16, b"ftyp")
    + b"mp42\0\0\0\0"
    + bytes(16)
)
Encode = Callable[..., bytes]


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def heic(image: Image.Image, **options: Any) -> bytes:
    file = BytesIO()
    pillow_heif.from_pillow(image).save(file, **{"quality": 85, "chroma": 420, **options})
    return file.getvalue()


def avif(image: Image.Image, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, "AVIF", **{"quality": 85, **options})
    return file.getvalue()


def with_property(file: bytes, *boxes: bytes) -> bytes:
    """Return a file whose picture has these properties as well."""
    found = items.read(file)
    properties = (*found.picture.properties, *(Property(each, True) for each in boxes))
    return items.write(found.with_item(replace(found.picture, properties=properties)))


def with_layer(file: bytes, layer: bytes, kind: bytes = GAIN_MAP) -> bytes:
    """Return a file with the picture of another as an auxiliary picture."""
    found, added = items.read(file), items.read(layer).picture
    number = max(found.items) + 1
    said = Property(box(b"auxC", bytes(4) + kind))
    new = replace(added, number=number, flags=items.HIDDEN, properties=(*added.properties, said))
    reference = Reference(items.SUPPLEMENTS, number, (found.primary,))
    return items.write(found.with_item(new, reference))


def turned(quarters: int) -> bytes:
    return box(b"irot", bytes([quarters]))


def mirrored(axis: int) -> bytes:
    return box(b"imir", bytes([axis]))


def cropped(width: int, height: int, right: int = 0, down: int = 0) -> bytes:
    """Return a crop of this size, moved from the middle by as much."""
    return box(b"clap", struct.pack(">IIIIiIiI", width, 1, height, 1, right, 1, down, 1))
