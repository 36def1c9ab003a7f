"""Measure how faithfully pictures are stamped: python -m bench.formats [hard] [growth] [memory].

Writes the tables of docs/formats.md: every picture of the corpus's hard/, how much files grow, and
the memory that large pictures take. Only file names and figures go there. Parts that are not named
keep their tables.
"""

from __future__ import annotations

import io
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import provenance as pv
from bench.painted import PAINTED
from bench.pictures import corpus_folder
from provenance import imaging, watermark
from provenance.cli import project
from provenance.imaging import Picture

PAGE = Path(__file__).resolve().parents[1] / "docs" / "formats.md"
MEGAPIXELS = (24, 50, 100)
ASPECT = 1.5
THINNED = 3
LIMIT_PER_SAMPLE, LIMIT_FIXED, MEGA = 6, 300, 10**6
"""What a large picture may take: bytes for each sample of a channel, and megabytes."""


def main() -> None:
    for part in sys.argv[1:] or PARTS:
        with studio() as config:
            write(part, PARTS[part](config))


@contextmanager
def studio() -> Iterator[Path]:
    """A project that ends with the measurement."""
    with tempfile.TemporaryDirectory() as folder:
        yield project.create(Path(folder) / "studio", "Bench")


def hard(config: Path) -> list[str]:
    """Stamp every picture of hard/ in its own format; compare, and read the mark after JPEG 75."""
    stamper = pv.load_config(config).stamper()
    rows = [
        "| file | as | result | PSNR, dB | alpha, depth | metadata kept | mark after JPEG 75 |",
        "|---|---|---|---|---|---|---|",
    ]
    for path in pictures("hard"):
        data = path.read_bytes()
        try:
            stamped = stamper.stamp(data, model="bench")
        except pv.ProvenanceError as error:
            rows.append(f"| {path.name} | | refused: {error} | | | | |")
            continue
        before, after = imaging.decode(data), imaging.decode(stamped.data)
        again = "read" if mark_after_jpeg(after) == stamped.record.stamp_id else "**lost**"
        cells = (depth(before), "stamped", f"{psnr(before.rgb, after.rgb):.1f}")
        kept = (exact(before, after), metadata(before, after), again)
        rows.append(f"| {path.name} | {' | '.join((*cells, *kept))} |")
    return rows


def growth(config: Path) -> list[str]:
    """Stamp the 60 usual pictures, as they come and as PNG; compare the lengths of the files."""
    stamper = pv.load_config(config).stamper()
    grown: dict[str, list[tuple[float, float]]] = {}
    for index, path in enumerate([*pictures("generated"), *pictures("photos")]):
        data = path.read_bytes()
        picture = imaging.decode(data)
        grown.setdefault(picture.format, []).append(ratios(stamper, data))
        if index % THINNED == 0:
            grown.setdefault("PNG, of every third one's pixels", []).append(
                ratios(stamper, as_png(picture))
            )
    rows = [
        "| format | pictures | median growth | quarters | coded anew without a mark |",
        "|---|---|---|---|---|",
    ]
    for name, measured in sorted(grown.items()):
        marked, alone = ([each[i] for each in measured] for i in (0, 1))
        low, _, high = statistics.quantiles(marked, n=4) if len(marked) > 1 else marked * 3
        cells = (
            percent(statistics.median(marked)),
            f"{percent(low)} to {percent(high)}",
            percent(statistics.median(alone)),
        )
        rows.append(f"| {name} | {len(measured)} | {' | '.join(cells)} |")
    return rows


def ratios(stamper: pv.Stamper, data: bytes) -> tuple[float, float]:
    """Return how long the stamped file is, and one coded anew, of the file's own length."""
    stamped = stamper.stamp(data, model="bench", force=True)
    plain = imaging.encode(imaging.decode(data))
    return len(stamped.data) / len(data), len(plain) / len(data)


def as_png(picture: Picture) -> bytes:
    """Encode the pixels as Pillow does unasked."""
    file = io.BytesIO()
    Image.fromarray(picture.rgb).save(file, "PNG")
    return file.getvalue()


def memory(config: Path) -> list[str]:
    """Stamp and verify large JPEGs by the command line; the peak is the process's."""
    rows = [
        "| megapixels | stamp: peak, MB | seconds | verify: peak, MB | seconds | limit, MB |",
        "|---|---|---|---|---|---|",
    ]
    for count in MEGAPIXELS:
        picture, stamped = (config.parent / f"{name}{count}.jpg" for name in ("plain", "stamped"))
        pixels = large(count)
        Image.fromarray(pixels).save(picture, quality=90)
        limit = LIMIT_PER_SAMPLE * pixels.size / MEGA + LIMIT_FIXED
        options = ("--config", config)
        stamp = peak("stamp", picture, "-o", stamped, "--model", "bench", *options)
        verify = peak("verify", stamped, *options)
        cells = [f"{value:,.0f}" for value in (count, *stamp, *verify, limit)]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


