"""Nearest 256-bit hashes by popcount over all of them: exact, with no index that could go stale.

A scan takes a few milliseconds per million hashes on one core. Only pictures whose mark can't be
read need it, so that is enough until a registry outgrows one machine.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

HASH_BYTES = 32
"""Length of a hash."""

_CHUNK = 2**15  # hashes per step, so that temporary arrays stay in the processor's cache

_WORDS = 4  # 64-bit words of a hash


class HammingIndex:
    """A growing array of 256-bit hashes, numbered in the order they were added.

    One thread may add while others search: a search sees the hashes that were there when it began.
    """

    def __init__(self) -> None:
        # A row for each word, so that most hashes are ruled out by half of their words.
        self._words: NDArray[np.uint64] = np.empty((_WORDS, 1024), np.uint64)
        self._size = 0

    @property
    def size(self) -> int:
        """Number of hashes."""
        return self._size

    def extend(self, hashes: Sequence[bytes]) -> None:
        """Add hashes of 32 bytes each; an item may also be several of them, joined."""
        words = np.frombuffer(b"".join(hashes), np.uint64).reshape(-1, _WORDS).T
        size = self._size + words.shape[1]
        if size > self._words.shape[1]:
            grown = np.empty((_WORDS, max(size, 2 * self._words.shape[1])), np.uint64)
            grown[:, : self._size] = self._words[:, : self._size]
            self._words = grown
        self._words[:, self._size : size] = words
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
            chunk = words[:, start : min(start + _CHUNK, size)]
            half = np.bitwise_count(chunk[0] ^ target[0])
            half += np.bitwise_count(chunk[1] ^ target[1])
            likely = np.flatnonzero(half <= max_distance)
            rest = np.bitwise_count(chunk[2:, likely] ^ target[2:, None]).sum(
                axis=0, dtype=np.int64
            )
            bits = half[likely] + rest
            close = bits <= max_distance
            numbers.append(likely[close] + start)
            distances.append(bits[close])
        if not numbers:
            return []
        number, distance = np.concatenate(numbers), np.concatenate(distances)
        best = np.argsort(distance, kind="stable")[:limit]
        return list(zip(number[best].tolist(), distance[best].tolist(), strict=True))
