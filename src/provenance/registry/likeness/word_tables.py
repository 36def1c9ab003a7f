"""Nearest 256-bit hashes by tables of their words: exact, and hardly slower for more hashes.

A hash is cut into twelve words. Two hashes that differ in at most ``REACH`` bits have a word that
differs in at most as many bits as ``_RADII`` allows it, or else they would differ in more: so who
looks up all spellings of each word with so many bits turned finds every near hash (multi-index
hashing with unequal radii; Norouzi et al. 2014, Qin et al. 2018). What is found is then compared
whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, combinations

import numpy as np
from numpy.typing import NDArray

WIDTHS = (22, 22, 22, 22, 21, 21, 21, 21, 21, 21, 21, 21)
"""Bits of each word; 256 in all."""

_RADII = (2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1)
"""Bits of each word that may differ. Wider words cost less to search, so they get a second bit."""

REACH = sum(radius + 1 for radius in _RADII) - 1
"""Most bits in which a hash may differ and still be found for certain: 31, PDQ's own threshold."""

_SPARSE = 2
"""Hashes in a bucket on average, or a few more: with fewer, buckets would outweigh hashes."""


def count_buckets(size: int) -> list[int]:
    """Give the number of buckets of each table over so many hashes: powers of two."""
    bits = max(size // _SPARSE, 1).bit_length() - 1
    return [1 << min(bits, width) for width in WIDTHS]


def cut_words(hashes: NDArray[np.uint64]) -> Iterator[NDArray[np.uint32]]:
    """Cut hashes (N, 4) into words; give one array (N,) for each of the twelve."""
    for start, width in zip(accumulate(WIDTHS, initial=0), WIDTHS, strict=False):
        column, offset = divmod(start, 64)
        word = hashes[:, column] >> np.uint64(offset)
        if offset + width > 64:
            word = word | hashes[:, column + 1] << np.uint64(64 - offset)
        yield (word & np.uint64((1 << width) - 1)).astype(np.uint32)


@dataclass(frozen=True)
class Table:
    """The hashes by one of their words.

    Attributes
    ----------
    starts : array of uint32 (buckets + 1,)
        Where each bucket's hashes begin in ``numbers``. A bucket is a word without its lowest bits.
    numbers : array of uint32 (N,)
        The hashes' numbers, by bucket.
    """

    starts: NDArray[np.uint32]
    numbers: NDArray[np.uint32]


def build_table(words: NDArray[np.uint32], width: int, buckets: int) -> Table:
    """Sort hashes by one word of each."""
    shift = width - (buckets.bit_length() - 1)
    bucket = words >> np.uint32(shift)
    order = np.argsort(bucket, kind="stable").astype(np.uint32)
    counts = np.bincount(bucket, minlength=buckets)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32)
    return Table(starts, order)


@cache
def _masks(width: int, radius: int, shift: int) -> NDArray[np.uint32]:
    """List what to turn in a bucket's number, so that all words near one are looked at."""
    turned = {
        sum(1 << bit for bit in bits) >> shift
        for count in range(radius + 1)
        for bits in combinations(range(width), count)
    }
    return np.array(sorted(turned), np.uint32)


def find_candidates(query: NDArray[np.uint64], tables: Sequence[Table]) -> NDArray[np.uint32]:
    """List the numbers of all hashes that may be within ``REACH`` of one (4,), some twice."""
    found = []
    for word, table, width, radius in zip(
        cut_words(query[None]), tables, WIDTHS, _RADII, strict=True
    ):
        shift = width - (len(table.starts) - 2).bit_length()
        buckets = (word[0] >> np.uint32(shift)) ^ _masks(width, radius, shift)
        starts, ends = table.starts[buckets], table.starts[buckets + 1]
        counts = ends - starts
        full = counts > 0
        starts, counts = starts[full], counts[full]
        before = np.cumsum(counts) - counts
        places = np.repeat(starts - before.astype(np.uint32), counts) + np.arange(
            counts.sum(), dtype=np.uint32
        )
        found.append(table.numbers[places])
    return np.concatenate(found)
