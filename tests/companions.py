"""JPEGs with further pictures and films behind them, as phones write them."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

FILM = (
    struct.pack(">I4s", 24, b"ftyp") + b"mp42\0\0\0\0isommp42" + b"\0\0\x10\x08mdat" + bytes(4096)
)
GOOGLE = "http://ns.google.com/photos/1.0/"
GAIN = "http://ns.adobe.com/hdr-gain-map/1.0/"


def encode(image: Image.Image, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, "JPEG", quality=90, **options)
    return file.getvalue()


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def xmp(attributes: str, items: dict[str, int]) -> bytes:
    listed = "".join(
        f'<rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="{what}" '
        f'Item:Length="{length}"/></rdf:li>'
        for what, length in items.items()
    )
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        f'xmlns:Container="{GOOGLE}container/" xmlns:Item="{GOOGLE}container/item/" {attributes}>'
        f"<Container:Directory><rdf:Seq>{listed}</rdf:Seq></Container:Directory>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet.encode())


def motion_photo(image: Image.Image) -> bytes:
    said = xmp(
        f'xmlns:GCamera="{GOOGLE}camera/" GCamera:MotionPhoto="1"',
        {"Primary": 0, "MotionPhoto": len(FILM)},
    )
    plain = encode(image)
    return plain[:2] + said + plain[2:] + FILM


def gain_map(image: Image.Image) -> bytes:
    """Return how much brighter each part may be shown: the lights only."""
    small = image.convert("L").resize((image.width // 2, image.height // 2))
    light = np.clip((np.asarray(small).astype(float) - 150) * 2.4, 0, 255).astype(np.uint8)
    return encode(Image.fromarray(light))


def ultra_hdr(image: Image.Image, *, order: str = ">", jfif_first: bool = True) -> bytes:
    """Return a picture with a gain map behind it, and an index (MPF) of both in this byte order."""
    gain, plain = gain_map(image), encode(image)
    said = xmp(f'xmlns:hdrgm="{GAIN}" hdrgm:Version="1.0"', {"Primary": 0, "GainMap": len(gain)})
    said += segment(0xE2, b"urn:iso:std:iso:ts:21496:-1\0\0\0\0\0")
    jfif = plain[2:20]
    before = plain[:2] + (jfif + said if jfif_first else said)
    after = plain[20:] if jfif_first else jfif + plain[20:]

    def index(size: int, place: int) -> bytes:
        head = (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(order + "IH", 8, 3)
        tags = struct.pack(order + "HHI", 0xB000, 7, 4) + b"0100"
        tags += struct.pack(order + "HHII", 0xB001, 4, 1, 2)
        tags += struct.pack(order + "HHIII", 0xB002, 7, 32, 50, 0)
        pictures = struct.pack(order + "IIIHH", 0x030000, size, 0, 0, 0)
        pictures += struct.pack(order + "IIIHH", 0, len(gain), place, 0, 0)
        return segment(0xE2, b"MPF\0" + head + tags + pictures)

    size = len(before) + len(index(0, 0)) + len(after)
    return before + index(size, size - len(before) - 8) + after + gain


def list_indexed(jpeg: bytes) -> list[tuple[int, int]]:
    """Return place and size of each picture that the index (MPF) of a JPEG names."""
    header = jpeg.index(b"MPF\0") + 4
    order = {b"MM": ">", b"II": "<"}[jpeg[header : header + 2]]
    entries = [struct.unpack_from(order + "IIIHH", jpeg, header + 50 + 16 * n) for n in (0, 1)]
    return [(place and header + place, size) for _, size, place, _, _ in entries]
