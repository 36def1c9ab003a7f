"""Bulk jobs on Ray beside a plain loop: python -m bench.bulk [--pictures 64] [--workers 1 2].

Pictures are verified, and stamped, by ``bulk.run`` in this process and by Ray with so many actors.
Speed is pictures a second of wall time, with the start of the actors, and once they are at work:
between the ends of the first and of the last shard. Processor time a picture is
that of the processes that do the work, from their first shard on; the engine's own is what all
others spent that Ray started, and the actors before that, for the whole job: two lengths of job
tell what is spent once and what for each picture. It needs ray, and psutil, which Ray brings.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bench.pictures import sources
from provenance.cli.main import cli
from provenance.integrations import bulk
from provenance.integrations.bulk import Job, Report, Stamping, Verifying, Work

SIDE, SHARD = 512, 8

INTERVAL_S = 0.5
"""Between two looks at the processes."""


def write_pictures(folder: Path, count: int) -> None:
    """Write so many different pictures, from a few photographs."""
    folder.mkdir()
    found = [each.load(SIDE) for each in sources().values() if each.short_side >= SIDE][:8]
    for number in range(count):
        moved = np.roll(found[number % len(found)], 16 * (number // len(found)), axis=1)
        Image.fromarray(moved).save(folder / f"{number:04}.jpg", quality=92)


class Sampler:
    """Counts the processor time of this process and all that it ever started, while it runs.

    Processes that end are counted as they were last seen: Ray's parents do not hear of them.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[int, float], float] = {}
        threading.Thread(target=self._watch, daemon=True).start()

    def total(self) -> float:
        """Return the processor seconds so far."""
        self._look()
        return sum(self._seen.values())

    def _watch(self) -> None:
        while True:
            self._look()
            time.sleep(INTERVAL_S)

    def _look(self) -> None:
        import psutil

        own = psutil.Process()
        for process in (own, *own.children(recursive=True)):
            try:
                times = process.cpu_times()
                self._seen[process.pid, process.create_time()] = times.user + times.system
            except psutil.NoSuchProcess:
                continue


def measure(run: Callable[[], Report], sampler: Sampler) -> tuple[Report, float]:
    """Run a job; return its report, and the processor seconds of all processes."""
    before = sampler.total()
    report = run()
    return report, sampler.total() - before


def work_of(name: str, to: str) -> Work:
    return Verifying(isolated=False) if name == "verify" else Stamping("m", to, fresh=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pictures", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--work", nargs="+", default=["verify", "stamp"])
    options = parser.parse_args()
    import ray

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_pictures(folder / "in", options.pictures)
        cli(["init", str(folder / "studio"), "--producer", "A"], standalone_mode=False)
        config = folder / "studio" / "provenance.toml"
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        ray.init(num_cpus=max(options.workers), include_dashboard=False, log_to_driver=False)
        sampler = Sampler()
        print("| work | with | pictures/s | at work | processor ms a picture | engine, s in all |")
        print("|---|---|---|---|---|---|")
        for turn in range(options.rounds):
            for work in options.work:
                for workers in (0, *options.workers):
                    out = str(folder / f"{work}{workers}-{turn}")
                    job = Job(
                        str(folder / "in"), out, work_of(work, out + "-to"), config, shard=SHARD
                    )
                    ends: list[float] = []
                    tell(work, workers, *measure(lambda: start(job, workers, ends), sampler), ends)  # noqa: B023
        ray.shutdown()


def start(job: Job, workers: int, ends: list[float]) -> Report:
    """Run a job; note when its shards end."""

    def note(_: str) -> None:
        ends.append(time.monotonic())

    if workers == 0:
        return bulk.run(job, tell=note)
    from provenance.integrations import ray

    return ray.run(job, workers=workers, tell=note)


def tell(work: str, workers: int, report: Report, spent: float, ends: list[float]) -> None:
    count = report.plan.objects
    steady = SHARD * (len(ends) - 1) / (ends[-1] - ends[0]) if len(ends) > 1 else float("nan")
    own: Any = 1000 * report.processor_seconds / count
    engine = spent - report.processor_seconds if workers else 0.0
    name = f"Ray, {workers} actors" if workers else "a loop"
    rates = f"{count / report.seconds:.2f} | {steady:.2f}"
    print(f"| {work} | {name} | {rates} | {own:.0f} | {engine:.1f} |", flush=True)


if __name__ == "__main__":
    begun = time.monotonic()
    main()
    print(f"{time.monotonic() - begun:.0f} s in all, load {os.getloadavg()[0]:.0f}")
