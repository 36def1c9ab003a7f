"""The likeness index: exact, shared, and never of another registry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from provenance.errors import ConfigError, RegistryDamagedError
from provenance.fingerprint import MATCH_DISTANCE
from provenance.registry import open_registry
from provenance.registry.likeness import LikenessIndex, word_tables
from provenance.stamp_id import StampId
from tests.unit.registry.records import record

Hashes = NDArray[np.uint64]

ORIGIN = "example.com/log"


def draw_hashes(count: int, seed: int = 1) -> Hashes:
    """Hashes of which half lie near each other, as those of real pictures do."""
    rng = np.random.default_rng(seed)
    hashes = rng.integers(0, 2**64, (count, 4), dtype=np.uint64)
    hashes[::2] = hashes[0] ^ turn_bits(rng, 40, count)[::2]
    return hashes


def turn_bits(rng: np.random.Generator, bits: int, count: int = 1) -> Hashes:
    """Masks that turn so many of 256 bits."""
    turned = np.zeros((count, 256), np.uint8)
    for row in turned:
        row[rng.choice(256, bits, replace=False)] = 1
    return np.packbits(turned, axis=1).view(np.uint64)


def add(index: LikenessIndex, hashes: Hashes, first: int = 0) -> None:
    end = first + len(hashes)
    index.add(range(first, end), hashes.tobytes(), end)


def scan(hashes: Hashes, query: Hashes, most: int) -> list[tuple[int, int]]:
    bits = np.bitwise_count(hashes ^ query).sum(axis=1)
    return [(int(n), int(bits[n])) for n in np.flatnonzero(bits <= most)]


@given(
    size=st.sampled_from([1, 2, 3, 100, 5000]),
    seed=st.integers(0, 2**32 - 1),
    bits=st.integers(0, 40),
    most=st.integers(0, 256),
)
def test_the_index_finds_what_a_scan_finds(
    tmp_path_factory: pytest.TempPathFactory, size: int, seed: int, bits: int, most: int
) -> None:
    """At every distance, for hashes near one of it, in clumps and alone."""
    hashes = draw_hashes(size)
    index = LikenessIndex(tmp_path_factory.mktemp("index"), ORIGIN)
    add(index, hashes)
    rng = np.random.default_rng(seed)
    query = hashes[rng.integers(size)] ^ turn_bits(rng, bits)[0]
    assert index.within(query.tobytes(), most) == scan(hashes, query, most)


def test_the_index_reaches_as_far_as_hashes_match() -> None:
    assert word_tables.REACH >= MATCH_DISTANCE
    assert sum(word_tables.WIDTHS) == 256


def test_segments_are_merged_and_cover_the_log(tmp_path: Path) -> None:
    """Whoever adds little by little has few files, and finds the same."""
    hashes = draw_hashes(1000)
    index = LikenessIndex(tmp_path, ORIGIN)
    other = LikenessIndex(tmp_path, ORIGIN)
    for first in range(0, 1000, 50):
        add(index, hashes[first : first + 50], first)
    assert len(list(tmp_path.glob("*.pdq"))) <= 5
    assert other.end == 0
    for each in (index, LikenessIndex(tmp_path, ORIGIN)):
        assert (each.end, each.size) == (1000, 1000)
        assert each.within(hashes[7].tobytes(), 31) == scan(hashes, hashes[7], 31)


def test_what_another_process_added_is_not_added_twice(tmp_path: Path) -> None:
    hashes = draw_hashes(100)
    slow, quick = LikenessIndex(tmp_path, ORIGIN), LikenessIndex(tmp_path, ORIGIN)
    add(quick, hashes[:60])
    add(slow, hashes)
    assert (slow.end, slow.size) == (100, 100)
    assert slow.within(hashes[3].tobytes(), 0) == [(3, 0)]


def test_files_that_were_merged_stay_readable_for_whoever_has_them(tmp_path: Path) -> None:
    hashes = draw_hashes(100)
    index = LikenessIndex(tmp_path, ORIGIN)
    add(index, hashes[:40])
    reader = LikenessIndex(tmp_path, ORIGIN)
    add(index, hashes[40:], 40)
    assert reader.within(hashes[3].tobytes(), 0) == [(3, 0)]
    assert reader.end == 40


def test_an_index_of_another_registry_is_refused(tmp_path: Path) -> None:
    add(LikenessIndex(tmp_path, ORIGIN), draw_hashes(10))
    with pytest.raises(RegistryDamagedError, match="belongs to another registry"):
        LikenessIndex(tmp_path, "example.com/another")


def spoil(path: Path, start: int, data: bytes) -> None:
    content = bytearray(path.read_bytes())
    content[start : start + len(data)] = data
    path.write_bytes(content)


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    add(LikenessIndex(tmp_path, ORIGIN), draw_hashes(1000))
    (path,) = tmp_path.glob("*.pdq")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(RegistryDamagedError, match="cut short"):
        LikenessIndex(tmp_path, ORIGIN)
    path.write_bytes(b"")
    with pytest.raises(RegistryDamagedError, match="cut short"):
        LikenessIndex(tmp_path, ORIGIN)
    path.write_bytes(b"X" + whole[1:])
    with pytest.raises(RegistryDamagedError, match="another kind"):
        LikenessIndex(tmp_path, ORIGIN)
    tables = len(whole) - 4 * 1000
    path.write_bytes(whole[:tables] + b"\xff" * (4 * 1000))
    index = LikenessIndex(tmp_path, ORIGIN)
    with pytest.raises(RegistryDamagedError, match="--rebuild"):
        index.within(draw_hashes(1000)[0].tobytes(), 31)


# --- in a registry -------------------------------------------------------------------------------


def numbered(number: int) -> StampId:
    return StampId(f"{number:024x}")


def fill(folder: Path, numbers: Sequence[int]) -> None:
    with open_registry("sqlite:///stamps.db", base=folder, create=not numbers[0]) as registry:
        for number in numbers:
            registry.append(replace(record(number), stamp_id=numbered(number)), b"store")


def test_near_is_the_same_with_index_before_and_after_it_is_brought_up_to_date(
    tmp_path: Path,
) -> None:
    fill(tmp_path, range(20))
    uri, folder = "sqlite:///stamps.db", tmp_path / "likeness"
    with (
        open_registry(uri, base=tmp_path) as plain,
        open_registry(uri, read_only=True, base=tmp_path, index=folder) as indexed,
        open_registry(uri, read_only=True, base=tmp_path, index=folder) as other,
    ):
        query = record(5).pdq
        for most in (0, 31, 130, 256):
            assert indexed.near(query, most) == plain.near(query, most)
        assert other.update_index() == 20
        fill(tmp_path, range(20, 30))
        for registry in (indexed, other):
            for most in (0, 31, 130, 256):
                assert registry.near(query, most) == plain.near(query, most)
        assert other.update_index() == 30
        assert other.update_index(rebuild=True) == 30
        assert other.near(query, 256, limit=3) == plain.near(query, 256, limit=3)


def test_an_index_that_says_otherwise_than_the_records_is_refused(tmp_path: Path) -> None:
    """A registry restored from an older backup has other records at the same places."""
    fill(tmp_path, range(5))
    folder = tmp_path / "likeness"
    with open_registry("sqlite:///stamps.db", base=tmp_path, index=folder) as registry:
        add(LikenessIndex(folder, registry.origin), draw_hashes(5))
        with pytest.raises(RegistryDamagedError, match="does not fit the registry"):
            registry.near(record(5).pdq, 256)
        registry.update_index(rebuild=True)
        assert registry.near(record(3).pdq, 0) == [(replace(record(3), stamp_id=numbered(3)), 0)]


def test_without_a_folder_there_is_no_index(tmp_path: Path) -> None:
    fill(tmp_path, range(1))
    with (
        open_registry("sqlite:///stamps.db", base=tmp_path) as registry,
        pytest.raises(ConfigError, match=r"registry\.index"),
    ):
        registry.update_index()
