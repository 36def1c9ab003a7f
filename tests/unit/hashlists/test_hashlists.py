"""Hash lists: read in both forms, matched within the convention, purged for good."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance import hashlists
from provenance.errors import HashListError
from provenance.fingerprint import Pdq
from provenance.hashlists import Form, HashList, HashStatus, Matcher, load

ONE, TWO, THREE = ("1" * 64, "2" * 64, "3f" * 32)
HASHES = st.integers(0, 2**256 - 1).map(lambda number: f"{number:064x}")


def record(value: str, status: str = "Active", modified: int = 1, **more: Any) -> dict[str, Any]:
    kind = {"signalType": "ImagePDQ", "hashValue": value, "hashStatus": status}
    return {**kind, "lastModtimestamp": modified, **more}


def saved(folder: Path, content: object, name: str = "list.json") -> Path:
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def near(value: str, *, bits: int) -> str:
    """Flip that many bits of a hash, all over it."""
    flipped = int(value, 16)
    for at in Random(bits).sample(range(256), bits):
        flipped ^= 1 << at
    return f"{flipped:064x}"


def matches(found: HashList, value: str, quality: int = 100) -> list[tuple[int, tuple[str, ...]]]:
    return [(m.distance, m.cases) for m in Matcher([found]).match([Pdq(value, quality)])]


# --- reading -------------------------------------------------------------------------------------


def test_threatexchange_lines(tmp_path: Path) -> None:
    text = f"pdq {ONE}\n\n{TWO}\r\nPDQ\t{THREE.upper()}\nvpdq 0123\npdq {ONE}\n"
    found = hashlists.load(saved(tmp_path, text, "list.txt"))
    assert [value for (_, value), _ in found.list_live()] == [ONE, TWO, THREE]
    assert ("vpdq", "0123") in {r.key for r in found.records}


@pytest.mark.parametrize("wrapped", ["page", "list", "lines", "pages"])
def test_stopncii_records(tmp_path: Path, wrapped: str) -> None:
    records = [record(ONE, caseNumbers={"77": "Active"}), record(TWO, "Received")]
    content: object = {
        "page": {"count": 2, "hashRecords": records, "hasMoreRecords": False},
        "list": records,
        "lines": "\n".join(map(json.dumps, records)),
        "pages": "\n".join(json.dumps({"hashRecords": [each]}) for each in records),
    }[wrapped]
    found = hashlists.load(saved(tmp_path, content))
    assert [(r.value, r.cases) for r in found.live] == [(ONE, ("77",)), (TWO, ())]


@pytest.mark.parametrize(
    "text",
    [
        "pdq 12\n",
        "pdq " + "g" * 64,
        "hello\n",
        "{",
        "[1]",
        '[{"signalType": "ImagePDQ"}]',
        '[{"signalType": "ImagePDQ", "hashValue": "12"}]',
        '[{"signalType": "X", "hashValue": "12", "caseNumbers": [1]}]',
        '[{"signalType": "X", "hashValue": "12", "lastModtimestamp": "now"}]',
    ],
)
def test_a_damaged_list_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(HashListError, match=r"list\.json"):
        hashlists.load(saved(tmp_path, text))


def test_a_list_that_nests_too_deep_for_the_parser_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, "[]")
    monkeypatch.setattr(json, "loads", Mock(side_effect=RecursionError))
    with pytest.raises(HashListError, match=r"list\.json"):
        hashlists.load(path)


def test_a_list_that_can_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for name in ("none", "binary", "."):
        with pytest.raises(HashListError):
            hashlists.load(tmp_path / name)


# --- matching ------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(HASHES, st.integers(0, 60), st.integers(0, 100))
def test_a_match_is_near_and_of_good_quality(value: str, bits: int, quality: int) -> None:
    found = HashList("l", Form.LINES, (hashlists.HashRecord("pdq", value),))
    expected = [(bits, ())] if bits <= 31 and quality >= 50 else []
    assert matches(found, near(value, bits=bits), quality) == expected


def test_every_orientation_counts_and_the_nearest_is_told(tmp_path: Path) -> None:
    found = hashlists.load(saved(tmp_path, [record(ONE, caseNumbers={"1": "Active"})]))
    turned = [Pdq(TWO, 100), Pdq(near(ONE, bits=9), 100), Pdq(near(ONE, bits=3), 100)]
    (match,) = Matcher([found]).match(turned)
    assert (match.list, match.distance, match.cases) == ("list.json", 3, ("1",))


@pytest.mark.parametrize("status", ["Withdrawn", "Deleted", "Unknown", "Paused", None])
def test_what_is_not_live_is_never_matched(tmp_path: Path, status: str) -> None:
    found = hashlists.load(saved(tmp_path, [record(ONE, status)]))
    assert matches(found, ONE) == []


def test_the_later_record_counts_wherever_it_stands(tmp_path: Path) -> None:
    records = [record(ONE, "Withdrawn", 9), record(ONE, "Active", 3), record(TWO, "Active", 1)]
    found = hashlists.load(saved(tmp_path, records))
    assert matches(found, ONE) == []
    assert matches(found, TWO) == [(0, ())]


def test_a_hash_whose_cases_are_all_withdrawn_is_withdrawn(tmp_path: Path) -> None:
    gone = record(ONE, caseNumbers={"1": "Withdrawn", "2": "Deleted"})
    open_ = record(TWO, caseNumbers={"3": "Withdrawn", "4": "Active"})
    found = hashlists.load(saved(tmp_path, [gone, open_]))
    assert matches(found, ONE) == []
    assert matches(found, TWO) == [(0, ("4",))]
    assert [r.status for r in found.gone] == [HashStatus.WITHDRAWN]


# --- purging -------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(HASHES, st.sampled_from(list(HashStatus)), max_size=8), st.booleans())
def test_what_is_purged_is_gone(
    tmp_path_factory: pytest.TempPathFactory, wanted: dict[str, HashStatus], as_text: bool
) -> None:
    folder = tmp_path_factory.mktemp("lists")
    before = "".join(f"pdq {value}\n" for value in wanted)
    if not as_text:
        before = json.dumps([record(value) for value in wanted])
    file = saved(folder, before)
    changes = saved(folder, [record(v, s.value, 2) for v, s in wanted.items()], "changes.json")
    done = hashlists.update(file, [hashlists.load(changes)])
    gone = {value for value, status in wanted.items() if status.gone}
    assert done.purged == len(gone)
    assert not any(value in file.read_text() for value in gone)
    assert {r.value for r in hashlists.load(file).records} == wanted.keys() - gone
    assert done.live == sum(status.live for status in wanted.values())
    assert [path.name for path in folder.iterdir() if path.suffix == ".tmp"] == []


def test_a_record_keeps_what_is_not_understood_here(tmp_path: Path) -> None:
    feedback = [{"source": "site", "feedbackValue": "Blocked", "tags": ["x"]}]
    kept = record(ONE, CSPFeedbacks=feedback, caseNumbers={"1": "Active", "2": "Withdrawn"})
    video = {**record("aa"), "signalType": "VideoMD5"}
    file = saved(tmp_path, [kept, video, record(TWO, "Deleted")])
    assert hashlists.update(file).purged == 1
    one, other = json.loads(file.read_text())["hashRecords"]
    assert one == {**kept, "caseNumbers": {"1": "Active"}}
    assert other == {**video, "signalType": "VideoMD5"}


def test_a_list_is_made_when_there_is_none(tmp_path: Path) -> None:
    changes = [hashlists.load(saved(tmp_path, [record(ONE), record(TWO, "Deleted")]))]
    for name in ("new.json", "new.txt"):
        done = hashlists.update(tmp_path / name, changes)
        assert (done.added, done.purged, done.live) == (1, 0, 1)
        assert matches(hashlists.load(tmp_path / name), ONE) == [(0, ())]
    assert (tmp_path / "new.txt").read_text() == f"pdq {ONE}\n"


# --- lists as other tools write them --------------------------------------------------------------

MD5, SHA1, SHA256 = "0a" * 16, "1b" * 20, "2c" * 32
WAYS = {
    "lines": f"# ours\npdq {'3d' * 32}\n  # more\nmd5 {MD5}\nsha1 {SHA1}\nsha256 {SHA256}\n",
    "bare": f"{'3d' * 32}\n{MD5}\n{SHA1.upper()}\nsha256 {SHA256}\n",
    "dataset": (
        f"'Sample Data' pdq {'3d' * 32} FetchedSignalMetadata(x='y')\n"
        f'"It\'s ours" video_md5 {MD5} INVESTIGATION_SEED a b\n'
        f"'c' sha1 {SHA1}\n'c' sha256 {SHA256} z\n"
    ),
    "one of them": f"pdq {'3d' * 32} tags\nmd5 {MD5} tags\nsha1 {SHA1} t\nsha256 {SHA256} t\n",
    "one kind": f"{'3d' * 32} tags\n{MD5} tags\n{SHA1} t\nsha256 {SHA256}\n",
    "csv": (
        "collab,signal_type,signal_str,category,tags\n"
        f'"A, B",pdq,{"3d" * 32},MALICIOUS,a b\nC,md5,{MD5},x,\nC,sha1,{SHA1},x,\n'
        f"C,sha256,{SHA256},x,\n"
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_lists_as_tools_write_them(way: str, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text(WAYS[way])
    found = load(file)
    assert [v for (k, v), _ in found.list_live() if k == "pdq"] == ["3d" * 32]
    assert [v for (k, v), _ in found.list_live() if k != "pdq"] == [MD5, SHA1, SHA256]


def test_a_digest_matches_the_same_file_alone_however_flat(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text(WAYS["lines"])
    matcher = Matcher([load(file)])
    flat = [Pdq("0" * 64, 0)]
    (match,) = matcher.match(flat, {"sha1": SHA1, "md5": "ff" * 16})
    assert (match.kind, match.distance, match.list) == ("sha1", 0, "list.txt")
    assert matcher.match(flat, {"sha1": MD5, "sha256": "00" * 32}) == ()
    assert matcher.match(flat) == ()


@pytest.mark.parametrize(
    "text",
    [
        "md5 xyz\n",
        f"sha256 {MD5}\n",
        "collab,signal_type,signal_str\na,pdq\n",
        f"collab,signal_type,signal_str\na,pdq,{MD5}\n",
    ],
)
def test_damaged_digests_and_tables_are_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text(text)
    with pytest.raises(HashListError, match="Line "):
        load(file)
