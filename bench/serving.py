"""What the serving path costs, builds side by side: python -m bench.serving BEFORE [AFTER].

A build is a checkout with the package in src/; AFTER is this one when not given. Processor seconds
of all threads, the builds by turns, so that a busy machine is as hard on each of them; the median
over rounds, and the ratio's range. BLAS has as many threads as it likes, as at a provider's.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from bench.pictures import sources
from bench.structure import REPEATS

HERE = Path(__file__).resolve().parents[1]
RUN = Path(__file__).with_name("serving_run.py")

SIDE = 1024

Figures = dict[str, list[float]]


def run(build: Path, *words: str) -> tuple[str, float]:
    """Run Python with a build's sources; return what it printed, and its processor seconds."""
    environment = {name: word for name, word in os.environ.items() if "_NUM_THREADS" not in name}
    environment["PYTHONPATH"] = str(build / "src")
    before = os.times()
    done = subprocess.run(
        [sys.executable, *words], env=environment, check=True, capture_output=True, text=True
    )
    after = os.times()
    spent = after.children_user + after.children_system
    return done.stdout, spent - before.children_user - before.children_system


def project(build: Path, folder: Path) -> str:
    """Make a project with a build, and return its config."""
    run(build, "-m", "provenance", "init", str(folder), "--producer", "Example AI")
    return str(folder / "provenance.toml")


def compare(builds: list[Path], rounds: int, pictures: int) -> list[Figures]:
    figures: list[Figures] = [{} for _ in builds]
    with tempfile.TemporaryDirectory() as name:
        files = write_pictures(Path(name), pictures)
        configs = [project(build, Path(name, str(i))) for i, build in enumerate(builds)]
        for _ in range(rounds):
            for build, found in zip(builds, figures, strict=True):
                for what, value in json.loads(run(build, str(RUN), *files)[0]).items():
                    found.setdefault(what, []).append(value)
        for _ in range(REPEATS):
            for build, config, found in zip(builds, configs, figures, strict=True):
                for words in ("--help", "registry list", "keys"):
                    more = () if words == "--help" else ("--config", config)
                    spent = run(build, "-m", "provenance", *words.split(), *more)[1]
                    found.setdefault(f"provenance {words}", []).append(spent)
    return figures


def write_pictures(folder: Path, count: int) -> list[str]:
    files: list[str] = []
    large = [each for each in sources().values() if each.short_side >= SIDE]
    for source in large[:: max(1, len(large) // count)][:count]:
        file = folder / f"{len(files)}.png"
        Image.fromarray(source.load(SIDE)).save(file)
        files.append(str(file))
    return files


def table(before: Figures, after: Figures) -> str:
    lines = ["| | before | after | ratio |", "|---|---|---|---|"]
    for what, old in before.items():
        new = after[what]
        ratios = [b / a for a, b in zip(old, new, strict=True)]
        unit, scale = ("", 1.0) if what.startswith("speed-up") else (" ms", 1e3)
        values = (f"{statistics.median(each) * scale:,.{1 if unit else 2}f}" for each in (old, new))
        ratio = f"{statistics.median(new) / statistics.median(old):.2f}"
        lines.append(
            f"| {what}{',' + unit if unit else ''} | {' | '.join(values)} | "
            f"{ratio} ({min(ratios):.2f}-{max(ratios):.2f}) |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path, nargs="?", default=HERE)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pictures", type=int, default=4)
    asked = parser.parse_args()
    builds = [asked.before.resolve(), asked.after.resolve()]
    print(table(*compare(builds, asked.rounds, asked.pictures)))


if __name__ == "__main__":
    main()
