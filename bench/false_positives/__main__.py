"""How often an unmarked picture is claimed.

Usage: python -m bench.false_positives [PART ...] [--corpus ../shared/corpus] [--workers 2]
Parts are noise, sent, pictures, marked, keys, cost; without any, all (half an hour on two cores).
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from bench.false_positives.marked import measure_keys, measure_marked
from bench.false_positives.noise import measure_noise, measure_sent
from bench.false_positives.pictures import measure_cost, measure_pictures

DEFAULT_CORPUS = "../shared/corpus"


def main() -> None:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART")
    corpus = Path(os.environ.get("PROVENANCE_CORPUS", DEFAULT_CORPUS))
    parser.add_argument("--corpus", type=Path, default=corpus)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    parts: dict[str, Callable[[], None]] = {
        "noise": lambda: measure_noise(asked.workers),
        "sent": lambda: measure_sent(asked.workers),
        "pictures": lambda: measure_pictures(asked.corpus, asked.workers),
        "marked": lambda: measure_marked(asked.corpus, asked.workers),
        "keys": lambda: measure_keys(asked.corpus, asked.workers),
        "cost": lambda: measure_cost(asked.corpus),
    }
    for name in asked.parts or parts:
        parts[name]()


if __name__ == "__main__":
    main()
