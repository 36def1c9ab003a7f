"""The parts of the bench, each from options to raw results."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from typing import Any, TypeVar

from bench import claims, robustness, scaling
from bench.attacks import ATTACKS, BY_NAME, UNTOUCHED
from bench.marks import MARKS, open_mark
from bench.pictures import choose, sources

Item = TypeVar("Item")
Rows = list[dict[str, Any]]

GOALS = (4.0, 6.0, 9.0, 13.0, 18.0, 26.0)
"""Points of SSIMULACRA2 that the sweep lets the mark cost."""
SWEPT = (
    "JPEG 50",
    "JPEG 20",
    "WebP 50",
    "x 0.35",
    "x 0.5 and back",
    "crop to 25 %",
    "crop to 300 x 300, JPEG 75",
    "turned 10°",
    "height x 0.85",
    "perspective 3 %",
    "in a picture of 2x",
    "noise 20",
    "median 5",
    "chain of three screenshots",
    "2048 px, 960 px, JPEG 60",
    "crop to 75 %, x 0.6, JPEG 60",
)
"""Attacks of the sweep, one or two of each hard family."""


@dataclass(frozen=True)
class Options:
    """What to measure; ``pictures`` 0 means all that are large enough."""

    sides: tuple[int, ...] = (1024, 512)
    pictures: int = 0
    origins: tuple[str, ...] = ()
    attacks: tuple[str, ...] = tuple(attack.name for attack in ATTACKS)
    marks: tuple[str, ...] = ("provenance",)
    unmarked: int = 500
    sweep: int = 8
    megapixels: tuple[float, ...] = scaling.MEGAPIXELS
    jobs: int = os.cpu_count() or 1


def about(options: Options, rows: Rows) -> dict[str, Any]:
    """When, where and on what: figures mean nothing without it."""
    shown = {(row.get("side"), row["picture"]) for row in rows if "picture" in row}
    counts = Counter((side, sources()[name].origin) for side, name in shown)
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in ("numpy", "scipy", "pillow")},
        "pictures": [[side, origin, count] for (side, origin), count in counts.items()],
        "missing": missing(options.marks),
    }


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def missing(marks: Iterable[str]) -> dict[str, str]:
    """Which marks can't be measured here, and what their import says."""
    found = {}
    for name in marks:
        try:
            open_mark(name)
        except Exception as error:  # noqa: BLE001 - peers fail in ways of their own
            found[name] = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    return found


def _map(work: Callable[[Item], dict[str, Any]], items: list[Item], jobs: int, name: str) -> Rows:
    """Over processes, with a line of progress on standard error."""
    rows: Rows = []
    start = time.monotonic()
    with ProcessPoolExecutor(jobs) as pool:
        for row in pool.map(work, items):
            rows.append(row)
            if sys.stderr.isatty() or len(rows) == len(items):
                spent = time.monotonic() - start
                end = "\n" if len(rows) == len(items) else ""
                sys.stderr.write(f"\r{name}: {len(rows)} of {len(items)}, {spent:.0f} s{end}")
                sys.stderr.flush()
    return rows


def _present(options: Options) -> list[str]:
    absent = missing(options.marks)
    return [mark for mark in options.marks if mark not in absent]


def run_robustness(options: Options) -> Rows:
    attacks = (UNTOUCHED.name, *options.attacks)
    jobs = [
        robustness.Job(mark, picture, side, attacks)
        for mark in _present(options)
        for side in options.sides
        for picture in choose(side, options.pictures, options.origins)
    ]
    return _map(robustness.measure, jobs, options.jobs, "robustness")


def run_claims(options: Options) -> Rows:
    names = choose(max(claims.SHORTEST, 300), None, options.origins)
    draws = [
        claims.Draw(mark, names[number % len(names)], number)
        for mark in _present(options)
        for number in range(options.unmarked)
    ]
    return _map(claims.measure, draws, options.jobs, "unmarked")


def run_sweep(options: Options) -> Rows:
    side = max(options.sides)
    attacks = tuple(name for name in SWEPT if name in BY_NAME)
    jobs = [
        robustness.Job("provenance", picture, side, attacks, goal)
        for goal in GOALS
        for picture in choose(side, options.sweep, options.origins)
    ]
    return _map(robustness.measure, jobs, options.jobs, "visibility")


def run_scaling(options: Options) -> Rows:
    """One at a time, so that nothing else of the bench disturbs the times."""
    items = [(o, m) for m in options.megapixels for o in scaling.OPERATIONS]
    return _map(_scaled, items, 1, "scaling")


def _scaled(item: tuple[str, float]) -> dict[str, Any]:
    return scaling.measure(*item)


PARTS: dict[str, Callable[[Options], Rows]] = {
    "robustness": run_robustness,
    "unmarked": run_claims,
    "visibility": run_sweep,
    "scaling": run_scaling,
}
__all__ = ["MARKS", "PARTS", "Options", "about", "missing"]
