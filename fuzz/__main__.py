"""Run a part: python -m fuzz TARGET|mutations|files [--runs N] [--seconds S].

A TARGET (payload, manifest, imaging, verify, response) is driven by atheris, which looks for inputs
that reach new code; it ends at the first that breaks a promise, and leaves it as a file.
``mutations`` verifies that many mutations of good files, each held against limits of time and
memory; ``files`` those of a folder.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fuzz import KEPT

TARGETS = ("payload", "manifest", "imaging", "documents", "verify", "response")
SEED = 1
TIMEOUT_S = 20  # for one input of a target
MEMORY_MB = 2048


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("part", choices=[*TARGETS, "mutations", "files"])
    parser.add_argument("--runs", type=int, default=10_000, help="inputs (10,000)")
    parser.add_argument("--seconds", type=int, default=0, help="end a target then; 0: never")
    parser.add_argument("--first", type=int, default=0, help="number of the first mutation")
    parser.add_argument("--folder", type=Path, help="for files")
    parser.add_argument("--jobs", type=int, default=1, help="workers for mutations and files")
    return parser.parse_args()


def target(name: str, runs: int, seconds: int) -> None:
    """Let atheris find inputs, starting from the good files."""
    try:
        import atheris
    except ImportError:
        sys.exit("error: targets need atheris, which is made for Linux: pip install '.[fuzz]'")
    KEPT.mkdir(exist_ok=True)
    with atheris.instrument_imports(include=["provenance"]):
        from fuzz import seeds, targets
    with tempfile.TemporaryDirectory() as folder:
        for number, data in enumerate([*seeds.good().values(), seeds.store(), *seeds.exchange()]):
            (Path(folder) / str(number)).write_bytes(data)
        options = {
            "runs": runs,
            "seed": SEED,
            "timeout": TIMEOUT_S,
            "rss_limit_mb": MEMORY_MB,
            "max_len": 2**17,
            "max_total_time": seconds,
            "print_final_stats": 1,
            "verbosity": 0,
            "artifact_prefix": f"{KEPT}/",
        }
        atheris.Setup(
            [sys.argv[0], *(f"-{key}={value}" for key, value in options.items()), folder],
            targets.TARGETS[name],
        )
        atheris.Fuzz()


def mutated(first: int, count: int) -> Iterator[tuple[str, bytes]]:
    from fuzz.mutations import mutation

    for number in range(first, first + count):
        done, data = mutation(number)
        yield f"mutation {number} ({done})", data


def main() -> int:
    given = arguments()
    if given.part in TARGETS:
        target(given.part, given.runs, given.seconds)
        return 0
    from fuzz import campaign

    if given.part == "files":
        paths = sorted(path for path in given.folder.rglob("*") if path.is_file())
        report = campaign.run(((str(path), path.read_bytes()) for path in paths), given.jobs)
    else:
        report = campaign.run(mutated(given.first, given.runs), given.jobs)
    print(report)
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
