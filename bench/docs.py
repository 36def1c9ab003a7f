"""Write docs/bench.md and its plots from what ``make bench`` and ``make bench-peers`` left."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bench.plots import draw
from bench.report import markdown

ROOT = Path(__file__).resolve().parents[1]
RESULTS, PAGE, PLOTS = ROOT / "bench-out", ROOT / "docs" / "bench.md", ROOT / "docs" / "bench"
_CAPTIONS = {
    "rates": "Exact reads by attack, with 95 % intervals",
    "visibility": "Exact reads against visibility, as the embedder's goal is varied",
    "scaling": "Time and memory against the picture's size",
}
_INTRODUCTION = """\
# Measured

Written by `make bench-docs` from what `make bench` measured. [bench/README.md](../bench/README.md)
says how to repeat it, and what each figure means. A read counts when all bits of the payload are
right. Intervals in brackets are 95 % (Wilson). They take reads as independent, which attacks on the
same picture are not, so those of families and of all attacks are too narrow. Below each part stands
on how many pictures it rests, and which version of the code was measured."""


def main() -> None:
    file = RESULTS / "results.json"
    if not file.exists():
        sys.exit(f"error: there is no {file}; run make bench first")
    results = json.loads(file.read_text())
    PLOTS.mkdir(exist_ok=True)
    plots = [f"![{_CAPTIONS[p.stem]}](bench/{p.name})" for p in draw(results, PLOTS)]
    parts = [_INTRODUCTION, *plots, markdown(results).strip()]
    peers = RESULTS / "peers" / "results.json"
    if peers.exists():
        measured = markdown(json.loads(peers.read_text())).replace("\n## ", "\n### ").strip()
        parts += ["## Other watermarks, on the same pictures and attacks", f"#{measured}"]
    PAGE.write_text("\n\n".join(parts) + "\n")
    print(f"wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
