"""List what becomes of each kind of picture: python -m bench.kinds; writes to docs/formats.md.

Each kind is synthesised, a mark's change laid over it, written in its own format and read again. It
is kept when samples, transparency and what the numbers mean are as they were.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.formats import write
from provenance import imaging
from provenance.errors import InputError
from provenance.imaging import Picture
from tests import pngs, tiffs
from tests.pngs import chunk
from tests.tiffs import Form

SHAPE = (48, 64)
RANDOM = np.random.Generator(np.random.PCG64(11))
Build = Callable[[], bytes]


def main() -> None:
    write("kinds", list(rows()))


def rows() -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| kind | becomes |"
    yield "|---|---|"
    for name, build in KINDS.items():
        yield f"| {name} | {judge(build())} |"


def judge(data: bytes) -> str:
    """Say what becomes of a picture in its own format."""
    try:
        picture = imaging.decode(data)
        fitted = imaging.fit_to_format(picture, picture.format)
        again = imaging.decode(imaging.encode(mark(fitted)))
    except InputError as error:
        return f"refused: {str(error).split(', which can', 1)[0].split('; ', 1)[0].rstrip('.')}"
    changed = list(compare(mark(fitted), again))
    if changed:
        return f"**changed**: {', '.join(changed)}"
    widened = "" if again.own is None else f" ({again.own.dtype.itemsize * 8} bits per channel)"
    said = "; ".join(f"said: {loss.says.rstrip('.')}" for loss in fitted.losses)
    return f"kept{widened}" + (f"; {said}" if said else "")


def mark(picture: Picture) -> Picture:
    """Change the view by a step in a chequered pattern, as a mark might."""
    y, x = np.indices(picture.rgb.shape[:2])
    step = np.where((x + y) % 2, 1, -1)[..., None]
    return picture.with_pixels(np.clip(picture.rgb + step, 0, 255).astype(np.uint8))


def compare(before: Picture, after: Picture) -> Iterator[str]:
    """Name what differs between a picture and what was written of it."""
    lossy = not before.lossless
    if before.own is not None and (after.own is None or before.own.dtype != after.own.dtype):
        yield "depth"
    elif before.own is not None and not lossy and not np.array_equal(before.own, after.own):  # type: ignore[arg-type]
        yield "samples"
    seen = before.samples.view()[0] if before.samples else before.rgb
    if np.abs(seen.astype(int) - after.rgb).mean() > (4 if lossy else 0):
        yield "colours"
    if (before.alpha is None) != (after.alpha is None) or (
        before.alpha is not None and not np.array_equal(before.alpha, after.alpha)  # type: ignore[arg-type]
    ):
        yield "transparency"
    if (before.colour, before.icc) != (after.colour, after.icc):
        yield "meaning of colours"
    if before.orientation != after.orientation:
        yield "orientation"


def scene(channels: int, bits: int) -> NDArray[Any]:
    """Shades and a little noise over the middle of a sample's range."""
    y, x = np.indices(SHAPE)
    shade = 0.2 + 0.6 * (x / SHAPE[1] + y / SHAPE[0]) / 2
    planes = [shade + RANDOM.normal(0, 0.01, SHAPE) + 0.03 * number for number in range(channels)]
    return np.rint(np.clip(np.dstack(planes), 0, 1) * ((1 << bits) - 1)).astype(np.uint16)


def png(channels: int, bits: int, *chunks: bytes, **options: Any) -> Build:
    return lambda: pngs.write(scene(channels, bits), bits, *chunks, **options)


def tiff(channels: int, more: tiffs.Entries | None = None, /, **form: Any) -> Build:
    made = Form(**form)
    return lambda: tiffs.write(scene(channels, made.bits), made, more)


def saved(kind: str, mode: str = "RGB", **options: Any) -> Build:
    def build() -> bytes:
        file = io.BytesIO()
        image = Image.fromarray(scene(4, 8).astype(np.uint8), "RGBA")
        image.convert(mode).save(file, kind, **options)
        return file.getvalue()

    return build


