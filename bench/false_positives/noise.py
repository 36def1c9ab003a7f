"""Lists decoded from noise, and words sent over noise: what a limit of the fit costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bench.false_positives.listed import HEAD, Tally, over_workers, residues
from provenance.watermark import code, polar
from provenance.watermark import format as fmt
from provenance.watermark.detection import significance
from provenance.watermark.detection.detector import count_attempts

DRAWS = {
    "Gaussian": 12_000,
    "sum of 15 signs": 3_000,
    "sum of 4 signs": 1_000,
    "uniform": 1_000,
    "signs alone": 1_000,
    "Laplace": 1_000,
    "Student, 3 degrees": 1_000,
}
"""Decodings by law of the soft bits. A tile gives each of them at least 15 coefficients."""
SIGNS = {"sum of 15 signs": 15, "sum of 4 signs": 4, "signs alone": 1}
CONTINUOUS: dict[str, Callable[[np.random.Generator, int], NDArray[np.float64]]] = {
    "Gaussian": lambda rng, size: rng.normal(size=size),
    "uniform": lambda rng, size: rng.uniform(-1, 1, size),
    "Laplace": lambda rng, size: rng.laplace(size=size),
    "Student, 3 degrees": lambda rng, size: rng.standard_t(3, size),
}
TASK = 100
"""Decodings that a worker does at a time."""
DECIBELS = np.arange(-8.0, -4.9, 0.5).tolist()
"""Signal over noise, of one soft bit."""
SENT = 500
NEIGHBOURS = 20_000
"""Lightest code words that are looked at: all 6,960 of weight 64, and some of weight 96."""


def soft_noise(law: str, rng: np.random.Generator) -> NDArray[np.float32]:
    """1024 soft bits of no picture."""
    size, signs = fmt.CODE_BITS, SIGNS.get(law)
    if signs:
        soft = (2.0 * rng.integers(0, 2, (signs, size)) - 1).sum(axis=0)
    else:
        soft = CONTINUOUS[law](rng, size)
    # a trace of noise parts paths of equal penalty, as a picture's would
    return np.asarray(soft + 1e-3 * rng.normal(size=size), dtype=np.float32)


def decode_noise(task: tuple[str, int]) -> Tally:
    """Decode ``TASK`` draws of a law."""
    law, seed = task
    rng, tally = np.random.default_rng([seed, *law.encode()]), Tally()
    for _ in range(TASK):
        soft = soft_noise(law, rng)
        tally.add(soft, polar.decode(soft, code.LIST_SIZE))
    return tally


def measure_noise(workers: int) -> None:
    """Print what lists hold when fed noise, and how often they pass parts of the check."""
    whole, by_law = Tally(), {law: Tally() for law in DRAWS}
    tasks = [(law, seed) for law, count in DRAWS.items() for seed in range(count // TASK)]
    for (law, _), tally in zip(tasks, over_workers(decode_noise, tasks, workers), strict=True):
        by_law[law].join(tally)
        whole.join(tally)
    print(f"soft bits | {HEAD}")
    for law, tally in by_law.items():
        print(f"{law} | {tally.row()}")
    print(whole.checks())
    print("\nGaussian:", by_law["Gaussian"].tail())


@dataclass
class Sent:
    """Words sent over noise: the bound stated for those read, wrong ones, and words before them.

    ``ahead`` are the listed words that would have been read had their check held.
    """

    stated: list[float] = field(default_factory=list)
    wrong: int = 0
    ahead: Tally = field(default_factory=Tally)


def send(task: tuple[float, int]) -> Sent:
    """Send ``TASK`` words over Gaussian noise and read them."""
    decibels, seed = task
    rng, sent = np.random.default_rng([seed, 3]), Sent()
    for _ in range(TASK):
        word = rng.bytes(code.WORD_BYTES)
        bits = code.encode(word)
        soft = (10 ** (decibels / 20) * bits + rng.normal(size=bits.size)).astype(np.float32)
        listed = polar.decode(soft, code.LIST_SIZE)
        valid = np.flatnonzero(residues(listed) == 0)
        first = int(valid[0]) if len(valid) else len(listed)
        if len(valid) and np.packbits(listed[first]).tobytes()[: len(word)] == word:
            chance = significance.chance(soft, float(soft @ bits / np.sqrt(soft @ soft)))
            sent.stated.append(significance.false_positive_probability(chance, count_attempts()))
        elif len(valid):
            sent.wrong += 1
        if first:
            sent.ahead.add(soft, listed[:first])
    return sent


def measure_sent(workers: int) -> None:
    """Print which share of words sent is read, and which share is also claimed."""
    print("\nsignal / noise, dB | read | claimed | wrong")
    tasks = [(decibels, seed) for decibels in DECIBELS for seed in range(SENT // TASK)]
    ahead, by_level = Tally(), {decibels: Sent() for decibels in DECIBELS}
    for (decibels, _), part in zip(tasks, over_workers(send, tasks, workers), strict=True):
        by_level[decibels].stated += part.stated
        by_level[decibels].wrong += part.wrong
        ahead.join(part.ahead)
    for decibels, sent in by_level.items():
        claimed = (np.array(sent.stated) <= significance.CLAIM_PROBABILITY).sum()
        shares = f"{len(sent.stated) / SENT:.3f} | {claimed / SENT:.3f}"
        print(f"{decibels} | {shares} | {sent.wrong} of {SENT}")
    print(lightest_words())
    print("\nwrong words listed ahead of the right one, or without it:", ahead.checks())


def lightest_words() -> str:
    """How the code words next to a given one stand with the check: the code's least weights.

    The list of a noise-free zero word holds the lightest words. The check is affine, so that
    passing is the same for the difference of any two words.
    """
    listed = polar.decode(np.ones(fmt.CODE_BITS, np.float32), NEIGHBOURS)
    spread = np.zeros((len(listed), fmt.CODE_BITS), np.uint8)
    spread[:, polar.information_positions()] = listed
    weights = polar.transform(spread).sum(axis=1)
    zero = residues(np.zeros((1, polar.INFORMATION_BITS), np.uint8))
    passing = (residues(listed) == zero) & (weights > 0)
    sizes = dict(
        zip(*(part.tolist() for part in np.unique(weights, return_counts=True)), strict=True)
    )
    return f"\nwords by weight: {sizes}; light ones whose check holds: {passing.sum()}"
