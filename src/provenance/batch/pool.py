"""Worker processes: a bounded number, with answers in input order; a crash stops only one of them.

They are processes and not threads, because a bad picture may end the process that decodes it. The
picture is then answered with a failure, and another worker takes the place of the one that ended.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, Protocol, TypeVar

from provenance.blas import keep_to_one_thread
from provenance.errors import InputCrashError, InternalError, ProvenanceError

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Item_contra = TypeVar("Item_contra", contravariant=True)
Answer_co = TypeVar("Answer_co", covariant=True)

MAX_DEFAULT_JOBS = 8
"""Workers by default, at most: each holds 150 MB, gigabytes at 100 megapixels."""

WINDOW_PER_JOB = 16
"""Answers per worker that may wait for an earlier one: memory must not grow with the run."""

POLL_S = 0.5
"""Seconds between two looks for a Ctrl-C, which does not wake a waiting parent on every system."""

FEW = 4
"""Pictures that are done sooner without workers, whose start takes a second or two."""


class Task(Protocol[Item_contra, Answer_co]):
    """The work on each item. It is sent to the workers, so it has to be plain data."""

    def open(self) -> Callable[[Item_contra], Answer_co]:
        """Get ready, once in each worker, and return the function that works on one item."""


@dataclass(frozen=True)
class Failure:
    """The answer on an item that failed."""

    error: ProvenanceError


def choose_jobs(count: int) -> int:
    """Return the number of workers for so many pictures: one per core, 0 for a few pictures."""
    if count <= FEW:
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(cores or 1, MAX_DEFAULT_JOBS, count)


def run(
    task: Task[Item, Answer], items: Iterable[Item], *, jobs: int
) -> Iterator[tuple[Item, Answer | Failure]]:
    """Work on all items and yield each with its answer, in order.

    With ``jobs`` 0 the work is done in this process. Otherwise the first Ctrl-C ends the run once
    the items in work are done, and the second one ends it at once.

    Raises
    ------
    ProvenanceError
        ``Task.open`` fails.
    KeyboardInterrupt
        After Ctrl-C.
    """
    work = task.open()  # if it can't begin, no worker is started
    if jobs < 1:
        for item in items:
            yield item, _answer(work, item)
        return
    pool: _Pool[Item, Answer] = _Pool(task, jobs)
    try:
        with _count_interruptions() as interrupted:
            yield from pool.run(iter(items), interrupted)
    finally:
        pool.end()


def _answer(work: Callable[[Item], Answer], item: Item) -> Answer | Failure:
    try:
        return work(item)
    except ProvenanceError as error:
        return Failure(error)
    except MemoryError:
        return Failure(
            InputCrashError(
                "There is not enough memory to work on this picture; use fewer workers."
            )
        )
    except Exception as error:  # a defect of ours must not stop the rest either
        if os.environ.get("PROVENANCE_DEBUG"):
            raise
        return Failure(
            InternalError(
                f"There is a defect in provenance: {type(error).__name__}: {error}. "
                "Please report it."
            )
        )


# --- the parent's side ---------------------------------------------------------------------------


@dataclass
class _Slot(Generic[Item, Answer]):
    """One item in work; ``answer`` is None until it arrives."""

    item: Item
    answer: Answer | Failure | None = None


class _Pool(Generic[Item, Answer]):
    def __init__(self, task: Task[Item, Answer], jobs: int) -> None:
        self._task = task
        self._idle = [_Worker(task) for _ in range(jobs)]
        self._busy: dict[Connection, tuple[_Worker, _Slot[Item, Answer]]] = {}
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
        """Dismiss every worker; one still at work ends with this process at the latest."""
        for worker in (*self._idle, *(worker for worker, _ in self._busy.values())):
            worker.link.close()
        for worker in self._idle:
            worker.process.join()

    def _hand_out(self, items: Iterator[Item]) -> bool:
        """Give idle workers something to do; return False if nothing is left."""
        while self._idle and len(self._order) < self._window:
            try:
                item = next(items)
            except StopIteration:
                return False
            slot: _Slot[Item, Answer] = _Slot(item)
            worker = self._idle.pop()
            with suppress(
                OSError
            ):  # a worker that died while idle is noticed when its answer is read
                worker.link.send(item)
            self._order.append(slot)
            self._busy[worker.link] = worker, slot
        return True

    def _collect(self) -> None:
        """Wait for answers, ``POLL_S`` at most."""
        ready = wait(list(self._busy), POLL_S)
        for link in [link for link in self._busy if link in ready]:
            worker, slot = self._busy.pop(link)
            try:
                slot.answer = worker.link.recv()
            except (EOFError, OSError):
                worker.process.join()
                slot.answer = Failure(_describe_crash(worker.process.exitcode))
                worker.link.close()
                worker = _Worker(self._task)
            self._idle.append(worker)


class _Worker:
    """A process and the link to it. It ends when the link does, even if this process is killed."""

    def __init__(self, task: Task[Any, Any]) -> None:
        # Spawned and not forked, so that it inherits no thread, lock or connection of its parent.
        context = multiprocessing.get_context("spawn")
        self.link, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, task), daemon=True)
        with _hold_interrupts():
            self.process.start()
        theirs.close()


@contextmanager
def _hold_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back from a process that starts; ``_serve`` lets it in again when it is ignored.

    A process inherits what is held back. This process gets what arrived as soon as it goes on.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # its own first start would let Ctrl-C in
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _describe_crash(status: int | None) -> InputCrashError:
    died = f"status {status}"
    if status and status < 0:
        with suppress(ValueError):
            died = signal.Signals(-status).name
    return InputCrashError(
        f"The worker process ended while working on this picture ({died}), perhaps because it ran "
        "out of memory. The other pictures were not affected."
    )


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


# --- the worker's side ---------------------------------------------------------------------------


def _serve(link: Connection, task: Task[Any, Any]) -> None:
    """Answer one item after the other until the link is closed."""
    keep_to_one_thread()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C ends
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    work: Callable[[Any], Any] | None = None
    while True:
        try:
            item = link.recv()
        except (EOFError, OSError):
            return
        try:
            work = work or task.open()
            answer = _answer(work, item)
        except ProvenanceError as error:  # task.open failed
            answer = Failure(error)
        try:
            link.send(answer)
        except OSError:  # the parent is gone
            return
