"""Mutations of good files; the number of one draws what is done to which."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from typing import Literal

from fuzz import seeds

PNG = b"\x89PNG\r\n\x1a\n"


def mutation(number: int) -> tuple[str, bytes]:
    """Return what was done to which file, and the result."""
    draw = random.Random(number)
    files = seeds.good()
    name = draw.choice(sorted(files))
    data = bytearray(files[name])
    changes = [draw.choice(CHANGES) for _ in range(draw.choice((1, 1, 2, 4)))]
    for change in changes:
        if len(data) > 8:
            data = change(data, draw)
    mutated = bytes(data)
    if mutated.startswith(PNG) and draw.random() < 0.8:
        mutated = with_checksums(mutated)  # else no change of a PNG gets past its first check
    return f"{name}: {', '.join(change.__name__.strip('_') for change in changes)}", mutated


def with_checksums(png: bytes) -> bytes:
    """Make every whole chunk's checksum right again."""
    out, at = [png[:8]], 8
    while at + 12 <= len(png):
        (size,) = struct.unpack_from(">I", png, at)
        body = png[at + 4 : at + 8 + size]
        if at + 12 + size > len(png):
            break
        out.append(png[at : at + 4] + body + struct.pack(">I", zlib.crc32(body)))
        at += 12 + size
    return b"".join(out) + png[at:]


def _flip(data: bytearray, draw: random.Random) -> bytearray:
    for _ in range(draw.choice((1, 3, 20))):
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    return data


def _flip_header(data: bytearray, draw: random.Random) -> bytearray:
    data[draw.randrange(min(64, len(data)))] = draw.randrange(256)
    return data


def _cut(data: bytearray, draw: random.Random) -> bytearray:
    return data[: draw.randrange(len(data))]


def _remove(data: bytearray, draw: random.Random) -> bytearray:
    at = draw.randrange(len(data))
    del data[at : at + draw.choice((1, 4, 100, 5000))]
    return data


def _repeat(data: bytearray, draw: random.Random) -> bytearray:
    at = draw.randrange(len(data))
    part = data[at : at + draw.choice((1, 4, 100, 5000))]
    return data[:at] + part * draw.choice((1, 2, 50)) + data[at:]


def _blank(data: bytearray, draw: random.Random) -> bytearray:
    at, size = draw.randrange(len(data)), draw.choice((4, 64, 1000))
    data[at : at + size] = bytes([draw.choice((0, 255))]) * len(data[at : at + size])
    return data


def _length(data: bytearray, draw: random.Random) -> bytearray:
    """Make what may be a length, a count or a size wrong: a little, or as far as the file goes."""
    width = draw.choice((1, 2, 4))
    at = draw.randrange(max(1, len(data) - width))
    order: Literal["big", "little"] = draw.choice(("big", "little"))
    stated, left = int.from_bytes(data[at : at + width], order), len(data) - at - width
    value = draw.choice((0, 1, 7, stated - 1, stated + 1, 2 * stated, left, left + 1))
    data[at : at + width] = (value % (1 << 8 * width)).to_bytes(width, order)
    return data


def _store_length(data: bytearray, draw: random.Random) -> bytearray:
    """The same within the manifest store, if there is one."""
    at = data.find(b"jumb")
    if at < 0:
        return _length(data, draw)
    part = _length(data[at : at + 4000], draw)
    return data[:at] + part + data[at + 4000 :]


def _announce(data: bytearray, draw: random.Random) -> bytearray:
    """Let a CBOR item announce one byte or item more than there is in its box."""
    found = [at for at in range(len(data)) if data.startswith(b"cbor", at)]
    if not found:
        return _length(data, draw)
    box = draw.choice(found)
    at = box + 4 + draw.choice((0, 0, 1, 5, 30))
    end = box - 4 + int.from_bytes(data[max(box - 4, 0) : box], "big")
    left = max(0, min(end, len(data)) - at - 5)
    data[at : at + 5] = bytes([draw.choice((0x5A, 0x7A, 0x9A, 0xBA))]) + (left + 1).to_bytes(
        4, "big"
    )
    return data


def _splice(data: bytearray, draw: random.Random) -> bytearray:
    other = draw.choice(list(seeds.good().values()))
    return data[: draw.randrange(len(data))] + bytearray(other[draw.randrange(len(other)) :])


CHANGES: tuple[Callable[[bytearray, random.Random], bytearray], ...] = (
    _flip,
    _flip_header,
    _cut,
    _remove,
    _repeat,
    _blank,
    _length,
    _store_length,
    _announce,
    _splice,
)
