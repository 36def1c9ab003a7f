"""Mutations of good files; the number of one draws what is done to which."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable

from fuzz import seeds

PNG = b"\x89PNG\r\n\x1a\n"
EXTREME = (0, 1, 7, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


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
    """Make what may be a length, a count or a size extreme."""
    width = draw.choice((1, 2, 4))
    at = draw.randrange(max(1, len(data) - width))
    value = draw.choice(EXTREME) & ((1 << 8 * width) - 1)
    data[at : at + width] = value.to_bytes(width, draw.choice(("big", "little")))
    return data


def _store_length(data: bytearray, draw: random.Random) -> bytearray:
    """The same within the manifest store, if there is one."""
    at = data.find(b"jumb")
    if at < 0:
        return _length(data, draw)
    part = _length(data[at : at + 4000], draw)
    return data[:at] + part + data[at + 4000 :]


def _announce(data: bytearray, draw: random.Random) -> bytearray:
    """Let a CBOR item announce more than there is."""
    found = [at for at in range(len(data)) if data.startswith(b"cbor", at)]
    if not found:
        return _length(data, draw)
    at = draw.choice(found) + 4 + draw.choice((0, 0, 1, 5, 30))
    head = bytes([draw.choice((0x5A, 0x7A, 0x9A, 0xBA))]) + draw.choice(EXTREME).to_bytes(4, "big")
    data[at : at + 5] = head
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
