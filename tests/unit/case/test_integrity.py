"""A case folder is what its examiner signed, or the check names what is not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.case import CaseFile, Source, Tracer, check, read_time_stamp
from provenance.case.folder import seal
from provenance.errors import TimestampError, UnreadableInputError
from provenance.timestamps import TimeStamps, ask
from tests.authority import Authority
from tests.timestamping import TimeStampAuthority, time_stamp_authority
from tests.unit.case.conftest import Examiner, new_examiner

Written = Callable[..., Path]


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeStampAuthority]:
    with time_stamp_authority(tmp_path_factory.mktemp("tsa")) as authority:
        yield authority


@pytest.fixture(scope="module")
def stamped(tracer: Tracer, picture: bytes, tsa: TimeStampAuthority) -> CaseFile:
    """A case with a time stamp."""
    own = replace(tracer, stamps=TimeStamps(tsa.url, "required"))
    return own.trace(Source(lambda: picture), "1")


def names(folder: Path, examiner: Examiner) -> set[str]:
    return {fault.file for fault in check(folder, [examiner.certificate])}


def test_an_unchanged_folder_has_no_faults(written: Written, examiner: Examiner) -> None:
    assert check(written(), [new_examiner().certificate, examiner.certificate]) == ()


@pytest.fixture(scope="module")
def one(stamped: CaseFile, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CaseFile]:
    case = stamped
    folder = tmp_path_factory.mktemp("cases")
    for name, data in case.files.items():
        (folder / name).write_bytes(data)
    return folder, case


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_changed_byte_in_any_file_is_named(
    one: tuple[Path, CaseFile], examiner: Examiner, data: st.DataObject
) -> None:
    folder, case = one
    name = data.draw(st.sampled_from(sorted(case.files)))
    content = bytearray(case.files[name])
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    (folder / name).write_bytes(content)
    try:
        faults = check(folder, [examiner.certificate])
    finally:
        (folder / name).write_bytes(case.files[name])
    assert any(name in str(fault) for fault in faults)
    assert check(folder, [examiner.certificate]) == ()


def test_a_missing_file_is_named(stamped: CaseFile, written: Written, examiner: Examiner) -> None:
    for name in stamped.files:
        folder = written(stamped)
        (folder / name).unlink()
        assert name in names(folder, examiner), name


def test_a_removed_time_stamp_is_missed(
    stamped: CaseFile, written: Written, examiner: Examiner
) -> None:
    folder = written(stamped)
    for name in (seal.TIME_STAMP, seal.TIME_STAMP_SIGNATURE):
        (folder / name).unlink()
    assert names(folder, examiner) == {seal.TIME_STAMP, seal.TIME_STAMP_SIGNATURE}


def test_an_added_file_folder_or_link_is_named(written: Written, examiner: Examiner) -> None:
    folder = written()
    (folder / "notes.txt").write_text("guilty")
    (folder / ".hidden").write_text("")
    (folder / "more").mkdir()
    (folder / "link").symlink_to("report.json")
    assert names(folder, examiner) == {"notes.txt", ".hidden", "more", "link"}


def test_a_huge_file_or_a_thousand_are_named_unread(written: Written, examiner: Examiner) -> None:
    folder = written()
    with (folder / "huge").open("wb") as file:
        file.truncate(2**40)  # takes no room on the disk
    extra = {f"z{number}" for number in range(200)}
    for name in extra:
        (folder / name).write_text("")
    assert names(folder, examiner) == {"huge", *extra}


def test_a_link_in_place_of_a_file_is_named(written: Written, examiner: Examiner) -> None:
    folder = written()
    (folder / "report.json").rename(folder.parent / "elsewhere.json")
    (folder / "report.json").symlink_to(folder.parent / "elsewhere.json")
    assert names(folder, examiner) == {"report.json"}


def test_another_key_is_named(
    written: Written, tracer: Tracer, picture: bytes, examiner: Examiner
) -> None:
    mallory = new_examiner()
    forged = replace(tracer, examiner=mallory.signer).trace(Source(lambda: picture), "1")
    folder = written(forged)
    (fault,) = check(folder, [examiner.certificate])
    assert fault.file == seal.SIGNATURE
    assert "another key" in fault.problem
    assert check(folder, [mallory.certificate]) == ()


def test_a_list_without_a_signature_is_nobodys(
    tracer: Tracer, picture: bytes, written: Written, examiner: Examiner
) -> None:
    unsigned = replace(tracer, examiner=None).trace(Source(lambda: picture), "1")
    assert names(written(unsigned), examiner) == {seal.SIGNATURE}


def test_the_custody_log_has_to_agree_with_the_files(
    case: CaseFile, written: Written, examiner: Examiner
) -> None:
    """Even the examiner can't exchange a report under a log that was written with another."""
    own = {name: data for name, data in case.files.items() if name not in seal.FILES}
    own["report.html"] = b"another"
    folder = written(replace(case, files=own | seal.seal(own, examiner.signer)))
    assert names(folder, examiner) == {"custody.jsonl"}


