"""Many items at once: a bounded number of workers, with answers in input order.

They are processes and not threads, because a bad picture may end the process that decodes it. The
picture is then answered with a failure, and another worker takes the place of the one that ended.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Any, Generic, TypeVar

from provenance.workers import Allowance, Failure, Task, Worker, answer

Item = TypeVar("Item")
Answer = TypeVar("Answer")

MAX_DEFAULT_JOBS = 8
"""Workers by default, at most: each holds 150 MB, gigabytes at 100 megapixels."""

WINDOW_PER_JOB = 16
"""Answers per worker that may wait for an earlier one: memory must not grow with the run."""

POLL_S = 0.5
"""Seconds between two looks for a Ctrl-C, which does not wake a waiting parent on every system."""

FEW = 4
"""Pictures that are done sooner without workers, whose start takes a second or two."""


def choose_jobs(count: int) -> int:
    """Return the number of workers for so many pictures: one per core, 0 for a few pictures."""
    if count <= FEW:
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(cores or 1, MAX_DEFAULT_JOBS, count)


def run(
    task: Task[Item, Answer],
    items: Iterable[Item],
    *,
    jobs: int,
    allowance: Allowance | None = None,
) -> Iterator[tuple[Item, Answer | Failure]]:
    """Work on all items and yield each with its answer, in order.

    With ``jobs`` 0 the work is done in this process, without limits. Otherwise each worker has an
    ``allowance``; the first Ctrl-C ends the run once the items in work are done, and the second one
    ends it at once.

    Raises
    ------
    ProvenanceError
        ``Task.open`` fails.
    KeyboardInterrupt
        After Ctrl-C.
    """
    allowance = allowance or Allowance()
    work = task.open()  # if it can't begin, no worker is started
    if jobs < 1:
        for item in items:
            yield item, answer(work, item, allowance)
        return
    pool: _Pool[Item, Answer] = _Pool(task, jobs, allowance)
    try:
        with _count_interruptions() as interrupted:
            yield from pool.run(iter(items), interrupted)
    finally:
        pool.end()


@dataclass
class _Slot(Generic[Item, Answer]):
    """One item in work; ``answer`` is None until it arrives."""

    item: Item
    answer: Answer | Failure | None = None


class _Pool(Generic[Item, Answer]):
    def __init__(self, task: Task[Item, Answer], jobs: int, allowance: Allowance) -> None:
        self._task = task
        self._allowance = allowance
        self._idle = [Worker(task, allowance) for _ in range(jobs)]
        self._busy: dict[Any, tuple[Worker, _Slot[Item, Answer]]] = {}
        self._order: deque[_Slot[Item, Answer]] = deque()
        self._window = jobs * WINDOW_PER_JOB

    def run(
        self, items: Iterator[Item], interrupted: Callable[[], bool]
    ) -> Iterator[tuple[Item, Answer | Failure]]:
        more = True
        while True:
            more = more and not interrupted() and self._hand_out(items)
            while self._order and self._order[0].answer is not None:
                slot = self._order.popleft()
                if slot.answer is not None:
                    yield slot.item, slot.answer
            if self._busy:
                self._collect()
            elif not more or interrupted():
                break
        if interrupted():
            raise KeyboardInterrupt

    def end(self) -> None:
        """End every worker, and one still at work at once: nobody waits for its answer."""
        for worker, _ in self._busy.values():
            worker.kill()
        for worker in self._idle:
            worker.close()

    def _hand_out(self, items: Iterator[Item]) -> bool:
        """Give idle workers something to do; return False if nothing is left."""
        while self._idle and len(self._order) < self._window:
            try:
                item = next(items)
            except StopIteration:
                return False
            slot: _Slot[Item, Answer] = _Slot(item)
            worker = self._idle.pop()
            worker.begin()
            worker.send(item)
            self._order.append(slot)
            self._busy[worker.link] = worker, slot
        return True

    def _collect(self) -> None:
        """Wait for answers, ``POLL_S`` at most."""
        ready = wait(list(self._busy), POLL_S)
        for link, (worker, slot) in list(self._busy.items()):
            if link in ready or worker.patience == 0:
                del self._busy[link]
                slot.answer = worker.receive()
                self._idle.append(worker if worker.alive else Worker(self._task, self._allowance))


@contextmanager
def _count_interruptions() -> Iterator[Callable[[], bool]]:
    """Count Ctrl-C instead of stopping anywhere; the second one stops at once."""
    count = 0

    def interrupt(*_: object) -> None:
        nonlocal count
        count += 1
        if count > 1:
            raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGINT, interrupt)
    except ValueError:  # only the main thread gets signals
        yield lambda: False
        return
    try:
        yield lambda: count > 0
    finally:
        signal.signal(signal.SIGINT, before)
