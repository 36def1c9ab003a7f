"""PNGs in any layout, written sample by sample: a second hand beside the reader's."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from numpy.typing import NDArray

COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
ADAM7 = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2))
ADAM7_LAST = (1, 0, 2, 1)


def chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def write(
    samples: NDArray[Any],
    depth: int,
    *chunks: bytes,
    interlaced: bool = False,
    palette: bool = False,
) -> bytes:
    """Write (H, W, channels) numbers of ``depth`` bits, with these chunks before the data."""
    height, width, channels = samples.shape
    kind = 3 if palette else COLOUR_TYPES[channels]
    passes = (*ADAM7, ADAM7_LAST) if interlaced else ((0, 0, 1, 1),)
    parts = (samples[top::down, left::right] for top, left, down, right in passes)
    rows = b"".join(b"\0" + _pack(row, depth) for part in parts if part.size for row in part)
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced)
    data = chunk(b"IDAT", zlib.compress(rows))
    return b"".join(
        (b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), *chunks, data, chunk(b"IEND", b""))
    )


def _pack(row: NDArray[Any], depth: int) -> bytes:
    if depth >= 8:
        return row.astype(">u2" if depth == 16 else ">u1").tobytes()
    bits = "".join(f"{number:0{depth}b}" for number in row.reshape(-1).tolist())
    return bytes(int(bits[at : at + 8].ljust(8, "0"), 2) for at in range(0, len(bits), 8))
