"""Compare time, memory and growth of a stamp between two checkouts: python -m bench.costs OTHER.

OTHER is the root of an older checkout, such as a git worktree. Each format is stamped in two sizes
by both, in turns, each in a process of its own, so that both meet the same machine: processor time
from Python's start on, the process's peak memory, and the length of the file. Writes the table
"costs" of docs/formats.md. Rows are printed as they come.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from bench.formats import large, write
from bench.growth import encode

SIDES = {1: (1152, 864), 12: (4032, 3024)}
"""Megapixels, and sides of a picture of so many."""
TURNS = {1: 3, 12: 1}
"""How often each size is stamped by each checkout; the least counts."""
QUALITY = {"AVIF": 75, "HEIC": 65}
SAVED: dict[str, dict[str, object]] = {
    "PNG": {},
    "JPEG": {"quality": 90},
    "WEBP": {"quality": 80},
    "TIFF": {"compression": "tiff_adobe_deflate"},
}
SCRIPT = """
import json, os, resource, sys, time
import provenance as pv
begun = time.process_time()
data = open(sys.argv[2], "rb").read()
stamped = pv.load_config(sys.argv[1]).stamper().stamp(data, model="bench").data
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([time.process_time() - begun, peak, len(stamped) / len(data)]))
"""
Measured = tuple[float, float, float]


def main() -> None:
    """Measure all formats, and write the table."""
    other = Path(sys.argv[1])
    own = Path(__file__).resolve().parents[1]
    with tempfile.TemporaryDirectory() as folder:
        configs = {
            root: make_studio(root, Path(folder) / str(at)) for at, root in enumerate((own, other))
        }
        write("costs", list(make_rows(configs)))


def make_studio(root: Path, folder: Path) -> Path:
    """Make a project with the code of a checkout."""
    run(root, "-m", "provenance", "init", folder, "--producer", "Bench")
    return folder / "provenance.toml"


def make_rows(configs: dict[Path, Path]) -> Iterator[str]:
    """Yield the lines of the table, for each checkout with its config."""
    yield (
        "| format | megapixels | s of processor | of before | peak, MiB | of before "
        "| growth | before |"
    )
    yield "|---" * 8 + "|"
    for megapixels, size in SIDES.items():
        image = Image.fromarray(large(2 * megapixels)).resize(size)
        for kind in (*SAVED, *QUALITY):
            with tempfile.NamedTemporaryFile() as file:
                file.write(make(image, kind))
                file.flush()
                runs: dict[Path, list[Measured]] = {root: [] for root in configs}
                for _ in range(TURNS[megapixels]):
                    for root, found in runs.items():
                        found.append(stamp(root, configs[root], file.name))
            now, before = (
                [min(values) for values in zip(*found, strict=True)] for found in runs.values()
            )
            cells = (
                f"{now[0]:.2f} | {now[0] / before[0]:.2f} | {now[1]:.0f} "
                f"| {now[1] / before[1]:.2f} | {now[2]:.2f} | {before[2]:.2f}"
            )
            row = f"| {kind} | {megapixels} | {cells} |"
            print(row, file=sys.stderr, flush=True)
            yield row


def make(image: Image.Image, kind: str) -> bytes:
    """Write a stranger's file; AVIF and HEIC as their encoders do by themselves."""
    if kind in QUALITY:
        return encode(image, kind, QUALITY[kind])
    with tempfile.TemporaryFile() as file:
        image.save(file, kind, **SAVED[kind])
        file.seek(0)
        return file.read()


def stamp(root: Path, config: Path, name: str) -> Measured:
    """Stamp a file with the code of a checkout: seconds, MiB and growth."""
    seconds, peak, growth = json.loads(run(root, "-c", SCRIPT, config, name).splitlines()[-1])
    return seconds, peak, growth


def run(root: Path, *arguments: object) -> str:
    """Run Python with the code of a checkout."""
    paths = {"PYTHONPATH": str(root / "src"), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, *map(str, arguments)]
    environment = {**os.environ, **paths}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout


if __name__ == "__main__":
    main()
