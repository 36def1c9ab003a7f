"""The published form of a log, C2SP's tlog-tiles: names, partial tiles, what an export writes."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import ConfigError, LogIntegrityError
from provenance.registry import Checkpoint, Registry, VerifierKey, cosign, open_registry
from provenance.registry.entry import read_entry
from provenance.registry.leaf import encode_leaf
from provenance.registry.log import Frontier, hash_leaf
from provenance.registry.tiles import export
from provenance.registry.tiles.layout import (
    WIDTH,
    Tile,
    decode_bundle,
    decode_tile,
    encode_bundle,
    list_levels,
    list_tiles,
)
from provenance.signers import LogKey
from tests.unit.registry.records import record

KEY = LogKey.generate()


@pytest.fixture
def uri(tmp_path: Path) -> str:
    (tmp_path / "log.pem").write_bytes(KEY.to_pem())
    return f"sqlite:///{tmp_path}/stamps.db"


@pytest.fixture
def registry(uri: str, tmp_path: Path) -> Iterator[Registry]:
    with open_registry(uri, tmp_path / "log.pem", create=True) as opened:
        yield opened


def fill(registry: Registry, start: int, end: int) -> None:
    """Append records; many from several threads, in any order, since they share commits."""

    def append(number: int) -> None:
        registry.append(record(number), b"store %d" % number, b"sealed account")

    with ThreadPoolExecutor(1 if end - start < 10 else 32) as pool:
        list(pool.map(append, range(start, end)))


def key_of(registry: Registry) -> VerifierKey:
    return VerifierKey(registry.origin, KEY.public)


def list_files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_names_are_those_of_the_specification() -> None:
    assert Tile(0, 1_234_067, WIDTH).name == "tile/0/x001/x234/067"
    assert Tile(2, 0, 1).name == "tile/2/000.p/1"
    assert Tile(None, 273, 112).name == "tile/entries/273.p/112"


def test_the_specifications_log_of_70000_entries_has_its_tiles() -> None:
    tiles = {level: list(list_tiles(level, 0, 70_000)) for level in list_levels(70_000)}
    widths = {level: [tile.width for tile in found] for level, found in tiles.items()}
    assert widths == {0: [WIDTH] * 273 + [112], 1: [WIDTH, 17], 2: [1]}
    assert [[each.name for each in list_tiles(level, 0, 256)] for level in list_levels(256)] == [
        ["tile/0/000"],
        ["tile/1/000.p/1"],
    ]
    assert list(list_levels(0)) == []


@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_what_changed_and_what_was_there_is_all(start: int, end: int) -> None:
    start, end = sorted((start, end))
    for level in list_levels(end):
        whole = list(list_tiles(level, 0, end))
        new = list(list_tiles(level, start, end))
        kept = list(list_tiles(level, 0, start))
        assert new == whole[len(whole) - len(new) :]
        assert all(tile in kept for tile in whole[: len(whole) - len(new)])


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=20))
def test_a_bundle_comes_back(entries: list[bytes]) -> None:
    bundle = encode_bundle(entries)
    assert decode_bundle(bundle, len(entries)) == entries
    assert decode_bundle(bundle, 1) == entries[:1]  # a fuller one stands for it
    for width, data in ((len(entries) + 1, bundle), (len(entries), bundle + b"\0"), (1, b"\0")):
        with pytest.raises(LogIntegrityError):
            decode_bundle(data, width)


def test_a_tile_has_the_length_that_it_should() -> None:
    assert decode_tile(bytes(range(64)), 2) == [bytes(range(32)), bytes(range(32, 64))]
    assert decode_tile(bytes(8192), 2) == [bytes(32)] * 2
    for data in (b"", bytes(63), bytes(96), bytes(8193)):
        with pytest.raises(LogIntegrityError):
            decode_tile(data, 2)


def test_an_export_holds_what_others_need_and_nothing_personal(
    registry: Registry, tmp_path: Path
) -> None:
    fill(registry, 0, 3)
    registry.revoke(record(1).stamp_id, "by mistake")
    done = export(registry, tmp_path / "public", key_of(registry))
    files = list_files(tmp_path / "public")
    assert (done.start, done.size, done.files) == (0, 4, len(files))
    assert files.pop("checkpoint").decode() == registry.checkpoint().text
    entries = decode_bundle(files.pop("tile/entries/000.p/4"), 4)
    assert entries[:3] == [encode_leaf(record(n), b"store %d" % n) for n in range(3)]
    revocation = read_entry(entries[3])
    assert revocation == registry.revocation(record(1).stamp_id)
    assert files.pop("tile/0/000.p/4") == b"".join(map(hash_leaf, entries))
    assert {hashlib.sha256(data).hexdigest() for data in files.values()} == {
        Path(name).stem for name in files
    }
    assert len(files) == 3
    everything = b"".join(list_files(tmp_path / "public").values())
    assert b"sealed account" not in everything


def test_tiles_lead_to_the_root_as_the_specification_says(
    registry: Registry, tmp_path: Path
) -> None:
    fill(registry, 0, 600)
    folder = tmp_path / "public"
    export(registry, folder, key_of(registry))
    leaves = b"".join(
        (folder / name).read_bytes() for name in ("tile/0/000", "tile/0/001", "tile/0/002.p/88")
    )
    frontier = Frontier()
    roots = []
    for index in range(600):
        frontier, _ = frontier.append(leaves[32 * index : 32 * (index + 1)])
        if (index + 1) % WIDTH == 0:
            tile = Frontier()
            for each in decode_tile(leaves[32 * (index - 255) : 32 * (index + 1)], WIDTH):
                tile, _ = tile.append(each)
            roots.append(tile.root)
    assert frontier.root == registry.checkpoint().root
    assert (folder / "tile/1/000.p/2").read_bytes() == b"".join(roots)


def test_an_export_goes_on_where_the_last_one_ended(registry: Registry, tmp_path: Path) -> None:
    """Step by step gives what one export of the end gives, and nothing is written twice."""
    key, folder = key_of(registry), tmp_path / "public"
    seen = dict[str, bytes]()
    for start, end in ((0, 0), (0, 5), (5, 255), (255, 256), (256, 257), (257, 600)):
        fill(registry, start, end)
        done = export(registry, folder, key)
        assert done.start == start
        files = list_files(folder)
        changed = {name for name in seen if name in files and files[name] != seen[name]}
        assert changed <= {"checkpoint"}
        gone = set(seen) - set(files)
        assert all(".p/" in name and name.split(".p/")[0] in files for name in gone)
        again = export(registry, folder, key)
        assert (again.files, list_files(folder)) == (0, files)
        seen = files
    export(registry, tmp_path / "whole", key)
    whole = list_files(tmp_path / "whole")
    assert {name: seen[name] for name in whole} == whole


def test_an_export_waits_for_its_own_files_and_no_others(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, folder = key_of(registry), tmp_path / "public"
    fill(registry, 0, 5)
    synced, sync = set[int](), os.fsync

    def watch(descriptor: int) -> None:
        synced.add(os.fstat(descriptor).st_ino)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    monkeypatch.setattr(os, "sync", lambda: pytest.fail("It waits for everybody's files."))
    export(registry, folder, key)
    written = [each for each in folder.rglob("*") if each.is_file() and each.name != ".lock"]
    assert len(written) >= 8
    assert {each.stat().st_ino for each in written} <= synced
    assert {each.parent.stat().st_ino for each in written} <= synced


def test_a_delta_completes_a_copy(registry: Registry, tmp_path: Path) -> None:
    key = key_of(registry)
    fill(registry, 0, 300)
    point = registry.checkpoint()
    fill(registry, 300, 310)
    done = export(registry, tmp_path / "delta", key, since=point)
    assert done.start == 300
    files = list_files(tmp_path / "delta")
    assert len([name for name in files if name.startswith("manifest/")]) == 10
    assert "tile/0/000" not in files
    export(registry, tmp_path / "old", key, head=point)
    with pytest.raises(ConfigError, match="ends before --since"):
        export(registry, tmp_path / "old", key, since=registry.checkpoint())


def test_a_cosigned_checkpoint_is_published_as_it_is(registry: Registry, tmp_path: Path) -> None:
    fill(registry, 0, 3)
    head = registry.checkpoint()
    fill(registry, 3, 5)
    cosigned = cosign(head, "example.org/w", LogKey.generate(), datetime(2026, 1, 1, tzinfo=UTC))
    export(registry, tmp_path / "public", key_of(registry), head=cosigned)
    files = list_files(tmp_path / "public")
    assert files["checkpoint"].decode() == cosigned.text
    assert "tile/0/000.p/3" in files
    export(registry, tmp_path / "public", key_of(registry))
    with pytest.raises(ConfigError, match="never taken back"):
        export(registry, tmp_path / "public", key_of(registry), head=cosigned)


def test_what_was_altered_is_not_published(registry: Registry, tmp_path: Path, uri: str) -> None:
    fill(registry, 0, 3)
    registry.close()
    with closing(sqlite3.connect(tmp_path / "stamps.db")) as db:
        db.execute("DROP TRIGGER records_update")
        db.execute("UPDATE records SET model = 'another' WHERE leaf_index = 1")
        db.commit()
    with open_registry(uri) as opened, pytest.raises(LogIntegrityError, match="Entry 1"):
        export(opened, tmp_path / "public", key_of(opened))
    assert not (tmp_path / "public" / "checkpoint").exists()


def test_what_was_published_is_not_overwritten(registry: Registry, tmp_path: Path) -> None:
    fill(registry, 0, 3)
    folder = tmp_path / "public"
    export(registry, folder, key_of(registry))
    (folder / "checkpoint").unlink()
    (folder / "tile/0/000.p/3").write_bytes(bytes(96))
    with pytest.raises(LogIntegrityError, match="altered after it was published"):
        export(registry, folder, key_of(registry))


def test_a_folder_of_another_log_is_refused(registry: Registry, tmp_path: Path) -> None:
    fill(registry, 0, 1)
    folder = tmp_path / "public"
    folder.mkdir()
    other = Checkpoint("another", 1, bytes(32)).sign(KEY)
    (folder / "checkpoint").write_text(other.text)
    with pytest.raises(LogIntegrityError, match="not another that was seen"):
        export(registry, folder, key_of(registry))
    (folder / "checkpoint").write_text("a letter")
    with pytest.raises(ConfigError, match="holds something else"):
        export(registry, folder, key_of(registry))


def test_a_log_that_others_could_not_check_is_not_published(
    registry: Registry, tmp_path: Path
) -> None:
    fill(registry, 0, 1)
    stranger = VerifierKey(registry.origin, LogKey.generate().public)
    with pytest.raises(LogIntegrityError, match="not signed by the log's key"):
        export(registry, tmp_path / "public", stranger)
