"""Texts in a PNG: keywords and what they say, the XMP packet among them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from provenance.imaging.picture import Block, Picture

XMP_KEYWORD = b"XML:com.adobe.xmp\0"
"""How the text chunk begins that holds an XMP packet."""

MAX_KEYWORD = 79
"""Bytes of the keyword of a text."""

TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
"""Chunks that hold text: plain, compressed and international."""

MAX_INFLATED = 16 * 2**20
"""Bytes that a compressed profile or XMP packet may grow to; real ones stay under 4 MiB."""


def make_texts(info: Mapping[Any, Any]) -> Iterator[Block]:
    """Yield a chunk for each text in a Pillow picture's ``info``, whoever put it there."""
    for keyword, text in info.items():
        if not (isinstance(keyword, str) and isinstance(text, str)):
            continue
        word = keyword.encode("latin-1", "replace")
        if not 0 < len(word) <= MAX_KEYWORD or b"\0" in word or word + b"\0" == XMP_KEYWORD:
            continue
        yield make_text(word.decode("latin-1"), text)


def list_texts(picture: Picture) -> Iterator[tuple[str, str]]:
    """Yield the keyword and the text of every chunk that holds text, except the XMP packet."""
    for block in picture.blocks if picture.format == "PNG" else ():
        if block.kind in TEXTS and not is_xmp(block):
            keyword, _, rest = block.payload.partition(b"\0")
            yield keyword.decode("latin-1"), _read_text(block.kind, rest)


def make_text(keyword: str, text: str) -> Block:
    """Return the chunk that holds a text: plain where that will do, else in UTF-8."""
    word, said = keyword.encode("latin-1"), text.replace("\0", "")
    try:
        return Block(b"tEXt", word + b"\0" + said.encode("latin-1"))
    except UnicodeEncodeError:
        return Block(b"iTXt", word + b"\0" * 5 + said.encode())


def name_text(keyword: str) -> str:
    """Return what a text is called where something is said of it."""
    return f"text {keyword!r}"


def _read_text(kind: bytes, rest: bytes) -> str:
    """Read what follows the keyword: plain; compressed; or flags, language, translation, text."""
    if kind == b"tEXt":
        return rest.decode("latin-1")
    if kind == b"zTXt":
        return (inflate(rest[1:]) or b"").decode("latin-1")
    text = rest[2:].split(b"\0", 2)[-1]
    plain = inflate(text) if rest[:1] == b"\1" else text
    return (plain or b"").decode("utf-8", "replace")


def is_xmp(block: Block) -> bool:
    """Tell whether a chunk holds the XMP packet."""
    return block.kind == b"iTXt" and block.payload.startswith(XMP_KEYWORD)


def make_xmp(packet: bytes) -> Block:
    """Return the chunk that holds an XMP packet."""
    return Block(b"iTXt", XMP_KEYWORD + b"\0\0\0\0" + packet)


def read_xmp(blocks: tuple[Block, ...]) -> bytes | None:
    """Return the XMP packet: keyword, compression flag and method, language, translation, text."""
    for block in blocks:
        if is_xmp(block):
            rest = block.payload[len(XMP_KEYWORD) :]
            packet = rest[2:].split(b"\0", 2)[-1]
            return inflate(packet) if rest[:1] == b"\1" else packet
    return None


def inflate(data: bytes) -> bytes | None:
    """Decompress, or return None when the data is damaged or grows beyond ``MAX_INFLATED``."""
    inflater = zlib.decompressobj()
    try:
        plain = inflater.decompress(data, MAX_INFLATED)
    except zlib.error:
        return None
    return plain if inflater.eof else None
