"""Lists in all their forms: stamps in each, VICS and Graph API as their tools write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from provenance import hashlists
from provenance.errors import HashListError
from provenance.fingerprint import Pdq
from provenance.hashlists import (
    STAMP,
    Form,
    HashList,
    HashRecord,
    HashStatus,
    ListUse,
    Matcher,
    load,
)
from provenance.hashlists.salting import MOST_SALTS, salt_stamp
from provenance.stamp_id import StampId

ONE, TWO = "1" * 64, "2" * 64
MD5, SHA1, SHA256 = "0a" * 16, "1b" * 20, "2c" * 32
ID, OTHER = StampId("185820000105d841dd101ce4"), StampId("185820000105d841dd101ce5")
SALT = bytes(range(16))
WHOLE = HashRecord(
    "pdq", ONE, cases=("7", "8"), modified=1_760_000_000, also=((STAMP, ID), ("md5", MD5))
)


def saved(folder: Path, content: object, name: str = "list.json") -> Path:
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return file


def hashes(found: HashList) -> set[tuple[str, str]]:
    return {each for each, _ in found.list_live()}


# --- one picture, one record ---------------------------------------------------------------------


@pytest.mark.parametrize("form", Form)
def test_what_is_written_is_read_again(form: Form, tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_bytes(HashList("list", form, (WHOLE,)).write())
    found = load(file)
    assert found.form is form
    assert hashes(found) == set(WHOLE.hashes)
    held = {record.cases for record in found.records}
    assert held == ({("7", "8")} if form in (Form.STOPNCII, Form.VICS) else {()})
    assert HashList("list", form, found.records).write() == file.read_bytes()


def test_a_record_matches_by_hash_digest_and_stamp() -> None:
    matcher = Matcher([HashList("l", Form.STOPNCII, (WHOLE,))])
    assert matcher.has_stamps
    found = matcher.match([Pdq(ONE, 100)], {"md5": MD5}, [ID, OTHER])
    assert [(each.kind, each.stamp_id) for each in found] == [
        *(("md5", None), ("pdq", None), (STAMP, ID)),
    ]
    assert {each.cases for each in found} == {("7", "8")}
    assert matcher.match([], {}, [OTHER]) == ()
    assert (matcher.knows(ID), matcher.knows(OTHER)) == (True, False)


@pytest.mark.parametrize("gone", [("pdq", ONE), (STAMP, ID), ("md5", MD5)])
def test_who_takes_back_one_hash_takes_back_the_picture(
    gone: tuple[str, str], tmp_path: Path
) -> None:
    file, kept = tmp_path / "list.json", HashRecord("pdq", TWO)
    hashlists.add(file, [WHOLE, kept])
    news = HashRecord(*gone, HashStatus.WITHDRAWN, modified=WHOLE.modified + 1)
    done = hashlists.update(file, [HashList("news", Form.STOPNCII, (news,))])
    assert done.live == 1
    text = file.read_text()
    assert not any(value in text for _, value in WHOLE.hashes)


def test_a_picture_that_is_given_again_later_stays(tmp_path: Path) -> None:
    file = tmp_path / "list.json"
    hashlists.add(file, [WHOLE])
    news = HashRecord(STAMP, ID, HashStatus.WITHDRAWN, modified=WHOLE.modified - 1)
    hashlists.update(file, [HashList("news", Form.STOPNCII, (news,))])
    assert hashes(load(file)) == set(WHOLE.hashes)


def test_a_picture_stands_for_each_case_until_all_are_closed(tmp_path: Path) -> None:
    file = tmp_path / "list.json"
    hashlists.add(file, [HashRecord("pdq", ONE, cases=("1",), modified=5)])
    hashlists.add(file, [HashRecord("pdq", ONE, cases=("2",), modified=6, also=((STAMP, ID),))])
    (record,) = load(file).records
    assert (record.cases, record.also, record.modified) == (("1", "2"), ((STAMP, ID),), 6)
    assert hashlists.withdraw(file, "1").purged == 0
    assert load(file).records[0].cases == ("2",)
    assert hashlists.withdraw(file, "2").purged == 1
    assert ONE not in file.read_text()
    with pytest.raises(HashListError, match="holds nothing of case '2'"):
        hashlists.withdraw(file, "2")


def test_what_is_not_understood_survives_an_addition(tmp_path: Path) -> None:
    kept = {
        "signalType": "ImagePDQ",
        "hashValue": ONE,
        "hashStatus": "Active",
        "CSPFeedbacks": [{"source": "x"}],
        "caseNumbers": {"1": "Received"},
    }
    file = saved(tmp_path, [kept])
    hashlists.add(file, [HashRecord("pdq", ONE, cases=("2",), modified=9, also=((STAMP, ID),))])
    (record,) = json.loads(file.read_text())["hashRecords"]
    assert record["CSPFeedbacks"] == kept["CSPFeedbacks"]
    assert record["caseNumbers"] == {"1": "Received", "2": "Active"}
    assert record["otherHashes"] == {STAMP: ID}


def test_uses(tmp_path: Path) -> None:
    file = tmp_path / "list.json"
    hashlists.add(file, [HashRecord(STAMP, ID, use=ListUse.NO_TRAIN)])
    (match,) = Matcher([load(file)]).match([], {}, [ID])
    assert match.use is ListUse.NO_TRAIN
    with pytest.raises(HashListError, match="unknown use"):
        load(saved(tmp_path, [{"signalType": "x", "hashValue": "1", "use": "train"}]))


# --- stamps --------------------------------------------------------------------------------------


def test_stamps_in_lines(tmp_path: Path) -> None:
    text = f"# ours\nprovenance_stamp {ID.upper()} tags\n{OTHER}\n"
    found = load(saved(tmp_path, text, "list.txt"))
    assert hashes(found) == {(STAMP, ID), (STAMP, OTHER)}
    with pytest.raises(HashListError, match="24 hex digits"):
        load(saved(tmp_path, "provenance_stamp 12\n", "list.txt"))


def test_a_salted_stamp_is_found_and_tells_nothing(tmp_path: Path) -> None:
    public = hashlists.make_public(HashList("l", Form.STOPNCII, (WHOLE,)))
    file = tmp_path / "public.json"
    file.write_bytes(public.write())
    assert ID not in file.read_text()
    (record,) = load(file).records
    assert record.cases == ()
    (match,) = Matcher([load(file)]).match([], {}, [OTHER, ID])
    assert (match.stamp_id, match.kind) == (ID, "provenance_stamp_salted")


def test_a_salt_is_frozen() -> None:
    """Other implementations have to come to the same: scrypt, N 16384, r 8, p 1, 32 bytes."""
    import hashlib

    own = hashlib.scrypt(ID.payload, salt=SALT, n=16384, r=8, p=1, dklen=32)
    assert salt_stamp(ID, SALT) == f"{SALT.hex()}:{own.hex()}"


def test_editions_with_one_salt_can_be_compared() -> None:
    found = HashList("l", Form.STOPNCII, (WHOLE,))
    assert hashlists.make_public(found, salt=SALT) == hashlists.make_public(found, salt=SALT)
    assert hashlists.make_public(found) != hashlists.make_public(found)


def test_a_list_of_many_salts_is_refused() -> None:
    records = tuple(
        HashRecord("provenance_stamp_salted", f"{salt:032x}:{'0' * 64}")
        for salt in range(MOST_SALTS + 1)
    )
    with pytest.raises(HashListError, match="ask its maker"):
        Matcher([HashList("l", Form.LINES, records)])
    Matcher([HashList("l", Form.LINES, records[1:])])


# --- VICS ----------------------------------------------------------------------------------------

CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Cases"
MEDIUM: dict[str, Any] = {
    "MediaID": 1,
    "Category": 1,
    "MD5": MD5.upper(),
    "SHA1": SHA1.upper(),
    "MediaSize": 9,
    "AlternativeHashes": [
        {"HashName": "PhotoDNA", "HashValue": "AAMANwABAD0="},
        {"HashName": "PDQ", "HashValue": ONE},
        {"HashName": "ProvenanceStamp", "HashValue": ID},
    ],
    "DateUpdated": "2023-06-07T02:31:49.8300Z",
    "MediaFiles": [{"FileName": "a.jpg", "MD5": MD5}],
}


@pytest.mark.parametrize("shape", ["cases", "media", "bare", "marked"])
def test_vics(shape: str, tmp_path: Path) -> None:
    case = {"CaseID": "c", "CaseNumber": "2026-5", "Media": [MEDIUM]}
    content: object = {
        "cases": {"@odata.context": CONTEXT, "value": [case]},
        "media": {"@odata.context": CONTEXT.replace("Cases", "Media"), "value": [MEDIUM]},
        "bare": [MEDIUM],
        "marked": "\ufeff" + json.dumps({"value": [case]}),
    }[shape]
    found = load(saved(tmp_path, content))
    assert found.form is Form.VICS
    assert hashes(found) == {("md5", MD5), ("sha1", SHA1), ("pdq", ONE), (STAMP, ID)}
    (record,) = found.records
    assert ("photodna", "AAMANwABAD0=") in record.also
    assert record.cases == (("2026-5",) if shape in ("cases", "marked") else ())


def test_vics_keeps_what_is_not_understood_and_takes_more(tmp_path: Path) -> None:
    file = saved(tmp_path, {"@odata.context": CONTEXT, "value": [MEDIUM]}, "l.vics.json")
    more = HashRecord("md5", MD5, cases=("9",), also=(("sha256", SHA256), ("pdq", ONE)))
    hashlists.add(file, [more])
    (case,) = json.loads(file.read_text())["value"]
    (medium,) = case["Media"]
    assert case["CaseNumber"] == "9"
    assert medium["Category"] == 1
    assert medium["MediaFiles"] == MEDIUM["MediaFiles"]
    added = {"HashName": "SHA256", "HashValue": SHA256}
    assert medium["AlternativeHashes"] == [*MEDIUM["AlternativeHashes"], added]


def test_one_picture_in_two_cases(tmp_path: Path) -> None:
    cases = [{"CaseNumber": n, "Media": [MEDIUM]} for n in ("1", "2")]
    found = load(saved(tmp_path, {"@odata.context": CONTEXT, "value": cases}))
    assert [record.cases for record in found.records] == [("1", "2")]


@pytest.mark.parametrize(
    "value",
    [
        [{"MediaID": 1}],
        [{"CaseNumber": "1", "Media": {}}],
        [{"MD5": "12"}],
        [{"MD5": 12}],
        [{"MD5": MD5, "AlternativeHashes": {"a": 1}}],
        [{"MD5": MD5, "AlternativeHashes": [{"HashValue": "12"}]}],
        [{"MD5": MD5, "AlternativeHashes": [{"HashName": "PDQ", "HashValue": "12"}]}],
        [1],
    ],
)
def test_damaged_vics_is_refused(value: object, tmp_path: Path) -> None:
    with pytest.raises(HashListError, match=r"list\.json"):
        load(saved(tmp_path, {"@odata.context": CONTEXT, "value": value}))


# --- Graph API -----------------------------------------------------------------------------------


def update(value: str, *statuses: str, **more: Any) -> dict[str, Any]:
    opinions = [{"status": status, "tags": None, "owner": {"id": "1"}} for status in statuses]
    return {
        "id": value[:6],
        "indicator": value,
        "type": "HASH_PDQ",
        "last_updated": 7,
        "should_delete": False,
        "descriptors": {"data": opinions},
        **more,
    }


def test_graph_updates(tmp_path: Path) -> None:
    values = [f"{n}" * 64 for n in range(6)]
    page = [
        update(values[0], "MALICIOUS"),
        update(values[1], "NON_MALICIOUS", "SUSPICIOUS"),
        update(values[2], "NON_MALICIOUS"),
        update(values[3], "MALICIOUS", should_delete=True),
        update(values[4]),
        update(MD5, "MALICIOUS", type="HASH_MD5"),
    ]
    found = load(saved(tmp_path, {"data": page, "paging": {"next": "x"}}))
    assert found.form is Form.GRAPH
    assert hashes(found) == {("pdq", values[0]), ("pdq", values[1]), ("md5", MD5)}
    assert {record.value for record in found.gone} == {values[3], values[4]}


def test_graph_descriptors(tmp_path: Path) -> None:
    page = [
        {
            "id": "1",
            "raw_indicator": MD5,
            "type": "HASH_MD5",
            "status": "MALICIOUS",
            "indicator": {"id": "2", "indicator": MD5, "type": "HASH_MD5"},
            "last_updated": "2020-07-01T18:31:15+0000",
        },
        {"id": "3", "indicator": {"indicator": ONE}, "type": "HASH_PDQ", "status": "UNKNOWN"},
    ]
    found = load(saved(tmp_path, {"data": page}))
    assert hashes(found) == {("md5", MD5)}
    assert [record.modified for record in found.records] == [1593628275, 0]


def test_graph_purges_and_stays_what_it_is(tmp_path: Path) -> None:
    file = saved(tmp_path, {"data": [update(ONE, "MALICIOUS"), update(TWO, "MALICIOUS")]})
    gone = {"data": [update(ONE, should_delete=True, last_updated=8)]}
    done = hashlists.update(file, [load(saved(tmp_path, gone, "news.json"))])
    assert done.purged == 1
    assert json.loads(file.read_text()) == {"data": [update(TWO, "MALICIOUS")]}


@pytest.mark.parametrize("record", [{"indicator": "12"}, {"indicator": 1, "type": "HASH_MD5"}, 7])
def test_damaged_graph_json_is_refused(record: object, tmp_path: Path) -> None:
    with pytest.raises(HashListError, match=r"list\.json"):
        load(saved(tmp_path, {"data": [record]}))


# --- tables --------------------------------------------------------------------------------------


def test_a_table_stays_one(tmp_path: Path) -> None:
    text = (
        "collab,signal_type,signal_str,category,tags\r\n"
        f'"A, B",pdq,{ONE},POSITIVE_CLASS,a b\r\nC,md5,{MD5},POSITIVE_CLASS,\r\n'
    )
    file = saved(tmp_path, text, "list.csv")
    hashlists.add(file, [HashRecord(STAMP, ID)])
    lines = file.read_text().splitlines()
    assert lines == [
        "collab,signal_type,signal_str,category,tags",
        f"C,md5,{MD5},POSITIVE_CLASS,",
        f'"A, B",pdq,{ONE},POSITIVE_CLASS,a b',
        f",provenance_stamp,{ID},,",
    ]


def test_names_choose_the_form_of_a_new_list(tmp_path: Path) -> None:
    for name, form in {
        "a.json": Form.STOPNCII,
        "a.vics.json": Form.VICS,
        "a.csv": Form.CSV,
        "a.txt": Form.LINES,
        "A.JSON": Form.STOPNCII,
    }.items():
        hashlists.add(tmp_path / name, [WHOLE])
        assert load(tmp_path / name).form is form
