"""The polar code: its matrix, its positions, and how much noise the list decoder takes."""

from __future__ import annotations

import itertools
from decimal import getcontext, localcontext
from typing import Any

import numpy as np
import pytest

from provenance.watermark import polar

LIST = 32
# Deviation of the noise on soft bits of +1 and -1, and how many of 20 words must decode. Measured
# with these seeds: 20, 20 and 18, where a list of one reads 20, 18 and 8.
NOISE = ((1.4, 40), (1.8, 40), (2.1, 20))  # of 40; at 2.1 two of three are read in the long run


def words(count: int, seed: int) -> Any:
    return np.random.default_rng(seed).integers(0, 2, (count, 136), dtype=np.uint8)


def received(information: Any, deviation: float, seed: int) -> Any:
    """Soft bits of a word after noise: 0 is sent as +1, 1 as -1."""
    noise = np.random.default_rng(seed).normal(0, deviation, 1024)
    return (1.0 - 2.0 * polar.encode(information) + noise).astype(np.float32)


def test_transform_is_the_kernel_and_its_own_inverse() -> None:
    pairs = np.pad(np.array([[0, 1], [1, 0], [1, 1]], np.uint8), ((0, 0), (0, 62)))
    assert polar.transform(pairs)[:, :2].tolist() == [[1, 1], [1, 0], [0, 1]]
    assert not polar.transform(pairs)[:, 2:].any()
    bits = np.random.default_rng(1).integers(0, 2, (3, 1024), dtype=np.uint8)
    before = bits.copy()
    assert (polar.transform(polar.transform(bits)) == bits).all()
    assert (bits == before).all()


def test_transform_is_the_kronecker_power() -> None:
    matrix = np.ones((1, 1), dtype=int)
    for _ in range(7):  # two words of 64 bits: within a word, and between words
        matrix = np.kron(np.array([[1, 0], [1, 1]]), matrix)
    bits = np.eye(128, dtype=np.uint8)
    assert (polar.transform(bits) == matrix % 2).all()


def test_information_goes_to_the_heaviest_positions() -> None:
    positions = polar.information_positions()
    assert positions.dtype == np.int64
    assert len(positions) == 136
    assert len(np.unique(positions)) == 136
    weight = [sum(2 ** (j / 4) for j in range(10) if i >> j & 1) for i in range(1024)]
    others = np.setdiff1d(np.arange(1024), positions)
    assert min(weight[i] for i in positions) > max(weight[i] for i in others)


def test_positions_leave_the_callers_decimal_context_alone() -> None:
    polar.information_positions.cache_clear()
    with localcontext() as context:
        context.prec = 5
        positions = polar.information_positions()
        assert getcontext().prec == 5
    assert positions.min() == 479  # as with any other precision


def test_other_positions_stay_frozen() -> None:
    (information,) = words(1, 2)
    u = polar.transform(polar.encode(information))
    assert (u[polar.information_positions()] == information).all()
    assert u.sum() == information.sum()


@pytest.mark.parametrize("size", [1, 2, LIST])
def test_a_clean_word_comes_first(size: int) -> None:
    (information,) = words(1, 3)
    found = polar.decode(received(information, 0.0, 0), size)
    assert (found[0] == information).all()
    assert 1 <= len(found) <= size


@pytest.mark.parametrize(("deviation", "least"), NOISE)
def test_noise(deviation: float, least: int) -> None:
    sent = words(40, 4)
    candidates = [polar.decode(received(w, deviation, seed), LIST) for seed, w in enumerate(sent)]
    found = [(c == w).all(axis=1).any() for w, c in zip(sent, candidates, strict=True)]
    assert sum(found) >= least


def test_a_longer_list_reads_what_a_short_one_loses() -> None:
    sent = words(20, 4)

    def read(size: int) -> int:
        found = (polar.decode(received(w, 2.1, seed), size) for seed, w in enumerate(sent))
        return sum((c == w).all(axis=1).any() for w, c in zip(sent, found, strict=True))

    assert read(LIST) > read(4) > read(1)


def test_candidates_are_different_and_the_likeliest_come_first() -> None:
    soft = received(words(1, 5)[0], 2.0, 5)
    found = polar.decode(soft, LIST)
    assert len(np.unique(found, axis=0)) == len(found) == LIST
    fit = [float(soft @ (1.0 - 2.0 * polar.encode(word))) for word in found]
    assert all(a >= b - 1e-2 for a, b in itertools.pairwise(fit))


def test_only_proportions_matter() -> None:
    soft = received(words(1, 6)[0], 1.5, 6)
    assert (polar.decode(soft, LIST) == polar.decode(soft * np.float32(1024), LIST)).all()


def test_decoding_leaves_its_input_alone() -> None:
    soft = received(words(1, 7)[0], 1.5, 7)
    before = soft.copy()
    polar.decode(soft, LIST)
    assert (soft == before).all()


@pytest.mark.parametrize("size", [1, 4, LIST])
@pytest.mark.parametrize("known", [0, 96])
def test_rows_decode_as_each_alone(size: int, known: int) -> None:
    """Clean rows too, which alone are seen to be code words before any path is followed."""
    sent = words(6, 8)
    sent[:, :known] = 0
    soft = np.stack([received(w, 0.7 * seed, seed) for seed, w in enumerate(sent)])
    together = polar.decode_all(soft, size, known)
    alone = [polar.decode(each, size, known) for each in soft]
    assert (together == np.stack(alone)).all()
    assert (together[0, 0] == sent[0]).all()
