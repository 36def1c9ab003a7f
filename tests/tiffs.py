"""TIFFs in any layout, written sample by sample: a second hand beside the reader's."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Entries = dict[int, tuple[int, tuple[Any, ...] | bytes]]

CODES = {1: "B", 3: "H", 4: "I", 5: "I", 7: "B", 12: "d"}
COMPRESSORS = {5: "tiff_lzw", 8: "tiff_adobe_deflate", 32773: "packbits", 34925: "lzma"}
COMPRESSORS |= {50000: "zstd"}


@dataclass(frozen=True)
class Form:
    """How samples are stored; numbers as in TIFF."""

    photometric: int = 2
    bits: int = 8
    order: str = "<"
    planar: int = 1
    compression: int = 1
    predictor: int = 1
    strip: int | None = None
    tile: tuple[int, int] | None = None
    extra: int | None = None


def write(samples: NDArray[Any], form: Form, more: Entries | None = None) -> bytes:
    """Write (H, W, channels) numbers of ``form.bits`` bits."""
    height, width, channels = samples.shape
    parts = [_compress(_pack(part, form), form) for part in _cut(samples, form)]
    entries: Entries = {
        256: (4, (width,)),
        257: (4, (height,)),
        258: (3, (form.bits,) * channels),
        259: (3, (form.compression,)),
        262: (3, (form.photometric,)),
        277: (3, (channels,)),
        284: (3, (form.planar,)),
        317: (3, (form.predictor,)),
    }
    if form.extra is not None:
        entries[338] = (3, (form.extra,))
    if form.tile:
        entries |= {322: (3, form.tile[:1]), 323: (3, form.tile[1:])}
    else:
        entries[278] = (3, (form.strip or height,))
    sizes = tuple(len(part) for part in parts)
    places = tuple(int(each) for each in 8 + np.cumsum([0, *sizes[:-1]]))
    offsets, counts = (324, 325) if form.tile else (273, 279)
    entries |= {offsets: (4, places), counts: (4, sizes)}
    return _write_file(b"".join(parts), entries | (more or {}), form.order)


def _write_file(body: bytes, entries: Entries, order: str) -> bytes:
    body += bytes(len(body) % 2)
    head, values = struct.pack(order + "H", len(entries)), b""
    start = 8 + len(body) + 2 + 12 * len(entries) + 4
    for tag, (kind, value) in sorted(entries.items()):
        count = len(value) // (2 if kind == 5 else 1)
        packed = (
            value
            if isinstance(value, bytes)
            else struct.pack(f"{order}{len(value)}{CODES[kind]}", *value)
        )
        head += struct.pack(order + "HHI", tag, kind, count)
        if len(packed) <= 4:
            head += packed.ljust(4, b"\0")
        else:
            head += struct.pack(order + "I", start + len(values))
            values += packed + bytes(len(packed) % 2)
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(order + "I", 8 + len(body)) + body + head + bytes(4) + values


def _cut(samples: NDArray[Any], form: Form) -> Iterator[NDArray[Any]]:
    """Yield strips or tiles, plane by plane."""
    planes = [samples] if form.planar == 1 else np.split(samples, samples.shape[2], axis=2)
    for plane in planes:
        if form.tile is None:
            step = form.strip or len(plane)
            yield from (plane[top : top + step] for top in range(0, len(plane), step))
            continue
        across, down = form.tile
        for top in range(0, len(plane), down):
            for left in range(0, plane.shape[1], across):
                part = plane[top : top + down, left : left + across]
                room = (down - part.shape[0], across - part.shape[1])
                yield np.pad(part, ((0, room[0]), (0, room[1]), (0, 0)), mode="edge")


def _pack(part: NDArray[Any], form: Form) -> NDArray[np.uint8]:
    """Return rows of bytes."""
    wide: NDArray[Any] = part.astype(np.uint8 if form.bits == 8 else np.uint16)
    if form.predictor == 2:
        wide[:, 1:] = wide[:, 1:] - wide[:, :-1]
    rows = wide.reshape(len(part), -1)
    if form.bits in (8, 16):
        stored = rows.astype(wide.dtype.newbyteorder("<" if form.order == "<" else ">"))
        return np.ascontiguousarray(stored).view(np.uint8).reshape(len(part), -1)
    text = ["".join(f"{number:0{form.bits}b}" for number in row) for row in rows.tolist()]
    return np.array(
        [[int(row[at : at + 8].ljust(8, "0"), 2) for at in range(0, len(row), 8)] for row in text],
        dtype=np.uint8,
    )


def _compress(rows: NDArray[np.uint8], form: Form) -> bytes:
    if form.compression == 1:
        return rows.tobytes()
    if form.compression == 32946:
        return zlib.compress(rows.tobytes())
    file = io.BytesIO()
    Image.fromarray(rows).save(file, "TIFF", compression=COMPRESSORS[form.compression])
    with Image.open(file) as image:
        tags: Any = image.tag_v2  # type: ignore[attr-defined]
        ((place,), (size,)) = tags[273], tags[279]
    return file.getvalue()[place : place + size]
