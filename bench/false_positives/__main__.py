"""How often an unmarked picture is claimed.

Usage: python -m bench.false_positives [PART ...] [--corpus ../shared/corpus] [--workers 2]
[--every 1]
Parts are noise, sent, pictures, searches, marked, keys, cost; without any, all (an hour on two
cores). Of the unmarked pictures each of so many is taken, and of those for searches a twentieth.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from bench.false_positives.marked import measure_keys, measure_marked
from bench.false_positives.noise import measure_noise, measure_sent
from bench.false_positives.pictures import measure_cost, measure_pictures, measure_searches

DEFAULT_CORPUS = "../shared/corpus"
DEARER = 20
"""Searches under private keys and thorough ones take so many times as long as the usual one."""


def main() -> None:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART")
    corpus = Path(os.environ.get("PROVENANCE_CORPUS", DEFAULT_CORPUS))
    parser.add_argument("--corpus", type=Path, default=corpus)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--every", type=int, default=1, help="one in so many pictures")
    asked = parser.parse_args()
    parts: dict[str, Callable[[], None]] = {
        "noise": lambda: measure_noise(asked.workers),
        "sent": lambda: measure_sent(asked.workers),
        "pictures": lambda: measure_pictures(asked.corpus, asked.workers, asked.every),
        "searches": lambda: measure_searches(asked.corpus, asked.workers, DEARER * asked.every),
        "marked": lambda: measure_marked(asked.corpus, asked.workers),
        "keys": lambda: measure_keys(asked.corpus, asked.workers),
        "cost": lambda: measure_cost(asked.corpus),
    }
    for name in asked.parts or parts:
        parts[name]()


if __name__ == "__main__":
    main()
