"""Error rates of the lattice fingerprint by the number of cells: python -m bench.cells.

Parts of every size are cut from pictures, made smaller, compressed, and compared with their own
fingerprint and with those of other pictures. Beside the rates measured stand the derived ones.
"""

from __future__ import annotations

import argparse
import os
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import special, stats

from bench.fingerprints import Shown, corpus_pictures, load, shifted
from bench.rates import wilson
from provenance import fingerprint, watermark
from provenance.fingerprint import LatticeMatch
from provenance.fingerprint.cells import measure
from provenance.fingerprint.matching import BIT_ERRORS, FAR_BITS, NEAR_ERROR
from provenance.fingerprint.offsets import INFLATION

BOUNDS = (8, 16, 32, 64, 128, 256, 512, 1024)
"""Cells in the part that is compared, at least: the rows of the table."""
SMALLEST_AREA = 0.01
"""Share of a picture; the shares are drawn evenly over their logarithm."""
HONEST_ERRORS = 0.1
"""Share of differing bits under which honest copies stay that are not covered in part."""


@dataclass
class Row:
    """All comparisons of parts with so many cells."""

    right: list[LatticeMatch] = field(default_factory=list)
    wrong: list[LatticeMatch] = field(default_factory=list)

    def text(self, cells: int) -> str:
        """One line of the table."""
        bits = float(np.median([match.bits for match in self.right]))
        found = (
            _share(self.right, "near"),
            _share(self.right, "far"),
            f"{np.mean([_far_by_chance(match.bits) for match in self.right]):.1g}",
            _share(self.wrong, "near"),
            f"{NEAR_ERROR:g}",
            _share(self.wrong, "far"),
            f"{np.mean([_seen_as_far(match) for match in self.wrong]):.2g}",
        )
        return f"| {cells} | {len(self.right)} | {bits:.0f} | {' | '.join(found)} |"


def _share(matches: list[LatticeMatch], result: str) -> str:
    hits, trials = sum(match.result == result for match in matches), len(matches)
    if hits:
        return f"{hits / trials:.3g}"
    return f"0 (under {wilson(0, trials)[1]:.2g})"


def _far_by_chance(bits: int) -> float:
    """Bound how often a right picture is called far: so many of its bits would have to differ."""
    if bits < FAR_BITS:
        return 0.0
    independent = bits / INFLATION**2
    needed = int(np.ceil(BIT_ERRORS * independent))
    return float(stats.binom.sf(needed - 1, int(independent), HONEST_ERRORS))


def _seen_as_far(match: LatticeMatch) -> float:
    """Say how often a wrong picture differs enough at all offsets, if its bits are coin tosses."""
    if match.bits < FAR_BITS:
        return 0.0
    deviation = 0.5 / np.sqrt(match.bits / INFLATION**2)
    chance = float(special.ndtr((BIT_ERRORS - 0.5) / deviation))
    return max(0.0, 1.0 - match.offsets * chance)


def measure_sizes(images: list[Image.Image], parts: int, wrong_each: int) -> dict[int, Row]:
    """Compare parts of every size; the key is the row that their cells fall into."""
    rng = np.random.default_rng(1)
    layouts = [watermark.layout(*image.size) for image in images]
    references = [
        fingerprint.lattice(np.asarray(image), g) for image, g in zip(images, layouts, strict=True)
    ]
    table: dict[int, Row] = defaultdict(Row)
    for own, image in enumerate(images):
        others = [index for index in range(len(images)) if index != own]
        for _ in range(parts):
            area = float(np.exp(rng.uniform(np.log(SMALLEST_AREA), 0)))
            shown = Shown(image, layouts[own]).cropped(area, rng).resized(0.7).saved(60)
            rgb, placed = np.asarray(shown.image), shifted(shown.geometry, rng)
            cells = measure(rgb, placed)
            if cells is None or cells.inside.sum() < BOUNDS[0]:
                continue
            row = table[max(bound for bound in BOUNDS if bound <= cells.inside.sum())]
            row.right.append(fingerprint.compare(references[own], rgb, placed))
            row.wrong += [
                fingerprint.compare(references[other], rgb, placed)
                for other in rng.choice(others, min(wrong_each, len(others)), replace=False)
            ]
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    default = os.environ.get("PROVENANCE_CORPUS", "../shared/corpus")
    parser.add_argument("--corpus", type=Path, default=Path(default))
    parser.add_argument("--side", type=int, default=1024, help="short side, pixels")
    parser.add_argument("--parts", type=int, default=24, help="parts of each picture")
    parser.add_argument("--wrong", type=int, default=8, help="wrong fingerprints for each part")
    options = parser.parse_args()
    images = [load(path, options.side) for path in corpus_pictures(options.corpus)]
    table = measure_sizes(images, options.parts, options.wrong)
    print(
        "| cells | parts | bits | right: near | right: far | derived | wrong: near | derived "
        "| wrong: far | derived |\n" + "|---" * 10 + "|"
    )
    for cells in sorted(table):
        print(table[cells].text(cells))


if __name__ == "__main__":
    main()
