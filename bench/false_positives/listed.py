"""What the decoder's lists hold when no mark was read: fits, and parts of the check passed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from provenance.watermark import code, polar
from provenance.watermark.detection import significance

Item = TypeVar("Item")
Result = TypeVar("Result")

FITS = np.round(np.arange(12.0, 13.65, 0.1), 1)
"""Correlations whose exceedances are shown."""
BOUNDS = np.array([10, 3, 1, 0.3, 0.1, 0.03, 0.01])
"""Expected numbers of the code's 2**128 words that fit so well, by the bound that is stated: a
decoding of noise may not list more of them on average. A claim needs about 0.1, and the check."""
SLICES = tuple((bits, start) for bits in (8, 12, 16) for start in range(0, 17 - bits, bits))
"""Parts of the check that are looked at: bits, and the first of them."""
Z95 = 1.96
"""Standard deviations on both sides of a 95 % interval."""
HEAD = "decodings | best, mean | deviation | most | " + " | ".join(f"{x:g}" for x in BOUNDS)


@dataclass
class Tally:
    """Of each decoding: the best fit, words within ``BOUNDS``, words that pass each slice."""

    best: list[float] = field(default_factory=list)
    counts: list[NDArray[np.int64]] = field(default_factory=list)
    passes: list[list[int]] = field(default_factory=list)
    words: int = 0

    def add(self, soft: NDArray[np.float32], listed: NDArray[np.uint8]) -> None:
        """Judge the words that the decoder listed."""
        fits, wrong = correlations(soft, listed), residues(listed)
        self.best.append(float(fits.max()))
        self.counts.append((expected_words(soft, fits)[:, None] <= BOUNDS).sum(axis=0))
        self.passes.append(
            [int((wrong >> start & (1 << bits) - 1 == 0).sum()) for bits, start in SLICES]
        )
        self.words += len(listed)

    def join(self, other: Tally) -> None:
        self.best += other.best
        self.counts += other.counts
        self.passes += other.passes
        self.words += other.words

    def row(self) -> str:
        """The best fit, and how many words a decoding lists within each bound."""
        if not self.best:
            return "0"
        best, counts = np.array(self.best), np.array(self.counts)
        spread = Z95 * counts.std(axis=0) / len(counts) ** 0.5
        means = zip(counts.mean(axis=0), spread, strict=True)
        cells = [f"{mean:.2g} +- {half:.1g}" for mean, half in means]
        head = f"{len(best)} | {best.mean():.3f} | {best.std():.3f} | {best.max():.2f}"
        return f"{head} | {' | '.join(cells)}"

    def checks(self) -> str:
        """Listed words that pass a part of the check, over how many should."""
        passes, rows = (
            np.array(self.passes),
            [f"\npart of the check | of {self.words} | times 2**n"],
        )
        for column, (bits, start) in enumerate(SLICES):
            seen, times = passes[:, column], 2**bits / self.words
            spread = Z95 * seen.std() * len(seen) ** 0.5 * times
            ratio = f"{seen.sum() * times:.4f} +- {spread:.4f}"
            rows.append(f"{bits} bits from {start} | {seen.sum()} | {ratio}")
        return "\n".join(rows)

    def tail(self) -> str:
        """Exceedances of the best fit, against normal and Gumbel laws fitted to it."""
        best, rows = np.array(self.best), ["\nbest fit >= | seen | normal | Gumbel"]
        normal, gumbel = (
            stats.norm(*stats.norm.fit(best)),
            stats.gumbel_r(*stats.gumbel_r.fit(best)),
        )
        for fit in FITS:
            seen = int((best >= fit).sum())
            rows.append(f"{fit} | {seen} | {normal.sf(fit):.3g} | {gumbel.sf(fit):.3g}")
        return "\n".join([*rows, f"of {len(best)}"])


def correlations(soft: NDArray[np.float32], listed: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Normalised correlation of each listed information word's code word."""
    spread = np.zeros((len(listed), len(soft)), np.uint8)
    spread[:, polar.information_positions()] = listed
    words = 1.0 - 2.0 * polar.transform(spread)
    return np.asarray(words @ soft / np.sqrt(float(soft @ soft)), dtype=np.float64)


def expected_words(soft: NDArray[np.float32], fits: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many of all words are expected to fit noise as well as each, by the stated bound."""
    grid = np.linspace(fits.max() - 1, fits.max(), 6)
    log = [math.log(significance.chance(soft, float(fit)) + 1e-300) for fit in grid]
    words = np.exp(np.interp(fits, grid, log) + polar.INFORMATION_BITS * math.log(2))
    return np.where(fits < grid[0], np.inf, words)


def residues(listed: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The 16 bits by which each word's check is wrong; 0 passes."""
    words = [row.tobytes() for row in np.packbits(listed, axis=1)]
    at = code.WORD_BYTES
    wrong = [int.from_bytes(code.check_bytes(w[:at])) ^ int.from_bytes(w[at:]) for w in words]
    return np.array(wrong, dtype=np.int64)


def upper(hits: int, trials: int) -> float:
    """Clopper and Pearson's upper bound of a rate, 95 %, one-sided."""
    return float(stats.beta.ppf(0.95, hits + 1, trials - hits)) if hits < trials else 1.0


def over_workers(
    work: Callable[[Item], Result], items: Iterable[Item], workers: int
) -> Iterator[Result]:
    """Map over processes; results come in order."""
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(work, items, chunksize=4)
