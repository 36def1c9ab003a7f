"""The 96 bits: where each field lies, what fits, and what time they tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from provenance.errors import PayloadError
from provenance.watermark import Payload

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
    assert Payload.minute_of(datetime(2024, 1, 1, tzinfo=UTC)) == 0
    late = datetime(2026, 11, 22, 20, 15, 59, 999_999, tzinfo=UTC)
    assert Payload(0, 0, Payload.minute_of(late), 0).created == late.replace(
        second=0, microsecond=0
    )


def test_any_time_zone_is_the_same_minute() -> None:
    utc = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    kathmandu = utc.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert Payload.minute_of(kathmandu) == Payload.minute_of(utc)


def test_the_clock_ends_where_its_bits_end() -> None:
    last = Payload(0, 0, 2**26 - 1, 0).created
    assert last.year == 2151
    assert Payload.minute_of(last) == 2**26 - 1
    for outside in (last + timedelta(minutes=1), datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC)):
        with pytest.raises(PayloadError, match="2024 to 2151"):
            Payload.minute_of(outside)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(PayloadError, match="no time zone"):
        Payload.minute_of(datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test
