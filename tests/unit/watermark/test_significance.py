"""The stated probability: a bound for soft bits of any sizes, that falls with the fit."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from provenance.watermark import code, polar
from provenance.watermark.detection import significance
from provenance.watermark.detection.detector import count_attempts
from provenance.watermark.detection.significance import chance, false_positive_probability

EQUAL = np.ones(1024, np.float32)
NORMAL = np.random.default_rng(1).normal(size=1024).astype(np.float32)
HEAVY = np.random.default_rng(2).standard_t(3, 1024).astype(np.float32)
SPARSE = np.where(np.arange(1024) % 8 == 0, NORMAL, 0).astype(np.float32)
SOFT = {"equal": EQUAL, "normal": NORMAL, "heavy": HEAVY, "sparse": SPARSE}
FITS = np.arange(0.0, 32.1, 0.25).tolist()


def least_claimed(soft: np.ndarray, keys: int = 1) -> float:
    """The smallest fit that is claimed."""
    return next(
        float(fit)
        for fit in np.arange(8, 20, 0.01)
        if false_positive_probability(chance(soft, fit), count_attempts() * keys)
        <= significance.CLAIM_PROBABILITY
    )


def listed(soft: np.ndarray) -> np.ndarray:
    """The code words, as signs, that the decoder lists."""
    u = np.zeros((code.LIST_SIZE, 1024), np.uint8)
    u[:, polar.information_positions()] = polar.decode(soft, code.LIST_SIZE)
    return 1.0 - 2.0 * polar.transform(u)


@pytest.mark.parametrize("soft", SOFT.values(), ids=SOFT)
def test_chance_is_a_falling_probability(soft: np.ndarray) -> None:
    values = [chance(soft, fit) for fit in FITS]
    assert values[0] == 1
    assert all(0 <= value <= 1 for value in values)
    assert all(a >= b for a, b in pairwise(values))


@pytest.mark.parametrize("right", range(514, 1025, 15))
def test_chance_bounds_the_exact_law_of_equal_soft_bits(right: int) -> None:
    from scipy import stats  # dear, and needed here alone

    exact = stats.binom.logsf(right - 1, 1024, 0.5)
    stated = math.log(chance(EQUAL, (2 * right - 1024) / 32))
    assert exact <= stated <= exact + math.log(4)


@pytest.mark.parametrize("soft", SOFT.values(), ids=SOFT)
def test_chance_bounds_what_random_signs_do(soft: np.ndarray) -> None:
    signs = np.random.default_rng(5).choice((-1.0, 1.0), (4000, 1024))
    fits = signs @ np.abs(soft) / np.sqrt(soft @ soft)
    for fit in (0.5, 1.0, 2.0):
        assert (fits >= fit).mean() <= chance(soft, fit)


def test_chance_depends_on_the_sizes_of_the_soft_bits_only() -> None:
    assert chance(-3 * np.abs(NORMAL), 12.5) == pytest.approx(chance(NORMAL, 12.5), rel=1e-4)


def test_unequal_soft_bits_need_less_of_a_fit() -> None:
    limits = [least_claimed(soft) for soft in (EQUAL, NORMAL, HEAVY)]
    assert limits == sorted(limits, reverse=True)
    assert limits == pytest.approx([14.26, 13.78, 12.85], abs=0.1)


def test_too_few_soft_bits_are_never_claimed() -> None:
    few = np.where(np.arange(1024) < 100, EQUAL, 0).astype(np.float32)
    best = chance(few, 10.0)  # every one of the hundred fits
    assert best >= 2.0**-100
    assert false_positive_probability(best, count_attempts()) > significance.CLAIM_PROBABILITY


def test_probability_counts_the_words_and_the_attempts() -> None:
    assert false_positive_probability(2.0**-152, 8) == pytest.approx(2.0**-29)
    assert false_positive_probability(2.0**-152, 80) == pytest.approx(10 * 2.0**-29)


def test_probability_is_never_stated_as_zero_nor_over_one() -> None:
    assert false_positive_probability(0.0, 1) == significance.SMALLEST
    assert false_positive_probability(1.0, 1) == 1


@pytest.mark.parametrize("seed", range(20))
def test_what_the_decoder_finds_in_noise_is_not_claimed(seed: int) -> None:
    soft = np.random.default_rng(seed).normal(size=1024).astype(np.float32)
    best = float((listed(soft) @ soft).max() / np.sqrt(soft @ soft))
    stated = false_positive_probability(chance(soft, best), count_attempts())
    assert stated > significance.CLAIM_PROBABILITY
