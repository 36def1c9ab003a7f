"""The machine's clock, compared with others: what is claimed of it, and when nothing is."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provenance.case import Clock, Reference, Source, Tracer, ask_authority, ask_ntp
from provenance.case.clock import FIXED_CLOCK, MACHINE_CLOCK, NOT_COMPARED, compare_clock
from provenance.case.other_clocks import find_authority
from provenance.errors import TimestampError
from provenance.language import message
from provenance.timestamps import TimeStamps
from provenance.verify import Verifier
from tests.timestamping import time_stamp_authority

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OTHER = message("another clock")
NTP_EPOCH = datetime(1900, 1, 1, tzinfo=UTC)


def clock(*times: datetime) -> Clock:
    each = iter(times)
    return Clock(MACHINE_CLOCK, lambda: next(each))


@pytest.mark.parametrize(
    ("before", "after", "other", "step", "seconds"),
    [
        (0, 0, 0, 0, 1),
        (0, 2, 1, 0, 1),
        (0, 0, -90, 0, 90),
        (0, 5, 60, 0, 60),
        (0.5, 0.6, 0, 1, 1),
        (0, 0, 0.2, 0, 1),
        (3600, 3600, 0, 0, "3,600"),
    ],
)
def test_the_difference_is_bounded_never_guessed(
    before: float, after: float, other: float, step: float, seconds: object
) -> None:
    at = [NOON + timedelta(seconds=each) for each in (before, after, other)]
    reference = Reference(OTHER, lambda: at[2], timedelta(seconds=step))
    said = compare_clock(clock(at[0], at[1]), reference)
    assert said is not None
    assert f"at most {seconds} seconds" in said
    assert "another clock" in said


def test_nobody_is_asked_without_a_reference() -> None:
    assert compare_clock(clock(), None) == NOT_COMPARED


def test_a_fixed_time_is_no_clock_to_compare() -> None:
    def never() -> datetime:
        raise AssertionError("asked")

    fixed = Clock(FIXED_CLOCK, lambda: NOON)
    assert compare_clock(fixed, Reference(OTHER, never)) is None


def test_a_clock_that_does_not_answer_is_said() -> None:
    def fails() -> datetime:
        raise TimestampError("It did not answer.")

    said = compare_clock(clock(NOON, NOON), Reference(OTHER, fails))
    assert said is not None
    assert "could not be compared" in said


def test_only_an_authority_that_is_asked_anyway_is_a_reference() -> None:
    assert find_authority(None, ()) is None
    assert find_authority(TimeStamps(), ()) is None
    found = find_authority(TimeStamps("http://tsa.example/", "required"), ())
    assert found is not None
    assert found.step == timedelta(seconds=1)


def test_an_authority_that_is_not_trusted_is_no_reference(tmp_path: Path) -> None:
    with time_stamp_authority(tmp_path) as tsa:
        told = ask_authority(tsa.url, [tsa.root.certificate]).ask()
        assert abs(told - datetime.now(UTC)) < timedelta(hours=1)
        with pytest.raises(TimestampError, match="none of those"):
            ask_authority(tsa.url, ()).ask()


# --- NTP ------------------------------------------------------------------------------------------

Answer = Callable[[bytes], bytes]


@contextmanager
def ntp_server(answer: Answer) -> Iterator[int]:
    """Answer one question on loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            question, asker = server.recvfrom(1024)
            server.sendto(answer(question), asker)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(timeout=10)


def reply(
    question: bytes, time: datetime = NOON, *, head: int = 0b00_100_100, stratum: int = 2
) -> bytes:
    """An answer as servers give it (RFC 5905): it repeats when it was asked."""
    seconds = int((time - NTP_EPOCH).total_seconds()) % 2**32
    origin = struct.unpack(">2I", question[40:48])
    return struct.pack(
        ">BBbb11I", head, stratum, 0, 0, 0, 0, 0, 0, 0, *origin, 0, 0, seconds, 2**31
    )


@pytest.mark.parametrize("time", [NOON, datetime(2036, 3, 1, 12, tzinfo=UTC)])
def test_ntp_gives_the_time(time: datetime) -> None:
    with ntp_server(lambda question: reply(question, time)) as port:
        assert ask_ntp("127.0.0.1", port).ask() == time + timedelta(seconds=0.5)


@pytest.mark.parametrize(
    "answer",
    [
        lambda question: b"",
        lambda question: reply(question)[:40],
        lambda question: reply(bytes(48)),  # somebody who did not see the question
        lambda question: reply(question, stratum=0),
        lambda question: reply(question, stratum=16),
        lambda question: reply(question, head=0b00_100_011),
    ],
    ids=["empty", "short", "another question", "kiss of death", "unsynchronised", "not a server"],
)
def test_what_is_no_answer_is_refused(answer: Answer) -> None:
    with ntp_server(answer) as port, pytest.raises(TimestampError):
        ask_ntp("127.0.0.1", port).ask()


def test_a_server_with_an_impossible_name_is_refused() -> None:
    with pytest.raises(TimestampError, match="did not answer"):
        ask_ntp("x" * 300).ask()


def test_a_report_says_how_the_clock_was_compared(picture: bytes) -> None:
    reference = Reference(OTHER, lambda: datetime.now(UTC))
    case = Tracer(Verifier(), reference=reference).trace(Source(lambda: picture), "1")
    assert "Clock check" in case.files["report.html"].decode()
    assert b'"step":"clock"' in case.files["custody.jsonl"]
