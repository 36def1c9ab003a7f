"""Claims on unmarked pictures, and what the detector sees in them."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.false_positives.inputs import Unmarked, bundled, files, inputs, load
from bench.false_positives.listed import HEAD, over_workers, upper
from bench.false_positives.marked import KEYS
from bench.false_positives.watch import Looks, watched
from provenance import watermark
from provenance.watermark.detection import looks

COST_PIXELS = 1600 * 1024
"""Most that a picture has where time is taken."""


@dataclass(frozen=True)
class Looked:
    """One unmarked picture: its sort, whether it was claimed, what was seen."""

    sort: str
    claimed: bool
    looks: Looks


def look(one: Unmarked) -> Looked:
    """Detect under the public key."""
    rgb = one.pixels()
    with watched() as looks:
        found = watermark.detect(rgb)
    return Looked(one.sort, found is not None, looks)


def measure_pictures(corpus: Path, workers: int, every: int) -> None:
    """Print claims on unmarked pictures by sort, and what was seen in all."""
    todo, claims = inputs(corpus)[::every], 0
    count: Counter[str] = Counter()
    looks: dict[str, Looks] = defaultdict(Looks)
    for seen in over_workers(look, todo, workers):
        count[seen.sort] += 1
        claims += seen.claimed
        looks[seen.sort].join(seen.looks)
    whole = Looks()
    print(f"\nsort | pictures | checks held | {HEAD}")
    for sort, part in looks.items():
        whole.join(part)
        print(f"{sort} | {count[sort]} | {len(part.readings)} | {part.tally.row()}")
    print(f"all | {len(todo)} | {len(whole.readings)} | {whole.tally.row()}")
    bound = upper(claims, len(todo))
    print(f"claims: {claims} of {len(todo)} pictures, at most {bound:.2g} of them (95 %)")
    print(whole.tally.checks())
    print(whole.tally.tail())
    print_soft_bits(whole)
    print_gates(whole)


def search(one: Unmarked) -> dict[str, int]:
    """Search a picture under each private key, and thoroughly: claims."""
    rgb = one.pixels()
    private = watermark.detect_each(rgb, KEYS)
    found = {"private keys": sum(each is not None for each in private)}
    thorough = watermark.detect(rgb, thorough=True)
    return found | {"thorough": int(thorough is not None)}


def measure_searches(corpus: Path, workers: int, every: int) -> None:
    """Print claims on unmarked pictures under private keys and in thorough searches."""
    todo, claims = inputs(corpus)[every // 2 :: every], Counter[str]()
    for found in over_workers(search, todo, workers):
        claims.update(found)
    print("\nunmarked, search | claims | searches | at most (95 %)")
    for name, each in (("private keys", len(KEYS)), ("thorough", 1)):
        tried = each * len(todo)
        print(f"{name} | {claims[name]} | {tried} | {upper(claims[name], tried):.2g}")


def print_soft_bits(whole: Looks) -> None:
    """How the soft bits' law differs from the normal, whose kurtosis is 3."""
    levels = np.quantile(whole.kurtosis, (0, 0.001, 0.01, 0.5, 0.99, 1)).round(2)
    print(f"\nkurtosis of soft bits, least, 0.1 %, 1 %, median, 99 %, most: {levels}")
    zeros = np.array(whole.zeros)
    print(f"decodings with some soft bit 0: {(zeros > 0).mean():.2%}, most {zeros.max():.0%}")


GATES = {
    "presence": looks.PRESENT,
    "register": looks.MIN_AGREEMENT,
    "register_upright": looks.MIN_UPRIGHT,
    "refine": looks.MIN_REFINED,
}


def print_gates(whole: Looks) -> None:
    """How much of what each gate sees of the pilot passes on the way to a decoding."""
    print("\ngate | seen | median, 90, 99, 99.9 %, most | pass")
    for gate, least in GATES.items():
        values = np.array(whole.pilots[gate])
        levels = np.quantile(values, (0.5, 0.9, 0.99, 0.999, 1)).round(2)
        print(f"{gate} | {len(values)} | {levels} | {(values >= least).mean():.2%} reach {least}")


def measure_cost(corpus: Path) -> None:
    """Print processor seconds per megapixel until the detector says none."""
    times = []
    paths = (*files(corpus / "generated"), *files(corpus / "photos")) or bundled()
    watermark.detect(load(paths[0]))  # fills caches
    for path in paths:
        rgb = load(path, COST_PIXELS)
        start = time.process_time()
        watermark.detect(rgb)
        times.append((time.process_time() - start) / (rgb.shape[0] * rgb.shape[1] / 1e6))
    median, most = np.quantile(times, (0.5, 0.95))
    print(f"\nnone: {median:.3f} s/MP in the median, {most:.3f} at 95 % of {len(times)}")
