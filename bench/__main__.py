"""Measure the watermark: python -m bench [PART ...] [--pictures 4] [--out bench-out].

Parts: robustness, unmarked, visibility, scaling; without any, all of them. Raw results go to
results.json of the output folder, where a part replaces its earlier results and leaves the others;
the table and the plots are then made anew from the file.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # before numpy is loaded
    os.environ.setdefault(_variable, "1")

from bench.attacks import ATTACKS  # noqa: E402
from bench.report import markdown  # noqa: E402
from bench.run import MARKS, PARTS, Options, about  # noqa: E402

USUAL = Options()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--sides", nargs="+", type=int, default=USUAL.sides, help="short sides, px")
    parser.add_argument("--pictures", type=int, default=0, help="that many per side, evenly spread")
    parser.add_argument("--origins", nargs="+", default=(), help="scikit-image, painted, corpus")
    parser.add_argument(
        "--attacks",
        nargs="+",
        default=USUAL.attacks,
        metavar="NAME",
        choices=[attack.name for attack in ATTACKS],
    )
    parser.add_argument("--marks", nargs="+", default=USUAL.marks, choices=list(MARKS))
    parser.add_argument("--unmarked", type=int, default=USUAL.unmarked, help="unmarked pictures")
    parser.add_argument("--sweep", type=int, default=USUAL.sweep, help="pictures of the sweep")
    parser.add_argument("--megapixels", nargs="+", type=float, default=USUAL.megapixels)
    parser.add_argument("--jobs", type=int, default=USUAL.jobs, help="processes")
    parser.add_argument("--out", type=Path, default=Path("bench-out"))
    found = parser.parse_args()
    if unknown := set(found.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return found


def measure(parts: list[str], options: Options, out: Path) -> dict[str, Any]:
    """Measure the parts; keep the raw results and write the table."""
    out.mkdir(parents=True, exist_ok=True)
    file = out / "results.json"
    results: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    for part in parts:
        rows = PARTS[part](options)
        results[part] = {"about": about(options, rows), "rows": rows}
        file.write_text(json.dumps(results, indent=1, ensure_ascii=False))
    (out / "table.md").write_text(markdown(results))
    return results


def main() -> None:
    from bench.plots import draw

    given = arguments()
    options = Options(
        sides=tuple(given.sides),
        pictures=given.pictures,
        origins=tuple(given.origins),
        attacks=tuple(given.attacks),
        marks=tuple(given.marks),
        unmarked=given.unmarked,
        sweep=given.sweep,
        megapixels=tuple(given.megapixels),
        jobs=given.jobs,
    )
    results = measure(given.parts or list(PARTS), options, given.out)
    draw(results, given.out)
    print((given.out / "table.md").read_text())


if __name__ == "__main__":
    main()
