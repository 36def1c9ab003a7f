"""Compare what two builds say: python -m bench.golden make|run|compare.

make     stamp a set of pictures with one build: --build PATH --out DIR
run      ask a build about the set and the corpus: --build PATH --set DIR --out FILE
compare  list what two runs differ in: BEFORE AFTER; exit status 1 if there is anything

PATH is a checkout, with the package in src/. The corpus is --corpus or PROVENANCE_CORPUS.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.golden.compare import differences, load, show, speed
from bench.golden.make import make
from bench.golden.run import Plan, run
from bench.pictures import corpus_folder


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.golden",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parts = parser.add_subparsers(dest="part", required=True)
    making, running, comparing = map(parts.add_parser, ("make", "run", "compare"))
    for part in (making, running):
        part.add_argument("--build", type=Path, required=True)
        part.add_argument("--out", type=Path, required=True)
        part.add_argument("--corpus", type=Path, default=corpus_folder())
    running.add_argument("--set", dest="made", type=Path, required=True)
    running.add_argument("--match", default="", help="only cases in whose name this is found")
    running.add_argument("--jobs", type=int, default=1, help="processes")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    comparing.add_argument("--partial", action="store_true", help="only what AFTER holds")
    comparing.add_argument("--speed", action="store_true", help="show processor seconds as well")
    return parser.parse_args()


def compare(given: argparse.Namespace) -> int:
    before, after = load(given.before), load(given.after)
    if given.partial:
        before = {key: row for key, row in before.items() if key in after}
    found = list(differences(before, after))
    for line in show(found):
        print(line)
    print(f"{len(before)} rows before, {len(after)} after, {len(found)} differences")
    for line in speed(before, after) if given.speed else ():
        print(line)
    return 1 if found else 0


def main() -> int:
    given = arguments()
    if given.part == "compare":
        return compare(given)
    if given.part == "make":
        print(f"{len(make(given.build, given.corpus, given.out))} cases in {given.out}")
        return 0
    corpus = given.corpus if given.corpus.is_dir() else None
    plan = Plan(given.build, given.made, corpus, given.match, given.jobs)
    print(f"{run(plan, given.out)} rows in {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
