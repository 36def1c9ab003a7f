from __future__ import annotations

import importlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from provenance.batch import Failure, choose_jobs, run
from provenance.batch.pool import WINDOW_PER_JOB
from provenance.errors import ConfigError, InternalError
from provenance.workers import Allowance

if TYPE_CHECKING:
    from tests.unit.batch.tasks import Acting


@pytest.fixture
def acting(monkeypatch: pytest.MonkeyPatch) -> type[Acting]:
    """The task; workers import its module by name, and so have to be told where it is."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    return importlib.import_module("tasks").Acting  # type: ignore[no-any-return]


def test_answers_come_in_order_from_several_processes(acting: type[Acting]) -> None:
    items = ["sleep 0.4", *(["sleep 0.02"] * 12), "sleep 0.2", "go"]
    answers = list(run(acting(), items, jobs=2))
    assert [item for item, _ in answers] == items
    assert len({answer for _, answer in answers}) == 2


@pytest.mark.parametrize("jobs", [0, 2])
def test_a_failure_does_not_stop_the_rest(acting: type[Acting], jobs: int) -> None:
    items = ["go", "refuse", "divide", "exhaust", "go"]
    answers = [answer for _, answer in run(acting(), items, jobs=jobs)]
    codes = [each.error.code if isinstance(each, Failure) else "" for each in answers]
    assert codes == ["", "input.corrupt", InternalError.code, "input.too_costly", ""]


def test_a_crash_fails_its_item_and_no_other(acting: type[Acting]) -> None:
    items = ["go", "die", "leave", "go", "go", "die"]
    answers = [answer for _, answer in run(acting(), items, jobs=2)]
    crashed = [str(each.error) for each in answers if isinstance(each, Failure)]
    assert [isinstance(each, Failure) for each in answers] == [
        item in ("die", "leave") for item in items
    ]
    assert "SIGSEGV" in crashed[0]
    assert "status 3" in crashed[1]


def test_an_item_over_the_allowance_fails_and_no_other(acting: type[Acting]) -> None:
    items = ["go", "sleep 60", "go"]
    allowance = Allowance(memory=2**30, seconds=1)
    answers = [answer for _, answer in run(acting(), items, jobs=2, allowance=allowance)]
    assert [isinstance(each, Failure) and each.error.code for each in answers] == [
        False,
        "input.too_costly",
        False,
    ]


def test_work_is_drawn_no_further_than_memory_allows(acting: type[Acting]) -> None:
    drawn = 0

    def items() -> Iterator[str]:
        nonlocal drawn
        for item in ["sleep 1", *["go"] * 500]:
            drawn += 1
            yield item

    answers = run(acting(), items(), jobs=2)
    next(answers)
    assert drawn <= 2 * WINDOW_PER_JOB
    assert sum(1 for _ in answers) == 500


@pytest.mark.parametrize("jobs", [0, 2])
def test_work_that_can_not_begin_is_an_error_of_the_run(acting: type[Acting], jobs: int) -> None:
    with pytest.raises(ConfigError):
        list(run(acting(ready=False), ["go"], jobs=jobs))


def test_an_interruption_ends_what_is_in_work_and_starts_nothing_more(
    acting: type[Acting], tmp_path: Path
) -> None:
    files = [tmp_path / str(number) for number in range(3)]
    items = ["go", "sleep 0.5", *(f"touch {file}" for file in files), *["sleep 0.1"] * 40]
    done: list[str] = []
    before = signal.getsignal(signal.SIGINT)
    answers = run(acting(), items, jobs=1)
    done.append(next(answers)[0])
    os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        done.extend(item for item, _ in answers)
    assert done == items[: len(done)]
    assert 1 < len(done) < 10
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_interruption_does_not_wait(acting: type[Acting]) -> None:
    answers = run(acting(), ["go", "sleep 60"], jobs=1)
    next(answers)
    os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
    answers.close()  # type: ignore[attr-defined]


def test_few_pictures_need_no_workers() -> None:
    assert [choose_jobs(count) for count in (1, 4)] == [0, 0]
    assert 1 <= choose_jobs(5) <= choose_jobs(10_000) <= 8
