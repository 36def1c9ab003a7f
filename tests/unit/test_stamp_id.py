"""The 96 bits: where each field lies, what fits, and what time they tell."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import PayloadError
from provenance.stamp_id import Payload, StampId

LARGEST = {
    "version": 2**4 - 1,
    "producer": 2**20 - 1,
    "model": 2**16 - 1,
    "minute": 2**26 - 1,
    "serial": 2**30 - 1,
}


def test_fields_lie_big_endian_in_the_order_of_the_format() -> None:
    payload = Payload(
        version=1, producer=0x80001, model=0x8002, minute=0x2000003, serial=0x20000004
    )
    bits = (
        "0001"
        "10000000000000000001"
        "1000000000000010"
        "10000000000000000000000011"
        "100000000000000000000000000100"
    )
    assert payload.pack() == int(bits, 2).to_bytes(12, "big")
    assert Payload.unpack(payload.pack()) == payload


@pytest.mark.parametrize("field", LARGEST)
def test_each_field_fills_exactly_its_bits(field: str) -> None:
    zero = dict.fromkeys(LARGEST, 0)
    alone = Payload(**zero | {field: LARGEST[field]})
    rest = Payload(**LARGEST | {field: 0})
    assert int.from_bytes(alone.pack(), "big") + int.from_bytes(rest.pack(), "big") == 2**96 - 1
    for value in (LARGEST[field] + 1, -1):
        with pytest.raises(PayloadError, match=rf"{field} is {value}; it must lie in 0\.\."):
            Payload(**zero | {field: value})


def test_a_new_payload_has_the_format_version() -> None:
    assert Payload(1, 2, 3, 4).version == 1


def test_stamp_id_is_the_bytes_in_hex() -> None:
    payload = Payload(0xABCDE, 0xF012, 3, 4)
    assert payload.stamp_id == payload.pack().hex()
    assert len(payload.stamp_id) == 24


@pytest.mark.parametrize("length", [0, 11, 13])
def test_other_lengths_are_no_payload(length: int) -> None:
    with pytest.raises(PayloadError, match=f"this one has {length}"):
        Payload.unpack(bytes(length))


def test_minutes_count_from_2024_and_round_down() -> None:
    assert Payload(0, 0, 0, 0).created == datetime(2024, 1, 1, tzinfo=UTC)
    assert Payload.count_minutes(datetime(2024, 1, 1, tzinfo=UTC)) == 0
    late = datetime(2026, 11, 22, 20, 15, 59, 999_999, tzinfo=UTC)
    assert Payload(0, 0, Payload.count_minutes(late), 0).created == late.replace(
        second=0, microsecond=0
    )


def test_any_time_zone_is_the_same_minute() -> None:
    utc = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    kathmandu = utc.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert Payload.count_minutes(kathmandu) == Payload.count_minutes(utc)


def test_the_clock_ends_where_its_bits_end() -> None:
    last = Payload(0, 0, 2**26 - 1, 0).created
    assert last.year == 2151
    assert Payload.count_minutes(last) == 2**26 - 1
    for outside in (last + timedelta(minutes=1), datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC)):
        with pytest.raises(PayloadError, match="2024 to 2151"):
            Payload.count_minutes(outside)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(PayloadError, match="no time zone"):
        Payload.count_minutes(datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize(
    "junk",
    ["", "x", "0" * 23, "0" * 25, "A" * 24, "0" * 24 + "\n", "\ud800" * 24, "' OR 1", "١" * 24],
)
def test_junk_is_not_a_stamp_id(junk: str) -> None:
    assert StampId.parse(junk) is None
    with pytest.raises(PayloadError, match="24 lower-case hex digits"):
        StampId(junk)


@pytest.mark.parametrize("other", [None, 7, b"0" * 24, ["0" * 24]])
def test_what_is_not_text_is_not_a_stamp_id(other: object) -> None:
    assert StampId.parse(other) is None


@pytest.mark.parametrize("length", [0, 11, 13])
def test_other_lengths_are_not_a_stamp_id(length: int) -> None:
    with pytest.raises(PayloadError):
        StampId.from_payload(bytes(length))


@given(st.binary(min_size=12, max_size=12))
def test_a_stamp_id_is_its_payload_and_plain_text_everywhere_else(payload: bytes) -> None:
    stamp_id = StampId.from_payload(payload)
    assert stamp_id.payload == payload
    assert stamp_id == payload.hex() == str(stamp_id)
    assert StampId.parse(payload.hex()) == stamp_id
    assert json.dumps(stamp_id) == f'"{payload.hex()}"'
    for again in (pickle.loads(pickle.dumps(stamp_id)), copy.deepcopy(stamp_id)):
        assert type(again) is StampId
        assert again == stamp_id
