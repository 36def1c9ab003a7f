"""How much memory ``verify`` takes at its peak, for each file of some folders.

``python -m bench.memory FOLDER|FILE... [--above MIB]`` verifies each file in a worker of
its own, that has loaded the libraries and read no other file, and prints those above a size with
the largest last, then how many there were.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench.memory_run import Measuring, Peak
from provenance.examine.contents import warm_up
from provenance.workers import Allowance, Failure, WorkerPool

GOAL_MIB = 400
"""Most that any file of corpus and cases should take."""


def measure_all(files: Iterable[Path]) -> Iterator[Peak]:
    """Measure each file in a worker of its own."""
    pool = WorkerPool(Measuring(), 1, Allowance(jobs=1), warm_up)
    for file in files:
        with pool.lend() as worker:
            worker.send(file)
            found = worker.receive()
        yield Peak(file, 0, found.error.code) if isinstance(found, Failure) else found
    pool.close()


def find_files(given: Iterable[Path]) -> Iterator[Path]:
    """Yield files, and what lies in folders."""
    for path in given:
        yield from sorted(each for each in path.rglob("*") if each.is_file()) or [path]


def main() -> None:
    """Print the files that take most."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--above", type=float, default=300, metavar="MIB")
    options = parser.parse_args()
    peaks = sorted(measure_all(find_files(options.paths)), key=lambda each: each.mib)
    for each in peaks:
        if each.mib >= options.above:
            print(f"{each.mib:6.0f} MiB  {each.answer:18} {each.file}")
    over = sum(each.mib > GOAL_MIB for each in peaks)
    print(f"{len(peaks)} files, {over} over {GOAL_MIB} MiB, at most {peaks[-1].mib:.0f}")


if __name__ == "__main__":
    main()
