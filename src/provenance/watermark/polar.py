"""A polar code of 1024 bits with 136 information bits, and its soft-decision list decoder.

Polar codes: Arikan 2009; list decoding: Tal and Vardy 2015; log-likelihood form and path metric:
Balatsoukas-Stimming et al. 2015; order of the bit channels by polarisation weight: He et al. 2017.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from decimal import Decimal, localcontext

import numpy as np
from numpy.typing import NDArray

from provenance.stamp_id import PAYLOAD_BYTES
from provenance.watermark import format as fmt
from provenance.watermark import prng

Bits = NDArray[np.uint8]
Floats = NDArray[np.float32]

INFORMATION_BITS = 8 * (PAYLOAD_BYTES + fmt.LOCK_BYTES + fmt.CHECK_BYTES)
"""Bits that the code carries: payload, lock and check."""


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
    bits : uint8 array, shape (..., n), n a power of two

    Returns
    -------
    uint8 array of the same shape
    """
    out, step = bits.copy(), 1
    while step < bits.shape[-1]:
        pairs = out.reshape(*bits.shape[:-1], -1, 2, step)
        pairs[..., 0, :] ^= pairs[..., 1, :]
        step *= 2
    return out


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
    frozen = np.ones(fmt.CODE_BITS, dtype=bool)
    frozen[carried[known:]] = False
    if list_size == 1:
        signs = transform((soft < 0).astype(np.uint8))
        if not signs[:, frozen].any():  # code words already: no path costs less
            return signs[:, None, carried]
    rows = len(soft)
    paths = _subtree(soft.astype(np.float32), np.zeros(rows, np.float32), frozen, (rows, list_size))
    order = np.argsort(paths.penalty.reshape(rows, -1), axis=1, kind="stable")
    bits = paths.bits.reshape(rows, -1, fmt.CODE_BITS)
    ordered: Bits = np.take_along_axis(bits, order[..., None], axis=1)
    return transform(ordered)[..., carried]


@dataclass(frozen=True)
class _Paths:
    """Decoding paths after a subtree: code bits, the earlier path that each continues, penalty.

    Each row of what is decoded has equally many, one row's after another's.
    """

    bits: Bits
    ancestor: NDArray[np.int64]
    penalty: Floats


def _subtree(
    soft: Floats, penalty: Floats, frozen: NDArray[np.bool_], size: tuple[int, int]
) -> _Paths:
    """Decode the subtree whose leaves are ``frozen`` or not, for each path (a row of ``soft``).

    ``size`` is how many rows are decoded, and how many paths each keeps.
    """
    if frozen.all():
        cost = np.maximum(-soft, 0).sum(axis=1)
        return _Paths(np.zeros(soft.shape, np.uint8), np.arange(len(soft)), penalty + cost)
    if frozen[:-1].all():
        return _fork(soft, penalty, *size)
    if size[1] == 1 and not frozen.any():  # nothing to choose between: each bit by its sign
        return _Paths((soft < 0).astype(np.uint8), np.arange(len(soft)), penalty)
    half = soft.shape[1] // 2
    a, b = soft[:, :half], soft[:, half:]
    check = np.copysign(np.minimum(np.abs(a), np.abs(b)), a * b)
    left = _subtree(check, penalty, frozen[:half], size)
    a, b = a[left.ancestor], b[left.ancestor]
    right = _subtree(np.where(left.bits, b - a, b + a), left.penalty, frozen[half:], size)
    upper = left.bits[right.ancestor] ^ right.bits
    return _Paths(np.hstack((upper, right.bits)), left.ancestor[right.ancestor], right.penalty)


def _fork(soft: Floats, penalty: Floats, rows: int, list_size: int) -> _Paths:
    """Decide one information bit, repeated over all ``soft``: each path splits, the best stay."""
    count = len(soft) // rows
    costs = (np.maximum(-soft, 0).sum(axis=1), np.maximum(soft, 0).sum(axis=1))
    both = np.hstack([(penalty + cost).reshape(rows, count) for cost in costs])
    keep = np.tile(np.arange(2 * count), (rows, 1))
    if 2 * count > list_size:
        keep = np.sort(np.argpartition(both, list_size, axis=1)[:, :list_size], axis=1)
    bits = np.repeat((keep >= count).astype(np.uint8).reshape(-1, 1), soft.shape[1], axis=1)
    ancestor = keep % count + count * np.arange(rows)[:, None]
    return _Paths(bits, ancestor.ravel(), np.take_along_axis(both, keep, axis=1).ravel())
