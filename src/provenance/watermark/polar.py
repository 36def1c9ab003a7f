"""A polar code of 1024 bits with 136 information bits, and its soft-decision list decoder.

Polar codes: Arikan 2009; list decoding: Tal and Vardy 2015; log-likelihood form and path metric:
Balatsoukas-Stimming et al. 2015; order of the bit channels by polarisation weight: He et al. 2017.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from provenance.stamp_id import PAYLOAD_BYTES
from provenance.watermark import format as fmt
from provenance.watermark import prng

Bits = NDArray[np.uint8]
Floats = NDArray[np.float32]

INFORMATION_BITS = 8 * (PAYLOAD_BYTES + fmt.LOCK_BYTES + fmt.CHECK_BYTES)
"""Bits that the code carries: payload, lock and check."""
_WITHIN_WORDS = tuple(
    (np.uint64(step), np.uint64((2**64 - 1) // (2**step + 1))) for step in (1, 2, 4, 8, 16, 32)
)
"""Steps of the transform between bits of one word of 64: distances, and the lower of each pair."""


@functools.cache
def information_positions() -> NDArray[np.int64]:
    """List the positions of the information bits: the 136 of greatest polarisation weight, mixed.

    The weight of position ``i`` is the sum of ``2**(j/4)`` over its set bits ``j``; no two
    positions tie, as 1, 2**1/4, 2**1/2 and 2**3/4 are independent over the integers.

    They are mixed because words that share most bits, one over the other, cancel where they
    differ: with the last bits at the heaviest positions they cancel in blocks, and neither is read.
    """
    with localcontext(prec=40):
        root = Decimal(2).sqrt().sqrt()
        weight = [
            sum((root**j for j in range(10) if i >> j & 1), Decimal(0))
            for i in range(fmt.CODE_BITS)
        ]
    best = sorted(range(fmt.CODE_BITS), key=weight.__getitem__)[-INFORMATION_BITS:]
    mixed = prng.permutation(None, "information order", INFORMATION_BITS)
    return np.array(sorted(best))[mixed]


def transform(bits: Bits) -> Bits:
    """Multiply rows of bits by the polar matrix; its own inverse.

    Parameters
    ----------
    bits : uint8 array, shape (..., n), n a power of two, 64 or more

    Returns
    -------
    uint8 array of the same shape
    """
    words = np.packbits(bits, axis=-1, bitorder="little").view("<u8")
    for shift, lower in _WITHIN_WORDS:
        words ^= (words >> shift) & lower
    step = 1
    while step < words.shape[-1]:
        pairs = words.reshape(*words.shape[:-1], -1, 2, step)
        pairs[..., 0, :] ^= pairs[..., 1, :]
        step *= 2
    return np.unpackbits(words.view(np.uint8), axis=-1, bitorder="little")


def encode(information: Bits) -> Bits:
    """The 1024 code bits of 136 information bits; of rows of them, rows."""
    u = np.zeros((*information.shape[:-1], fmt.CODE_BITS), dtype=np.uint8)
    u[..., information_positions()] = information
    return transform(u)


def decode(soft: Floats, list_size: int, known: int = 0) -> Bits:
    """Decode soft bits to candidate information words, most likely first.

    Parameters
    ----------
    soft : float32 array, shape (1024,)
        Log-likelihood ratios; positive means 0. Only their proportions matter.
    list_size : int
        Paths kept at each information bit.
    known : int
        How many of the first information bits are known to be 0.

    Returns
    -------
    uint8 array, shape (at most ``list_size``, 136)
    """
    candidates: Bits = decode_all(soft[None], list_size, known)[0]
    return candidates


def decode_all(soft: Floats, list_size: int, known: int = 0) -> Bits:
    """Decode rows of soft bits, each to as many candidates, as ``decode`` does.

    Sixteen at once take 0.6 of the time that each takes alone.

    Parameters
    ----------
    soft : float32 array, shape (rows, 1024)
    list_size, known : int
        As ``decode`` has them.

    Returns
    -------
    uint8 array, shape (rows, at most ``list_size``, 136)
    """
    carried = information_positions()
    if list_size == 1:
        signs = transform((soft < 0).astype(np.uint8))
        if not signs[:, _frozen(known)].any():  # code words already: no path costs less
            return signs[:, None, carried]
    rows, tree = len(soft), _tree(known)
    paths = _subtree(soft.astype(np.float32), np.zeros(rows, np.float32), tree, (rows, list_size))
    order = np.argsort(paths.penalty.reshape(rows, -1), axis=1, kind="stable")
    bits = paths.bits.reshape(rows, -1, fmt.CODE_BITS)
    ordered: Bits = transform(bits[np.arange(rows)[:, None], order])
    return ordered[..., carried]


def _frozen(known: int) -> NDArray[np.bool_]:
    """Which positions are 0 in every word whose first ``known`` information bits are."""
    frozen = np.ones(fmt.CODE_BITS, dtype=bool)
    frozen[information_positions()[known:]] = False
    return frozen


class _Kind(Enum):
    """What a subtree's leaves are: all frozen, all but the last, none, or anything."""

    FROZEN = auto()
    REPEATED = auto()
    FREE = auto()
    MIXED = auto()


