"""Attack the project itself: python -m bench.redteam [NAME [--help]].

Without a name, every attack but the reconstruction runs on a few pictures: some minutes.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # before numpy is loaded
    os.environ.setdefault(_variable, "1")

from bench.redteam import denial, forgery, learning, reconstruction, removal  # noqa: E402

ATTACKS = {
    "removal": (removal.main, ["--pictures", "3", "--side", "768"]),
    "learning": (learning.main, ["--known", "40", "--tries", "4"]),
    "forgery": (forgery.main, ["--targets", "3"]),
    "denial": (denial.main, ["--pictures", "3"]),
    "reconstruction": (reconstruction.main, None),
}
"""What runs, and the small settings of the run of all."""


def main() -> None:
    """Run one attack, or a little of each."""
    corpus = Path(os.environ.get("PROVENANCE_CORPUS", "../shared/corpus"))
    if not sys.argv[1:]:
        for name, (attack, small) in ATTACKS.items():
            if small is not None:
                print(f"\n{name}", flush=True)
                attack(small, corpus)
        return
    name, *arguments = sys.argv[1:]
    if name not in ATTACKS:
        print(f"usage: python -m bench.redteam [{'|'.join(ATTACKS)}] [--help]")
        sys.exit(name not in ("-h", "--help"))
    ATTACKS[name][0](arguments, corpus)


if __name__ == "__main__":
    main()
