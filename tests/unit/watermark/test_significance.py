"""The stated probability: falls with the fit, grows with attempts, and covers what noise does."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from provenance.watermark import code, polar, significance
from provenance.watermark.detect import ATTEMPTS
from provenance.watermark.significance import false_positive_probability, tail

FITS = np.arange(0.0, 32.1, 0.25).tolist()


def best_of_noise(seed: int) -> float:
    """The best fit that the decoder's list holds when there is nothing but noise."""
    soft = np.random.default_rng(seed).normal(size=1024).astype(np.float32)
    words = 1.0 - 2.0 * polar.transform(_spread(polar.decode(soft, code.LIST_SIZE)))
    return float((words @ soft).max() / np.sqrt(soft @ soft))


def _spread(information: np.ndarray) -> np.ndarray:
    u = np.zeros((len(information), 1024), np.uint8)
    u[:, polar.information_positions()] = information
    return u


def test_tail_is_a_falling_probability() -> None:
    values = [tail(fit) for fit in FITS]
    assert all(0 <= value <= 1 for value in values)
    assert all(a >= b for a, b in pairwise(values))
    assert values[0] == 1
    assert values[-1] < 1e-12


def test_probability_falls_with_the_fit_and_grows_with_the_attempts() -> None:
    values = [false_positive_probability(fit, ATTEMPTS) for fit in FITS]
    assert all(a >= b for a, b in pairwise(values))
    for fit in (10.0, 12.5, 13.0):
        one, ten = (false_positive_probability(fit, ATTEMPTS * keys) for keys in (1, 10))
        assert ten == pytest.approx(10 * one)


def test_probability_is_never_stated_as_zero_nor_over_one() -> None:
    assert false_positive_probability(32.0, 1) == significance.SMALLEST
    assert false_positive_probability(0.0, 2**40) == 1


def test_a_fit_that_says_nothing_leaves_the_check_alone() -> None:
    attempts = 1000
    expected = attempts * code.LIST_SIZE / 2**32
    assert false_positive_probability(0.0, attempts) == pytest.approx(expected)


def test_what_noise_reaches_is_not_claimed() -> None:
    fits = [best_of_noise(seed) for seed in range(40)]
    assert np.mean(fits) == pytest.approx(significance.NULL_MEAN, abs=0.1)
    assert np.std(fits) == pytest.approx(significance.NULL_DEVIATION, rel=0.35)
    for fit in fits:
        assert false_positive_probability(fit, ATTEMPTS) > significance.CLAIM_PROBABILITY


def test_the_stated_tail_is_above_what_noise_does() -> None:
    fits = np.array([best_of_noise(seed) for seed in range(40)])
    for quantile in (0.5, 0.8):
        assert tail(float(np.quantile(fits, quantile))) > 1 - quantile - 0.15