PARTS: dict[str, Callable[[Path], list[str]]] = {"hard": hard, "growth": growth, "memory": memory}


def pictures(part: str) -> list[Path]:
    return [path for path in sorted((corpus_folder() / part).iterdir()) if path.suffix != ".tsv"]


def psnr(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> float:
    error = float(((before.astype(np.float64) - after) ** 2).mean())
    return 10 * np.log10(255**2 / error) if error else np.inf


def depth(picture: Picture) -> str:
    if picture.samples is not None:
        return f"{picture.format}, {'CMYK' if picture.samples.inks else '16-bit grey'}"
    colour = ("grey" if picture.grey else "RGB") + (", alpha" if picture.alpha is not None else "")
    return f"{picture.format}, {colour}"


def exact(before: Picture, after: Picture) -> str:
    """Say what of the samples that no mark may touch is as it was."""
    if before.own is not None:
        same = after.own is not None and after.own.dtype == before.own.dtype
        return "depth kept" if same else "**depth lost**"
    if before.alpha is None:
        return "–" if after.alpha is None else "**alpha added**"
    same = after.alpha is not None and bool((before.alpha == after.alpha).all())
    clear = before.alpha == 0
    hidden = bool((before.rgb[clear] == after.rgb[clear]).all())
    return ("alpha kept" if same else "**alpha changed**") + (
        "" if hidden else ", **colour below**"
    )


def metadata(before: Picture, after: Picture) -> str:
    """Name what the file had, and whether it is still there byte for byte."""
    had = [name for name in ("icc", "exif", "dpi", "blocks") if getattr(before, name)]
    lost = [
        name for name in ("icc", "exif", "dpi") if getattr(before, name) != getattr(after, name)
    ]
    gone = [
        block for block in before.blocks if block not in after.blocks and not xmp(block.payload)
    ]
    if lost or gone:
        return f"**lost: {', '.join(lost) or 'blocks'}**"
    names = [{"icc": "ICC", "exif": "EXIF", "dpi": "density"}.get(name, "others") for name in had]
    return ", ".join(names) or "none there"


def xmp(payload: bytes) -> bool:
    """Whether a block is XMP, into which the project's label goes."""
    return b"adobe" in payload[:40]


def mark_after_jpeg(picture: Picture) -> str | None:
    file = io.BytesIO()
    Image.fromarray(picture.rgb).save(file, "JPEG", quality=75)
    found = watermark.detect(imaging.decode(file.getvalue()).rgb)
    return found.payload.hex() if found else None


def large(megapixels: int) -> NDArray[np.uint8]:
    """The painted landscape, enlarged, with grain."""
    height = round((megapixels * MEGA / ASPECT) ** 0.5)
    image = Image.fromarray(PAINTED["landscape"]())
    pixels = np.asarray(image.resize((round(height * ASPECT), height), Image.Resampling.BICUBIC))
    grain = np.random.Generator(np.random.PCG64(1)).integers(-4, 5, pixels.shape[:2], np.int8)
    bands = (slice(top, top + 256) for top in range(0, height, 256))
    grained = [np.clip(pixels[b].astype(np.int16) + grain[b, :, None], 0, 255) for b in bands]
    return np.concatenate(grained, dtype=np.uint8, casting="unsafe")


def peak(*arguments: object) -> tuple[float, float]:
    """Run the command line in a process of its own: its peak memory in MB, and seconds."""
    code = (
        "import resource, sys; from provenance.cli.main import run; run(sys.argv[1:]); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    start = time.monotonic()
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    kibibytes = int(done.stdout.split()[-1])
    return kibibytes * 1024 / MEGA, time.monotonic() - start


def percent(ratio: float) -> str:
    return f"{100 * (ratio - 1):+.0f} %"


def write(part: str, rows: list[str]) -> None:
    """Put a table between its marks on the page."""
    text = PAGE.read_text()
    place = re.compile(rf"(<!-- {part} -->\n).*?(<!-- end -->)", re.DOTALL)
    table = "".join(f"{row}\n" for row in rows)
    PAGE.write_text(place.sub(lambda found: found[1] + table + found[2], text))
    print("\n".join(rows))


if __name__ == "__main__":
    main()
