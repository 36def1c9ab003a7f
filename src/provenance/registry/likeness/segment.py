"""One file of the index: hashes of a range of the log, and the tables that lead to them.

A file is written once, is mapped into memory by whoever searches, and is never changed. All numbers
are little-endian: the header, leaf indexes (N), hashes (N, 4), then for each table of
``word_tables`` the starts of its buckets and the numbers of its hashes.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from provenance.registry.likeness import word_tables
from provenance.registry.likeness.refusal import refuse_index
from provenance.registry.likeness.word_tables import Table

_HEADER = struct.Struct("<8sQQQ32s")  # magic, records, first leaf, leaf after the last, the log
_MAGIC = b"PDQNEAR1"
_WORDS = 4  # of 64 bits in a hash
_SCAN = 2**15  # hashes compared at once, so that temporary arrays stay in the processor's cache


@dataclass(frozen=True, eq=False)
class Segment:
    """Hashes of the records in a range of the log.

    Attributes
    ----------
    first, end : int
        The range of leaf indexes: first, and the one after the last.
    leaves : array of int64 (N,)
        Leaf indexes of the records, ascending.
    hashes : array of uint64 (N, 4)
        Their PDQ hashes.
    tables : tuple of Table
        The hashes by each of their words.
    """

    first: int
    end: int
    leaves: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    tables: tuple[Table, ...]

    def within(
        self, query: NDArray[np.uint64], max_distance: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give leaf index and distance of all hashes near ``query`` (4,), ordered by leaf index."""
        if max_distance > word_tables.REACH:
            parts = [self._compare(query, part, max_distance) for part in self._all_numbers()]
            return _join(parts)
        return self._compare(query, word_tables.find_candidates(query, self.tables), max_distance)

    def _all_numbers(self) -> Iterator[NDArray[np.int64]]:
        for start in range(0, len(self.leaves), _SCAN):
            yield np.arange(start, min(start + _SCAN, len(self.leaves)))

    def _compare(
        self, query: NDArray[np.uint64], numbers: NDArray[np.integer], max_distance: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        bits = _count_differing(self.hashes.take(numbers, axis=0), query)
        near = np.flatnonzero(bits <= max_distance)
        found, once = np.unique(numbers[near], return_index=True)
        return self.leaves[found], bits[near[once]]


def _count_differing(hashes: NDArray[np.uint64], query: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Count the bits in which each hash (N, 4) differs from one (4,)."""
    counts: NDArray[np.int64] = np.bitwise_count(hashes ^ query).astype(np.int64)
    return counts[:, 0] + counts[:, 1] + counts[:, 2] + counts[:, 3]  # faster than along rows


def _join(
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64]]],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    empty = np.empty(0, np.int64)
    return (
        np.concatenate([empty, *(leaves for leaves, _ in parts)]),
        np.concatenate([empty, *(bits for _, bits in parts)]),
    )


def encode_segment(
    origin: str, first: int, end: int, leaves: NDArray[np.int64], hashes: NDArray[np.uint64]
) -> Iterator[bytes | memoryview]:
    """Give the parts of a segment's file; one table is in memory at a time."""
    size = len(leaves)
    yield _HEADER.pack(_MAGIC, size, first, end, _digest(origin))
    yield np.ascontiguousarray(leaves, "<i8").data.cast("B")
    yield np.ascontiguousarray(hashes, "<u8").data.cast("B")
    words = word_tables.cut_words(hashes)
    for word, width, buckets in zip(
        words, word_tables.WIDTHS, word_tables.count_buckets(size), strict=True
    ):
        table = word_tables.build_table(word, width, buckets)
        yield table.starts.astype("<u4", copy=False).data.cast("B")
        yield table.numbers.astype("<u4", copy=False).data.cast("B")


def open_segment(path: Path, origin: str) -> Segment:
    """Map a segment's file into memory.

    Raises
    ------
    OSError
        It can't be read, as when another process merged it into a longer one.
    RegistryDamagedError
        It was cut short, is of another kind, or belongs to another registry.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < _HEADER.size:
            raise refuse_index(path, "was cut short")
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    magic, count, first, end, log = _HEADER.unpack_from(data)
    if magic != _MAGIC:
        raise refuse_index(path, "is of another kind")
    if log != _digest(origin):
        raise refuse_index(path, "belongs to another registry")
    buckets = word_tables.count_buckets(count)
    if size != _HEADER.size + 8 * count * (1 + _WORDS) + sum(4 * (n + 1 + count) for n in buckets):
        raise refuse_index(path, "was cut short")

    offset = _HEADER.size
    leaves: NDArray[np.int64] = np.frombuffer(data, "<i8", count, offset)
    hashes: NDArray[np.uint64] = np.frombuffer(data, "<u8", _WORDS * count, offset + leaves.nbytes)
    rest: NDArray[np.uint32] = np.frombuffer(
        data, "<u4", -1, offset + leaves.nbytes + hashes.nbytes
    )
    tables, place = [], 0
    for number in buckets:
        middle, place_end = place + number + 1, place + number + 1 + count
        tables.append(Table(rest[place:middle], rest[middle:place_end]))
        place = place_end
    return Segment(first, end, leaves, hashes.reshape(count, _WORDS), tuple(tables))


def _digest(origin: str) -> bytes:
    return hashlib.sha256(origin.encode()).digest()