def test_openssl_takes_the_signature(case: CaseFile, examiner: Examiner) -> None:
    """DER over the list, as "openssl dgst -sha256 -verify" wants it."""
    key = examiner.certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(case.files[seal.SIGNATURE], case.files[seal.SUMS], ec.ECDSA(hashes.SHA256()))


def test_sha256sum_takes_the_list(case: CaseFile) -> None:
    lines = case.files[seal.SUMS].decode().splitlines()
    assert lines == [
        f"{hashlib.sha256(case.files[name]).hexdigest()}  {name}"
        for name in sorted(case.files.keys() - set(seal.FILES))
    ]


def test_a_time_stamp_is_of_the_signature_and_by_whom_the_user_trusts(
    stamped: CaseFile, case: CaseFile, written: Written, tsa: TimeStampAuthority
) -> None:
    folder = written(stamped)
    found = read_time_stamp(folder, [tsa.root.certificate])
    assert found is not None
    assert found.trusted
    assert abs(found.time - datetime.now(UTC)) < timedelta(minutes=5)
    other = read_time_stamp(folder, [Authority("Another").certificate])
    assert other is not None
    assert not other.trusted
    assert read_time_stamp(written(case), [tsa.root.certificate]) is None
    (folder / seal.SIGNATURE).write_bytes(b"another")
    with pytest.raises(TimestampError, match="something else"):
        read_time_stamp(folder, [tsa.root.certificate])


@pytest.mark.parametrize("answer", [503, b"no time stamp", b"", b"0" * 2**19])
def test_an_authority_that_fails_costs_the_time_stamp_only_where_none_is_required(
    tracer: Tracer,
    picture: bytes,
    written: Written,
    examiner: Examiner,
    tsa: TimeStampAuthority,
    answer: int | bytes,
) -> None:
    tsa.answer = answer
    try:
        own = replace(tracer, stamps=TimeStamps(tsa.url, "best-effort"))
        case = own.trace(Source(lambda: picture), "1")
        assert seal.TIME_STAMP not in case.files
        assert check(written(case), [examiner.certificate]) == ()
        with pytest.raises(TimestampError):
            replace(own, stamps=TimeStamps(tsa.url, "required")).trace(Source(lambda: picture), "1")
    finally:
        tsa.answer = None


def test_nobody_is_asked_by_another_way_than_http(tmp_path: Path) -> None:
    for address in (f"file://{tmp_path}/x", "ftp://localhost/x", "http://127.0.0.1:9/"):
        with pytest.raises(TimestampError):
            ask(address, b"data")


def test_the_stamp_of_another_question_is_refused(tsa: TimeStampAuthority) -> None:
    tsa.answer = ask(tsa.url, b"first")
    try:
        for data in (b"first", b"second"):
            with pytest.raises(TimestampError, match=r"another question|something else"):
                ask(tsa.url, data)
    finally:
        tsa.answer = None


def test_no_folder_is_bad_input(tmp_path: Path, examiner: Examiner) -> None:
    with pytest.raises(UnreadableInputError):
        check(tmp_path / "none", [examiner.certificate])


@pytest.mark.parametrize(
    "sums",
    [
        b"nonsense",
        b"0" * 64 + b"  a\n" + b"0" * 64 + b"  a\n",
        b"0" * 64 + b"  ../a\n",
        b"0" * 64 + b"  SHA256SUMS.sig\n",
        b"0" * 64 + b" *a\n",
        b"0" * 64 + b"  b\n" + b"0" * 64 + b"  a\n",
    ],
)
def test_a_list_that_was_not_written_here_is_refused(sums: bytes) -> None:
    with pytest.raises(ValueError, match="not a list"):
        seal.parse_sums(sums)
