from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from provenance.canonical import to_canonical_json, to_utc_text
from provenance.certificates import SignerCertificate, describe, load_pem_chain, to_pem
from provenance.directory import (
    FIRST_SELF_DRAWN,
    BoundKey,
    CertificateBinding,
    Directory,
    DirectoryModel,
    DirectoryProducer,
    EntryStatus,
    IssuerBinding,
    KeyUse,
    Standing,
    draw_number,
    export,
    is_self_drawn,
)
from provenance.errors import DirectoryError
from provenance.signers import LogKey, Signer, pem_file
from provenance.signers.development import create

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Site:
    """A producer with a development authority of its own."""

    signer: Signer
    anchors: tuple[x509.Certificate, ...]
    certificate: SignerCertificate


def site(name: str) -> Site:
    keys = create(name)
    anchors = load_pem_chain(keys.authority)
    signer = pem_file.load(keys.signer, keys.signer)
    chain = load_pem_chain(signer.certificate_chain)
    return Site(signer, anchors, describe(chain, anchors))


OURS = site("Example AI")
OTHERS = site("Another AI")
ASSIGNED, DRAWN = 7, FIRST_SELF_DRAWN + 12_345

ENTRY = DirectoryProducer(
    number=ASSIGNED,
    name="Example AI",
    contact="abuse@example.com",
    binding=CertificateBinding(OURS.certificate.sha256),
    valid_from=NOW - 10 * DAY,
    models=(DirectoryModel(1, "example-diffusion", "3"), DirectoryModel(2, "example", "")),
)
SELF_DRAWN = replace(
    ENTRY,
    number=DRAWN,
    name="Beispiel „KI“",
    binding=IssuerBinding(
        OURS.certificate.issuers[0],
        load_pem_chain(OURS.certificate.pem)[0].subject.rfc4514_string(),
    ),
    valid_to=NOW + 10 * DAY,
    revoked_at=NOW,
    reason="key lost",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "directory.json"
    path.write_bytes(export([SELF_DRAWN, ENTRY], OURS.signer, NOW))
    return path


# --- files ---------------------------------------------------------------------------------------


def test_what_is_exported_is_read_back(path: Path) -> None:
    directory = Directory.load([path], OURS.anchors)
    assert directory.producers == (ENTRY, SELF_DRAWN)


def test_the_file_is_readable_and_may_be_laid_out_anew(path: Path) -> None:
    file = json.loads(path.read_text("utf-8"))
    assert file["payload"]["type"] == "provenance.directory.3"
    assert "„KI“" in path.read_text("utf-8")
    path.write_text(json.dumps(file, indent=4), "utf-8")
    assert Directory.load([path], OURS.anchors).knows(ASSIGNED)


@pytest.mark.parametrize("version", [1, 2])
def test_a_file_of_an_earlier_version_is_read(path: Path, version: int) -> None:
    entry = json.loads(path.read_text("utf-8"))["payload"]["producers"][0]
    for name in ("keys", "own", "authority")[: 4 - version]:
        entry.pop(name)
    payload = {
        "type": f"provenance.directory.{version}",
        "issued": to_utc_text(NOW),
        "producers": [entry],
    } | ({"valid_until": None} if version > 1 else {})
    signed = OURS.signer.sign(to_canonical_json(payload))
    signature = {
        "certificates": OURS.signer.certificate_chain.decode(),
        "value": base64.b64encode(signed).decode(),
    }
    path.write_text(json.dumps({"payload": payload, "signature": signature}), "utf-8")
    (own,) = Directory.load([path], vetting=OURS.anchors).listings
    assert (own.entry, own.standing) == (ENTRY, Standing.VETTED)
    (own,) = Directory.load([path]).listings
    assert own.standing is Standing.SELF


def test_an_entry_brings_the_authority_that_it_binds_and_no_other(path: Path) -> None:
    theirs = to_pem(OTHERS.anchors[0]).decode()
    with pytest.raises(DirectoryError, match="not the issuer in its binding"):
        path.write_bytes(export([replace(SELF_DRAWN, authority=theirs)], OURS.signer, NOW))
    ours = to_pem(OURS.anchors[0]).decode()
    path.write_bytes(export([replace(SELF_DRAWN, authority=ours)], OURS.signer, NOW))
    (listing,) = Directory.load([path]).listings
    assert (listing.entry.authority, listing.standing) == (ours, Standing.SELF)


def test_an_entry_binds_the_keys_of_log_and_responses(path: Path) -> None:
    log = BoundKey(KeyUse.LOG, LogKey.generate().public.spki, NOW - DAY, NOW)
    entry = replace(ENTRY, keys=(log, replace(log, use=KeyUse.RESPONSE, valid_to=None)))
    path.write_bytes(export([entry], OURS.signer, NOW))
    (found,) = Directory.load([path], OURS.anchors).producers
    assert found == entry
    key = found.find_key(KeyUse.LOG, log.spki)
    assert key is not None
    valid = [key.is_valid_at(NOW + days * DAY) for days in (-2, -1, 0, 1)]
    assert valid == [False, True, True, False]
    with pytest.raises(DirectoryError, match="lists one key twice for one use"):
        export([replace(ENTRY, keys=(log, log))], OURS.signer, NOW)
    with pytest.raises(DirectoryError, match="not a public key"):
        export([replace(ENTRY, keys=(replace(log, spki=b"?"),))], OURS.signer, NOW)
    late = replace(log, valid_from=NOW + DAY)
    with pytest.raises(DirectoryError, match="before its valid_from"):
        export([replace(ENTRY, keys=(late,))], OURS.signer, NOW)


def test_an_authority_keeps_the_producers_own_word_and_may_not_change_its_keys(
    path: Path, tmp_path: Path
) -> None:
    """It may give another number, name or contact; who reads the file sees who signed what."""
    log = BoundKey(KeyUse.LOG, LogKey.generate().public.spki, NOW)
    path.write_bytes(export([replace(ENTRY, keys=(log,))], OURS.signer, NOW))
    (own,) = Directory.load([path]).producers
    assert own.own is not None
    office = tmp_path / "office.json"
    office.write_bytes(export([replace(own, number=9, name="Renamed")], OTHERS.signer, NOW))
    (listing,) = Directory.load([office], OTHERS.anchors).listings
    assert (listing.standing, listing.entry.name) == (Standing.AUTHORITY, "Renamed")
    assert listing.entry.own is not None
    assert listing.entry.own.signer_sha256 == OURS.certificate.sha256
    assert listing.entry.own.issued == NOW

    thief = replace(log, spki=LogKey.generate().public.spki)
    office.write_bytes(export([replace(own, keys=(thief,))], OTHERS.signer, NOW))
    with pytest.raises(DirectoryError, match="differs from the entry in its keys"):
        Directory.load([office], OTHERS.anchors)
    file = json.loads(path.read_text("utf-8"))
    file["payload"]["producers"][0]["contact"] = "thief@example.com"
    doctored = replace(own, own=replace(own.own, file=json.dumps(file)))
    office.write_bytes(export([doctored], OTHERS.signer, NOW))
    with pytest.raises(DirectoryError, match="changed after it was signed"):
        Directory.load([office], OTHERS.anchors)
    borrowed = replace(replace(ENTRY, keys=(log,)), own=own.own, binding=SELF_DRAWN.binding)
    office.write_bytes(export([borrowed], OTHERS.signer, NOW))
    with pytest.raises(DirectoryError, match="differs from the entry in its binding"):
        Directory.load([office], OTHERS.anchors)


def test_several_files_merge(path: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.json"
    second.write_bytes(export([replace(ENTRY, number=8), ENTRY], OTHERS.signer, NOW))
    both = Directory.load([path, second], (*OURS.anchors, *OTHERS.anchors))
    assert [producer.number for producer in both.producers] == [ASSIGNED, 8, DRAWN]


def test_files_that_contradict_each_other_are_refused(path: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.json"
    second.write_bytes(export([replace(ENTRY, name="Impostor")], OURS.signer, NOW))
    with pytest.raises(DirectoryError, match="contradict each other about producer 7"):
        Directory.load([path, second], OURS.anchors)


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(DirectoryError, match=r"none.json can't be read: No such file"):
        Directory.load([tmp_path / "none.json"], OURS.anchors)


def test_a_directory_signed_by_a_stranger_is_refused(path: Path) -> None:
    for anchors in (OTHERS.anchors, ()):
        with pytest.raises(DirectoryError, match="speaks for itself alone"):
            Directory.load([path], anchors)


def test_a_signer_whose_certificate_had_run_out_is_refused(path: Path) -> None:
    for issued in (NOW - 400 * DAY, NOW + 400 * DAY):
        path.write_bytes(export([ENTRY], OURS.signer, issued))
        with pytest.raises(DirectoryError, match="speaks for itself alone"):
            Directory.load([path], OURS.anchors)


@pytest.mark.parametrize("stranger", ["certificates", "value"])
def test_a_signature_of_someone_else_is_refused(path: Path, stranger: str) -> None:
    file = json.loads(path.read_text("utf-8"))
    other = json.loads(export([SELF_DRAWN, ENTRY], OTHERS.signer, NOW))
    file["signature"][stranger] = other["signature"][stranger]
    path.write_text(json.dumps(file), "utf-8")
    with pytest.raises(DirectoryError, match="changed after it was signed"):
        Directory.load([path], (*OURS.anchors, *OTHERS.anchors))


CHANGES: dict[str, Callable[[Any], object]] = {
    "a name": lambda payload: payload["producers"][0].update(name="Impostor"),
    "a number": lambda payload: payload["producers"][0].update(number=9),
    "an entry less": lambda payload: payload["producers"].pop(),
    "a revocation undone": lambda payload: payload["producers"][1].update(
        revoked_at=None, reason=None
    ),
    "its date": lambda payload: payload.update(issued="2026-01-01T00:00:00.000000Z"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_file_is_refused(path: Path, change: Callable[[Any], object]) -> None:
    file = json.loads(path.read_text("utf-8"))
    change(file["payload"])
    path.write_text(json.dumps(file), "utf-8")
    with pytest.raises(DirectoryError, match="changed after it was signed"):
        Directory.load([path], OURS.anchors)


def first(**values: object) -> Callable[[Any], object]:
    """Change the first producer."""
    return lambda file: file["payload"]["producers"][0].update(values)


def model(**values: object) -> Callable[[Any], object]:
    """Change the first producer's first model."""
    return lambda file: file["payload"]["producers"][0]["models"][0].update(values)


MALFORMED: dict[str, Callable[[Any], object]] = {
    "unknown key in the file": lambda file: file.update(comment=""),
    "no signature": lambda file: file.pop("signature"),
    "no value": lambda file: file["signature"].pop("value"),
    "signature that is no text": lambda file: file["signature"].update(value=5),
    "signature that is no base64": lambda file: file["signature"].update(value="ä"),
    "no certificates": lambda file: file["signature"].update(certificates="x"),
    "payload that is a list": lambda file: file.update(payload=[]),
    "another type": lambda file: file["payload"].update(type="provenance.directory.4"),
    "unknown key in the payload": lambda file: file["payload"].update(extra=1),
    "producers that are no list": lambda file: file["payload"].update(producers={}),
    "a producer twice": lambda file: file["payload"]["producers"].append(
        file["payload"]["producers"][0]
    ),
    "a producer that is no object": lambda file: file["payload"]["producers"].append(5),
    "unknown key in a producer": first(homepage="x"),
    "no name": lambda file: file["payload"]["producers"][0].pop("name"),
    "number 0": first(number=0),
    "number of 21 bits": first(number=2**20),
    "number that is a float": first(number=7.0),
    "number that is true": first(number=True),
    "empty name": first(name=" "),
    "name that steers a terminal": first(name="\x1b[2J"),
    "name that turns the line": first(name="\u202eIA elpmaxE"),
    "name that is no Unicode": first(name="\ud800"),
    "endless name": first(name="x" * 2000),
    "contact that is a list": first(contact=[]),
    "no binding": first(binding=None),
    "binding of two kinds": first(
        binding={"certificate": "0" * 64, "issuer": "0" * 64, "subject": "x"}
    ),
    "certificate that is no hash": first(binding={"certificate": "F" * 64}),
    "issuer without subject": first(binding={"issuer": "0" * 64}),
    "time without zone": first(valid_from="2026-01-01T00:00:00"),
    "time that is a number": first(valid_from=5),
    "valid to before from": first(valid_to="2000-01-01T00:00:00.000000Z"),
    "revoked without reason": first(revoked_at="2026-01-01T00:00:00.000000Z"),
    "reason without revocation": first(reason="x"),
    "models that are no list": first(models={}),
    "model number 0": model(number=0),
    "model number of 17 bits": model(number=2**16),
    "a model number twice": model(number=2),
    "a model twice": model(name="example", version=""),
    "model version that is a number": model(version=3),
    "unknown key in a model": model(alias="x"),
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_files_are_refused_in_one_sentence(
    path: Path, change: Callable[[Any], object]
) -> None:
    file = json.loads(path.read_text("utf-8"))
    change(file)
    path.write_text(json.dumps(file), "utf-8")
    with pytest.raises(DirectoryError) as caught:
        Directory.load([path], OURS.anchors)
    message = str(caught.value)
    assert message.startswith(f"The directory {path} can't be used: ")
    assert message.endswith(".")
    assert "changed after" not in message  # the schema speaks first, and names the place


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b'{"payload": NaN, "signature": {}}',
        b'{"payload": 1' + b"0" * 5000 + b', "signature": {}}',
        b'{"payload": {}, "payload": {}, "signature": {}}',
        b"-----BEGIN CERTIFICATE-----",
    ],
)
def test_what_is_no_directory_is_refused(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(DirectoryError, match="can't be used"):
        Directory.load([path], OURS.anchors)


def test_what_nests_too_deep_for_the_parser_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json, "loads", Mock(side_effect=RecursionError))
    with pytest.raises(DirectoryError, match="It is not a JSON file"):
        Directory.load([path], OURS.anchors)


def test_a_file_has_a_limit(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provenance.directory.file.MAX_FILE_BYTES", 100)
    with pytest.raises(DirectoryError, match="over 100 bytes"):
        Directory.load([path], OURS.anchors)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(change=st.sampled_from(["number", "name", "binding", "valid_to", "models"]), value=JSON)
def test_any_value_in_any_place_raises_only_our_error(
    tmp_path_factory: pytest.TempPathFactory, change: str, value: Any
) -> None:
    path = tmp_path_factory.mktemp("any") / "directory.json"
    file = json.loads(export([ENTRY], OURS.signer, NOW))
    if file["payload"]["producers"][0][change] == value:
        return
    file["payload"]["producers"][0][change] = value
    path.write_text(json.dumps(file), "utf-8")
    with pytest.raises(DirectoryError):
        Directory.load([path], OURS.anchors)


@pytest.mark.parametrize(
    "entry",
    [
        replace(ENTRY, number=0),
        replace(ENTRY, name=""),
        replace(ENTRY, name="\ud800"),
        replace(ENTRY, revoked_at=NOW),
        replace(ENTRY, valid_from=NOW.replace(tzinfo=None)),
    ],
)
def test_what_no_reader_would_take_is_not_written(entry: DirectoryProducer) -> None:
    with pytest.raises(DirectoryError, match="can't be written"):
        export([entry], OURS.signer, NOW)


# --- who is who ----------------------------------------------------------------------------------


DIRECTORY = Directory([ENTRY, SELF_DRAWN])


def test_an_assigned_number_names_its_producer() -> None:
    assert DIRECTORY.producer(ASSIGNED) == ENTRY
    assert DIRECTORY.model(ASSIGNED, 1) == DirectoryModel(1, "example-diffusion", "3")
    assert DIRECTORY.model(ASSIGNED, 3) is None


def test_a_self_drawn_number_names_nobody_without_a_certificate() -> None:
    assert DIRECTORY.knows(DRAWN)
    assert DIRECTORY.producer(DRAWN) is None
    assert DIRECTORY.model(DRAWN, 1) is None
    assert DIRECTORY.producer(DRAWN, OURS.certificate) == SELF_DRAWN
    assert DIRECTORY.model(DRAWN, 2, OURS.certificate) == DirectoryModel(2, "example", "")


@pytest.mark.parametrize("number", [ASSIGNED, DRAWN])
def test_someone_elses_certificate_is_not_bound(number: int) -> None:
    assert DIRECTORY.binds(number, OURS.certificate)
    assert not DIRECTORY.binds(number, OTHERS.certificate)
    assert DIRECTORY.producer(number, OTHERS.certificate) is None
    assert DIRECTORY.model(number, 1, OTHERS.certificate) is None


def test_an_issuer_binding_needs_issuer_and_subject() -> None:
    binding = SELF_DRAWN.binding
    assert isinstance(binding, IssuerBinding)
    assert binding.covers(OURS.certificate)
    assert not binding.covers(OTHERS.certificate)
    assert not replace(binding, subject="CN=x").covers(OURS.certificate)
    assert not replace(binding, sha256=OTHERS.certificate.issuers[0]).covers(OURS.certificate)
    # An issuer that merely shares the name, without having signed, is not in `issuers`.
    assert not binding.covers(replace(OURS.certificate, issuers=()))


def test_unknown_numbers() -> None:
    assert not DIRECTORY.knows(8)
    assert DIRECTORY.producer(8) is None
    assert not DIRECTORY.binds(8, OURS.certificate)
    assert DIRECTORY.status_at(8, NOW) is EntryStatus.UNKNOWN
    assert Directory().producers == ()


@pytest.mark.parametrize(
    ("days", "status"),
    [
        (-11, EntryStatus.NOT_YET_VALID),
        (-10, EntryStatus.VALID),
        (-1, EntryStatus.VALID),
        (0, EntryStatus.REVOKED),
        (11, EntryStatus.REVOKED),
    ],
)
def test_status_of_a_revoked_producer(days: int, status: EntryStatus) -> None:
    assert DIRECTORY.status_at(DRAWN, NOW + days * DAY) is status


def test_status_without_revocation() -> None:
    ending = replace(ENTRY, valid_to=NOW)
    assert ending.status_at(NOW) is EntryStatus.VALID
    assert ending.status_at(NOW + DAY) is EntryStatus.EXPIRED
    assert ENTRY.status_at(NOW + 10_000 * DAY) is EntryStatus.VALID


def test_drawn_numbers_lie_where_no_directory_assigns() -> None:
    drawn = {draw_number() for _ in range(1000)}
    assert all(FIRST_SELF_DRAWN <= number < 2**20 for number in drawn)
    assert all(is_self_drawn(number) for number in drawn)
    assert len(drawn) > 900
    assert not is_self_drawn(FIRST_SELF_DRAWN - 1)
