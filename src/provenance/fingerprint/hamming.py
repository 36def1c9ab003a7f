"""Nearest 256-bit hashes by popcount over all of them: exact, with no index that could go stale.

A scan takes about 50 ms per million hashes on one core. Only pictures whose mark can't be read need
it, so that is enough until a registry outgrows one machine.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

HASH_BYTES = 32
"""Length of a hash."""

_CHUNK = 2**16  # rows per step: 2 MiB of hashes, so temporary arrays stay in the processor's cache


class HammingIndex:
    """A growing array of 256-bit hashes, numbered in the order they were added.

    One thread may add while others search: a search sees the hashes that were there when it began.
    """

    def __init__(self) -> None:
        self._words: NDArray[np.uint64] = np.empty((1024, 4), np.uint64)
        self._size = 0

    @property
    def size(self) -> int:
        """Number of hashes."""
        return self._size

    def extend(self, hashes: Sequence[bytes]) -> None:
        """Add hashes of 32 bytes each."""
        words = np.frombuffer(b"".join(hashes), np.uint64).reshape(len(hashes), 4)
        size = self._size + len(hashes)
        if size > len(self._words):
            grown = np.empty((max(size, 2 * len(self._words)), 4), np.uint64)
            grown[: self._size] = self._words[: self._size]
            self._words = grown
        self._words[self._size : size] = words
        self._size = size

    def within(self, query: bytes, max_distance: int, limit: int) -> list[tuple[int, int]]:
        """Find the nearest hashes.

        Parameters
        ----------
        query : bytes
            32 bytes.
        max_distance : int
            Most bits that may differ, of 256.
        limit : int
            Most answers.

        Returns
        -------
        list of (int, int)
            Number and distance of each, nearest first, then earliest first.
        """
        target = np.frombuffer(query, np.uint64)
        size = self._size  # before the array: if it is replaced in between, the new one holds more
        words = self._words
        numbers, distances = [], []
        for start in range(0, size, _CHUNK):
            chunk = words[start : min(start + _CHUNK, size)]
            bits = np.bitwise_count(chunk ^ target).sum(axis=1, dtype=np.int64)
            close = np.flatnonzero(bits <= max_distance)
            numbers.append(close + start)
            distances.append(bits[close])
        if not numbers:
            return []
        number, distance = np.concatenate(numbers), np.concatenate(distances)
        best = np.argsort(distance, kind="stable")[:limit]
        return list(zip(number[best].tolist(), distance[best].tolist(), strict=True))