@dataclass(frozen=True)
class _Node:
    """A subtree of the code, and its halves if it is ever cut into them."""

    kind: _Kind
    halves: tuple[_Node, _Node] | None = None


@functools.cache
def _tree(known: int) -> _Node:
    """The code's tree where the first ``known`` information bits are 0; it never changes."""
    return _plant(_frozen(known))


def _plant(frozen: NDArray[np.bool_]) -> _Node:
    if frozen.all():
        return _Node(_Kind.FROZEN)
    if frozen[:-1].all():
        return _Node(_Kind.REPEATED)
    half = len(frozen) // 2
    kind = _Kind.MIXED if frozen.any() else _Kind.FREE
    return _Node(kind, (_plant(frozen[:half]), _plant(frozen[half:])))


@dataclass(frozen=True)
class _Paths:
    """Decoding paths after a subtree: code bits, the earlier path that each continues, penalty.

    Each row of what is decoded has equally many, one row's after another's.
    """

    bits: Bits
    ancestor: NDArray[np.int64]
    penalty: Floats


def _subtree(soft: Floats, penalty: Floats, node: _Node, size: tuple[int, int]) -> _Paths:
    """Decode a subtree for each path (a row of ``soft``).

    ``size`` is how many rows are decoded, and how many paths each keeps.
    """
    if node.kind is _Kind.FROZEN:
        cost = np.maximum(-soft, 0).sum(axis=1)
        return _Paths(np.zeros(soft.shape, np.uint8), np.arange(len(soft)), penalty + cost)
    if node.halves is None:
        return _fork(soft, penalty, *size)
    if node.kind is _Kind.FREE and size[1] == 1:  # nothing to choose between: each by its sign
        return _Paths((soft < 0).astype(np.uint8), np.arange(len(soft)), penalty)
    half = soft.shape[1] // 2
    a, b = soft[:, :half], soft[:, half:]
    check = np.copysign(np.minimum(np.abs(a), np.abs(b)), a * b)
    left = _subtree(check, penalty, node.halves[0], size)
    if node.halves[0].kind is _Kind.FROZEN:  # no path forked, and its bits change nothing
        right = _subtree(b + a, left.penalty, node.halves[1], size)
        return replace(right, bits=np.concatenate((right.bits, right.bits), axis=1))
    both = soft.take(left.ancestor, axis=0)
    a, b = both[:, :half], both[:, half:]
    right = _subtree(np.where(left.bits, b - a, b + a), left.penalty, node.halves[1], size)
    upper = left.bits.take(right.ancestor, axis=0) ^ right.bits
    bits = np.concatenate((upper, right.bits), axis=1)
    return _Paths(bits, left.ancestor.take(right.ancestor), right.penalty)


def _fork(soft: Floats, penalty: Floats, rows: int, list_size: int) -> _Paths:
    """Decide one information bit, repeated over all ``soft``: each path splits, the best stay."""
    count = len(soft) // rows
    zero, one = np.maximum(-soft, 0).sum(axis=1), np.maximum(soft, 0).sum(axis=1)
    parts = (penalty + zero).reshape(rows, count), (penalty + one).reshape(rows, count)
    both = np.concatenate(parts, axis=1)
    keep = np.arange(2 * count)[None].repeat(rows, axis=0)
    if 2 * count > list_size:
        keep = both.argpartition(list_size, axis=1)[:, :list_size]
        keep.sort(axis=1)
    ones, row = keep >= count, np.arange(rows)[:, None]
    bits = ones.astype(np.uint8).reshape(-1, 1).repeat(soft.shape[1], axis=1)
    ancestor = (keep - count * ones + count * row).ravel()
    return _Paths(bits, ancestor, both[row, keep].ravel())
