"""What becomes of moving pictures when they are stamped: python -m bench.moving.

Every tenth picture of the corpus is made to move in each format, in two ways: a square walks over
it, or the camera does. Told are the share of frames whose mark is read, from the stamped file and
from a copy that was coded anew as WebP at quality 50, PSNR, growth with and without the manifest,
and processor time. Names of formats on the command line leave the others out.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.formats import pictures
from provenance import imaging, manifest, watermark
from provenance.registry import open_registry
from provenance.signers import development, open_signer
from provenance.stamp import Producer, Stamper

Pixels = NDArray[np.uint8]
FORMATS: dict[str, dict[str, object]] = {"GIF": {}, "WEBP": {"quality": 80}, "PNG": {}, "AVIF": {}}
SIDE, FRAMES, THINNED, AGAIN = 384, 6, 10, 50


def main() -> None:
    """Print a row for each format and way of moving."""
    paths = [*pictures("generated"), *pictures("photos")][::THINNED]
    print(
        "| format | what moves | pictures | frames read | coded anew | PSNR, dB | growth "
        "| without manifest | s |"
    )
    print("|---" * 9 + "|")
    with TemporaryDirectory() as name, open_stamper(Path(name)) as stamper:
        for kind in sys.argv[1:] or FORMATS:
            for way in ("a square", "all of it"):
                rows = [measure(stamper, path, kind, way) for path in paths]
                told = np.array(rows, float)
                read, again = told[:, :2].sum(axis=0).astype(int)
                psnr, growth, bare, took = np.median(told[:, 2:], axis=0)
                count = FRAMES * len(rows)
                print(
                    f"| {kind} | {way} | {len(rows)} | {read} of {count} | {again} of {count} "
                    f"| {psnr:.1f} | {growth:.2f} | {bare:.2f} | {took:.1f} |",
                    flush=True,
                )


@contextmanager
def open_stamper(folder: Path) -> Iterator[Stamper]:
    """Open a registry with a stamper for it."""
    (folder / "signer.pem").write_bytes(development.create("Example AI").signer)
    signer = open_signer("file:signer.pem", folder=folder)
    with open_registry("sqlite:///stamps.db", create=True, base=folder) as registry:
        yield Stamper(producer=Producer("Example AI", 600_000), signer=signer, registry=registry)


def measure(stamper: Stamper, path: Path, kind: str, way: str) -> tuple[float, ...]:
    """Stamp one moving picture; return frames read twice, PSNR, growth twice, and seconds."""
    source = animate(imaging.decode(path.read_bytes()).rgb, kind, way)
    begun = time.process_time()
    data = stamper.stamp(source, model="m", fresh=True).data
    took = time.process_time() - begun
    before, after = list_frames(source), list_frames(data)
    buffer = io.BytesIO()
    save(after, "WEBP", buffer, quality=AGAIN)
    read = [sum(watermark.detect(each) is not None for each in after)]
    read.append(sum(watermark.detect(each) is not None for each in list_frames(buffer.getvalue())))
    off = np.mean([((a.astype(float) - b) ** 2).mean() for a, b in zip(before, after, strict=True)])
    bare = len(data) - len(manifest.extract(data))
    grown = len(data) / len(source), bare / len(source)
    return *read, 10 * np.log10(255**2 / off), *grown, took


def animate(rgb: Pixels, kind: str, way: str) -> bytes:
    """Make a picture move."""
    frames = []
    top, left = (max(0, (size - SIDE) // 3) for size in rgb.shape[:2])
    for index in range(FRAMES):
        step = 8 * index if way == "all of it" else 0
        cut = rgb[top : top + SIDE, min(left + step, rgb.shape[1] - 128) :][:, :SIDE].copy()
        if way == "a square":
            cut[60:120, 20 + 40 * index : 80 + 40 * index] = (200, 40, 40)
        frames.append(cut)
    least = min(each.shape[1] for each in frames)
    buffer = io.BytesIO()
    save([each[:, :least] for each in frames], kind, buffer, **FORMATS[kind])
    return buffer.getvalue()


def save(frames: list[Pixels], kind: str, buffer: io.BytesIO, **options: object) -> None:
    """Write frames with Pillow, ten a second."""
    first, *rest = map(Image.fromarray, map(np.ascontiguousarray, frames))
    first.save(buffer, kind, save_all=True, append_images=rest, duration=100, **options)


def list_frames(data: bytes) -> list[Pixels]:
    """Return the frames as they are shown."""
    moving = imaging.load_moving(imaging.decode(data)).moving
    return [each.rgb for each in moving.frames] if moving else []


if __name__ == "__main__":
    main()
