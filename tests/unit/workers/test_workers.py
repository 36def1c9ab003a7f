"""Workers: a job that is too costly or crashes costs one answer, and processes take turns."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest

from provenance.blas import VARIABLES
from provenance.errors import ConfigError
from provenance.progress import Stage, listen
from provenance.workers import Allowance, Failure, Worker, WorkerPool
from provenance.workers.allowance import LEAST_MEMORY
from provenance.workers.worker import GRACE_S

LINUX = sys.platform == "linux"
MIB = 2**20


@pytest.fixture
def acts(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The task's module; workers import it by name, and so have to be told where it is."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    return importlib.import_module("acts")


def do(pool: WorkerPool, item: str) -> object:
    with pool.lend() as worker:
        return ask(worker, item)


def ask(worker: Worker, item: str) -> object:
    worker.send(item)
    found = worker.receive()
    return (found.error.code, str(found.error)) if isinstance(found, Failure) else found


def test_a_worker_goes_on_after_a_failure(acts: ModuleType) -> None:
    pool = WorkerPool(acts.Acting(), 1, Allowance())
    before = do(pool, "go")
    assert do(pool, "refuse") == ("input.corrupt", "It is cut short.")
    assert do(pool, "go") == before
    pool.close()


def test_the_stages_of_its_work_are_heard_here(acts: ModuleType) -> None:
    pool = WorkerPool(acts.Acting(), 1, Allowance())
    heard: list[Stage] = []
    with listen(heard.append):
        first = do(pool, "stages")
    assert heard == [Stage.DECODING, Stage.MARKING]
    assert do(pool, "stages") == first  # nobody listens
    pool.close()


@pytest.mark.parametrize(
    ("item", "code", "word"),
    [
        ("signal SIGSEGV", "input.crashed", "SIGSEGV"),
        ("signal SIGBUS", "input.crashed", "SIGBUS"),
        ("leave", "input.crashed", "status 3"),
        ("signal SIGKILL", "input.too_costly", "512 MiB"),
        ("signal SIGABRT", "input.too_costly", "512 MiB"),
        *([("take 700000000", "input.too_costly", "512 MiB")] if LINUX else []),
        ("sleep 60", "input.too_costly", "1.5 s"),
    ],
)
def test_what_ends_a_job_is_told_apart(acts: ModuleType, item: str, code: str, word: str) -> None:
    pool = WorkerPool(acts.Acting(), 1, Allowance(memory=512 * MIB, seconds=1.5))
    before = do(pool, "go")
    found = do(pool, item)
    assert isinstance(found, tuple)
    assert found[0] == code
    assert word in found[1]
    assert found[1].endswith(".")
    after = do(pool, "go")
    assert isinstance(after, int)
    assert (after == before) == item.startswith("take")
    pool.close()


def test_the_parent_ends_what_does_not_end_by_itself(
    acts: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provenance.workers.worker.GRACE_S", -GRACE_S)
    worker = Worker(acts.Acting(), Allowance(seconds=GRACE_S))
    assert ask(worker, "sleep 60")[0] == "input.too_costly"  # type: ignore[index]
    assert not worker.alive


def test_the_time_of_a_job_counts_all_its_questions(acts: ModuleType) -> None:
    worker = Worker(acts.Acting(), Allowance(seconds=3))
    assert isinstance(ask(worker, "go"), int)
    worker.begin()
    found = [ask(worker, "sleep 1") for _ in range(4)]
    codes = [each[0] for each in found if isinstance(each, tuple)]
    assert codes[:1] == ["input.too_costly"]
    assert isinstance(found[0], int)


def test_another_process_takes_over_after_so_many_jobs(acts: ModuleType) -> None:
    pool = WorkerPool(acts.Acting(), 1, Allowance(jobs=2), acts.prepare)
    processes = [do(pool, item) for item in ["go", "refuse", "go", "go", "go"]]
    assert processes[2] == processes[3] != processes[0]
    assert processes[4] not in processes[:4]
    pool.close()


@pytest.mark.skipif(not LINUX, reason="elsewhere no process is forked")
def test_workers_share_what_was_prepared_by_a_process_with_one_thread(acts: ModuleType) -> None:
    pool = WorkerPool(acts.Acting(), 1, Allowance(jobs=1), acts.prepare)
    first, second = (do(pool, "prepared"), do(pool, "parent"))
    assert first == second  # by the same parent, which lives on
    assert do(pool, "threads") == 1
    pool.close()


def test_threads_share_a_pool(acts: ModuleType) -> None:
    pool = WorkerPool(acts.Acting(), 2, Allowance(jobs=3))
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.extend(do(pool, "go") for _ in range(10)))
        for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 50
    assert len(set(found)) > 2
    pool.close()


def test_workers_end_with_their_pool(acts: ModuleType) -> None:
    pool = WorkerPool(acts.Acting(), 1, Allowance())
    with pool.lend() as worker:
        process = worker.process
    del pool, worker
    assert process.poll() is not None


@pytest.mark.skipif(sys.platform == "win32", reason="there are no process groups")
def test_an_interrupt_at_the_terminal_does_not_reach_a_worker(acts: ModuleType) -> None:
    """A terminal sends it to the group in the foreground, also while a worker still starts."""
    worker = Worker(acts.Acting(), Allowance())
    assert os.getpgid(worker.process.pid) != os.getpgrp()
    process = ask(worker, "go")
    assert isinstance(process, int)
    os.kill(process, signal.SIGINT)
    assert ask(worker, "go") == process
    worker.close()


@pytest.mark.skipif(not LINUX, reason="/proc shows the environment of a process")
def test_a_worker_keeps_blas_to_one_thread(acts: ModuleType) -> None:
    worker = Worker(acts.Acting(), Allowance())
    ask(worker, "go")
    environment = Path(f"/proc/{worker.process.pid}/environ").read_bytes().split(b"\0")
    for name in VARIABLES:
        assert f"{name}={os.environ.get(name, '1')}".encode() in environment
    worker.close()


def test_an_interrupted_wait_ends_the_worker(acts: ModuleType) -> None:
    """Its answer would be taken for that on the next question."""
    worker = Worker(acts.Acting(), Allowance())
    ask(worker, "go")
    worker.send("sleep 30")
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    before = signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # else a shell's "&" ignores it
    try:
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            worker.receive()
    finally:
        signal.signal(signal.SIGINT, before)
    assert not worker.alive


@pytest.mark.parametrize("wrong", [{"memory": LEAST_MEMORY - 1}, {"seconds": 0}, {"jobs": 0}])
def test_a_limit_too_low_for_anything_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match=r"\.$"):
        Allowance(**wrong)
