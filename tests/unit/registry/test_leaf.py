from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.canonical import to_canonical_json
from provenance.errors import LogIntegrityError, RegistryDamagedError, RegistryError
from provenance.records import Revocation, StampRecord
from provenance.registry.entry import read_entry
from provenance.registry.leaf import (
    FIELDS,
    LEAF_TYPE,
    MAX_STORE_BYTES,
    MAX_TEXT,
    encode_leaf,
    read_record,
    spell_record,
)
from provenance.registry.revocation import REVOCATION_TYPE, encode_revocation
from provenance.stamp_id import StampId

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
TIMES = st.datetimes(timezones=st.just(UTC))


def hexes(digits: int) -> st.SearchStrategy[str]:
    return st.text("0123456789abcdef", min_size=digits, max_size=digits)


RECORDS = st.builds(
    StampRecord,
    stamp_id=hexes(24).map(StampId),
    manifest_urn=TEXT,
    producer=st.integers(0, 2**20 - 1),
    producer_name=TEXT,
    model=TEXT,
    model_version=TEXT,
    model_number=st.integers(0, 2**16 - 1),
    created=TIMES,
    recorded=TIMES,
    sha256=hexes(64),
    format=TEXT,
    pdq=hexes(64),
    pdq_quality=st.integers(0, 100),
    lattice=TEXT,
    parent=st.none() | TEXT,
)
RECORD = StampRecord(
    stamp_id=StampId("0" * 24),
    manifest_urn="urn:c2pa:1",
    producer=524_289,
    producer_name="Example AI",
    model="example",
    model_version="3",
    model_number=1,
    created=datetime(2026, 1, 31, tzinfo=UTC),
    recorded=datetime(2026, 1, 31, tzinfo=UTC),
    sha256="0" * 64,
    format="PNG",
    pdq="0" * 64,
    pdq_quality=100,
    lattice="",
)


@given(RECORDS)
def test_columns_round_trip(record: StampRecord) -> None:
    assert read_record(spell_record(record)) == record


@given(RECORDS, RECORDS, st.sampled_from(FIELDS))
def test_every_field_is_in_the_leaf(record: StampRecord, other: StampRecord, name: str) -> None:
    changed = replace(record, **{name: getattr(other, name)})
    same = changed == record
    assert (encode_leaf(changed, b"store") == encode_leaf(record, b"store")) == same


@given(RECORDS, st.binary(), st.binary())
def test_the_store_is_in_the_leaf(record: StampRecord, store: bytes, other: bytes) -> None:
    assert (encode_leaf(record, store) == encode_leaf(record, other)) == (store == other)


UNFIT: dict[str, dict[str, Any]] = {
    "stamp_id": {"stamp_id": "0" * 23},
    "upper case": {"stamp_id": "A" * 24},
    "newline": {"stamp_id": "0" * 24 + "\n"},
    "sha256": {"sha256": "g" * 64},
    "pdq": {"pdq": ""},
    "producer": {"producer": 2**20},
    "model_number": {"model_number": -1},
    "pdq_quality": {"pdq_quality": 101},
    "no time zone": {"created": datetime(2026, 1, 31)},  # noqa: DTZ001 (the point of the case)
    "before the first year": {
        "recorded": datetime.fromisoformat("0001-01-01T00:00:00+01:00"),
    },
    "surrogate": {"model": "\udc00"},
    "NUL": {"producer_name": "a\0b"},
    "long": {"lattice": "x" * (MAX_TEXT + 1)},
}


@pytest.mark.parametrize("change", UNFIT.values(), ids=UNFIT.keys())
def test_what_no_record_can_have_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(RegistryError):
        encode_leaf(replace(RECORD, **change), b"")


def test_a_store_has_a_limit() -> None:
    with pytest.raises(RegistryError, match="67108865 bytes"):
        encode_leaf(RECORD, bytes(MAX_STORE_BYTES + 1))


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("value", [b"\xff", 2.5, 10**30, "\ud800"])
def test_columns_that_hold_no_record_are_damage(name: str, value: object) -> None:
    with pytest.raises(RegistryDamagedError, match="is damaged"):
        read_record(spell_record(RECORD) | {name: value})


REVOCATION = Revocation(RECORD.stamp_id, datetime(2026, 1, 1, tzinfo=UTC), "by mistake")
LEAVES = {
    LEAF_TYPE: json.loads(encode_leaf(RECORD, b"")),
    REVOCATION_TYPE: json.loads(encode_revocation(REVOCATION)),
}


@pytest.mark.parametrize("kind", LEAVES)
def test_an_entry_that_lacks_a_field_is_refused(kind: str) -> None:
    whole = LEAVES[kind]
    read_entry(to_canonical_json(whole))
    for name in whole:
        lacking = {key: value for key, value in whole.items() if key != name}
        with pytest.raises(LogIntegrityError):
            read_entry(to_canonical_json(lacking))


def test_the_fields_are_those_of_the_record() -> None:
    assert [field.name for field in fields(StampRecord)] == list(FIELDS)
