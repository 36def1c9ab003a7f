"""Attack the project itself: python -m bench.redteam NAME [--help]."""

from __future__ import annotations

import os
import sys
from pathlib import Path

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # before numpy is loaded
    os.environ.setdefault(_variable, "1")

from bench.redteam import forgery, learning, reconstruction, removal  # noqa: E402

ATTACKS = {
    "forgery": forgery.main,
    "reconstruction": reconstruction.main,
    "removal": removal.main,
    "learning": learning.main,
}


def main() -> None:
    name, *arguments = sys.argv[1:] or ["--help"]
    if name not in ATTACKS:
        print(f"usage: python -m bench.redteam {'|'.join(ATTACKS)} [--help]")
        sys.exit(name != "--help")
    ATTACKS[name](arguments, Path(os.environ.get("PROVENANCE_CORPUS", "../shared/corpus")))


if __name__ == "__main__":
    main()
