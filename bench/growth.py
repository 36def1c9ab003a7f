"""Measure how much an AVIF or HEIC grows when it is stamped: python -m bench.growth.

Every sixth picture of the corpus is written by each encoder in three qualities, as a stranger's
file. Writes the table "coded" of docs/formats.md.
"""

from __future__ import annotations

import io
import statistics
import time
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image

import provenance as pv
from bench.formats import pictures, psnr, studio, write
from provenance import imaging, manifest

SOURCES = {"AVIF": (60, 75, 85), "HEIC": (50, 65, 80)}
"""The qualities at which files are written before they are stamped."""

THINNED = 6
MEGA = 10**6


def main() -> None:
    with studio() as config:
        write("coded", coded(config))


def coded(config: Path) -> list[str]:
    """Stamp files of both formats; compare their length, what changed, and the time it took."""
    stamper = pv.load_config(config).stamper()
    rows = [
        "| source | pictures | median growth | from, to | without manifest | PSNR, dB | s/MP |",
        "|---|---|---|---|---|---|---|",
    ]
    paths = [*pictures("generated"), *pictures("photos")][::THINNED]
    for kind, qualities in SOURCES.items():
        for quality in qualities:
            measured = [stamp(stamper, path, kind, quality) for path in paths]
            growth, bare, error, seconds = (list(each) for each in zip(*measured, strict=True))
            cells = (
                f"{kind}, {quality}",
                str(len(measured)),
                f"{statistics.median(growth):.2f}",
                f"{min(growth):.2f}, {max(growth):.2f}",
                f"{statistics.median(bare):.2f}",
                f"{statistics.median(error):.1f}",
                f"{statistics.median(seconds):.2f}",
            )
            rows.append(f"| {' | '.join(cells)} |")
    return rows


def stamp(
    stamper: pv.Stamper, path: Path, kind: str, quality: int
) -> tuple[float, float, float, float]:
    """Return growth with and without the manifest, PSNR, and processor seconds per megapixel."""
    data = encode(Image.fromarray(imaging.decode(path.read_bytes()).rgb), kind, quality)
    before = imaging.decode(data)
    start = time.process_time()
    stamped = stamper.stamp(data, model="bench").data
    seconds = time.process_time() - start
    store = len(manifest.extract(stamped))
    after = imaging.decode(stamped)
    return (
        len(stamped) / len(data),
        (len(stamped) - store) / len(data),
        psnr(before.rgb, np.asarray(after.rgb)),
        seconds / (before.rgb.size / 3 / MEGA),
    )


def encode(image: Image.Image, kind: str, quality: int) -> bytes:
    file = io.BytesIO()
    if kind == "AVIF":
        image.save(file, kind, quality=quality)
    else:
        pillow_heif.from_pillow(image).save(file, quality=quality)
    return file.getvalue()


if __name__ == "__main__":
    main()