def with_precision(bits: int) -> bytes:
    data = bytearray(saved("JPEG")())
    data[data.index(b"\xff\xc0") + 4] = bits
    return bytes(data)


LINEAR = chunk(b"gAMA", struct.pack(">I", 100_000))
PALETTE = (3, tuple((np.arange(768) * 85).astype(np.uint16).tolist()))
DARK = (3, tuple((np.arange(768) // 3).tolist()))

KINDS: dict[str, Build] = {
    "PNG, grey of 1, 2 or 4 bits": png(1, 4),
    "PNG, grey of 4 bits with a key colour": png(1, 4, chunk(b"tRNS", b"\0\5")),
    "PNG, 16 bits with a key colour": png(3, 16, chunk(b"tRNS", b"\x40\0\x40\0\x40\0")),
    "PNG, 16 bits, interlaced, with alpha": png(4, 16, interlaced=True),
    "PNG, linear light (gAMA)": png(3, 16, LINEAR),
    "PNG, PQ (cICP)": png(3, 16, chunk(b"cICP", bytes([9, 16, 0, 1]))),
    "PNG, HLG (cICP)": png(3, 16, chunk(b"cICP", bytes([9, 18, 0, 1]))),
    "PNG, Display P3 (cICP)": png(3, 8, chunk(b"cICP", bytes([12, 13, 0, 1]))),
    "PNG with an editor's own chunks": png(3, 8, chunk(b"mkBT", b"layers")),
    "PNG of Apple's own kind (CgBI)": lambda: pngs.write(scene(3, 8), 8).replace(
        b"\0\0\0\rIHDR", chunk(b"CgBI", bytes(4)) + b"\0\0\0\rIHDR", 1
    ),
    "JPEG, grey": saved("JPEG", "L"),
    "JPEG, CMYK": saved("JPEG", "CMYK"),
    "JPEG of 12 bits": lambda: with_precision(12),
    "WebP with alpha, lossless": saved("WEBP", "RGBA", lossless=True, exact=True),
    "WebP with alpha, lossy": saved("WEBP", "RGBA", quality=90, exact=True),
    "AVIF with alpha": saved("AVIF", "RGBA", quality=90),
    "TIFF, grey of 12 bits": tiff(1, photometric=1, bits=12),
    "TIFF, a negative": tiff(1, photometric=0, bits=8),
    "TIFF, a negative of 16 bits, big-endian, in tiles": tiff(
        1, photometric=0, bits=16, order=">", tile=(16, 16)
    ),
    "TIFF, RGB of 16 bits, in planes": tiff(3, bits=16, planar=2),
    "TIFF, RGB of 4 bits": tiff(3, bits=4),
    "TIFF, CMYK of 16 bits": tiff(4, photometric=5, bits=16),
    "TIFF, palette": tiff(1, {320: PALETTE}, photometric=3),
    "TIFF, palette of 8-bit colours": tiff(1, {320: DARK}, photometric=3),
    "TIFF, alpha": tiff(4, extra=2),
    "TIFF, colours times alpha": tiff(4, extra=1),
    "TIFF, orientation of another type": tiff(3, {274: (1, (6,))}),
    "TIFF, GeoTIFF": tiff(3, {34735: (3, (1, 1, 0, 1, 3072, 0, 1, 32632))}),
    "TIFF with a program's own tags": tiff(3, {65000: (7, b"mine")}),
    "TIFF, a spot colour": tiff(4, extra=0),
    "TIFF, two further channels": tiff(5, {338: (3, (2, 0))}),
    "TIFF, Photoshop's layers": tiff(3, {37724: (7, b"8BIMLayr")}),
    "TIFF, floating point": tiff(3, {339: (3, (3, 3, 3))}, bits=16),
    "TIFF, CIE L*a*b*": tiff(3, photometric=8),
    "TIFF, a camera's raw file (DNG)": tiff(3, {50706: (1, (1, 4, 0, 0))}),
}

if __name__ == "__main__":
    main()
