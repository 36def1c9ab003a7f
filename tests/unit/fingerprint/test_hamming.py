from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.fingerprint.hamming import HASH_BYTES, HammingIndex

HASHES = st.binary(min_size=HASH_BYTES, max_size=HASH_BYTES)


def distance(first: bytes, second: bytes) -> int:
    return (int.from_bytes(first, "big") ^ int.from_bytes(second, "big")).bit_count()


@given(st.lists(st.lists(HASHES, max_size=30), max_size=4), HASHES, st.integers(-1, 256))
def test_finds_what_a_plain_loop_finds(
    batches: list[list[bytes]], query: bytes, max_distance: int
) -> None:
    index = HammingIndex()
    for batch in batches:
        index.extend(batch)
    known = [item for batch in batches for item in batch]
    assert index.size == len(known)
    expected = sorted(
        (distance(item, query), number)
        for number, item in enumerate(known)
        if distance(item, query) <= max_distance
    )
    found = index.within(query, max_distance, limit=1000)
    assert [(away, number) for number, away in found] == expected


def test_limit_keeps_the_nearest() -> None:
    index = HammingIndex()
    index.extend([bytes([255]) * HASH_BYTES, bytes(31) + b"\x03", bytes(31) + b"\x01"])
    assert index.within(bytes(HASH_BYTES), 256, limit=2) == [(2, 1), (1, 2)]


@pytest.mark.parametrize("count", [1023, 1024, 1025, 65_536, 65_537, 131_073])
def test_growth_and_chunks_lose_nothing(count: int) -> None:
    rng = np.random.default_rng(count)
    hashes = [bytes(row) for row in rng.integers(0, 256, (count, HASH_BYTES), np.uint8)]
    index = HammingIndex()
    index.extend(hashes[: count // 2])
    index.extend(hashes[count // 2 :])
    for number in (0, count // 2, count - 1):
        assert index.within(hashes[number], 0, limit=10) == [(number, 0)]
