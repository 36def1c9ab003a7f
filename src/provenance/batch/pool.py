"""Worker processes: a bounded number of them, answers in input order, and none that stops the rest.

Processes and not threads, because a hostile picture may crash or exhaust the native libraries that
decode it. That ends one worker; its picture is answered with a failure, and another worker takes
its place.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, Protocol, TypeVar

from provenance.errors import InputCrashError, InternalError, ProvenanceError

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Item_contra = TypeVar("Item_contra", contravariant=True)
Answer_co = TypeVar("Answer_co", covariant=True)

# One worker holds about 150 MB and a picture of 512 x 512; a 100-megapixel one takes gigabytes.
MAX_DEFAULT_JOBS = 8

# Answers that wait for an earlier one. Small ones, but a run must not grow with its length.
WINDOW_PER_JOB = 16

# Between two looks for a Ctrl-C, which does not wake a waiting parent on every system.
POLL_S = 0.5

# Starting workers takes a second or two; so few pictures are done sooner without.
FEW = 4


class Task(Protocol[Item_contra, Answer_co]):
    """What is done to each item. Sent to the workers, so it has to be plain data."""

    def open(self) -> Callable[[Item_contra], Answer_co]:
        """Get ready, once in each worker; the function returned works on one item."""


@dataclass(frozen=True)
class Failure:
    """What went wrong with one item."""

    error: ProvenanceError


def default_jobs(count: int) -> int:
    """Return how many workers so many pictures are worth: one a core, none (0) for a few."""
    if count <= FEW:
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(cores or 1, MAX_DEFAULT_JOBS, count)


def run(
    task: Task[Item, Answer], items: Iterable[Item], *, jobs: int
) -> Iterator[tuple[Item, Answer | Failure]]:
    """Work on all items and yield each with its answer, in order.

    With ``jobs`` 0 the work is done in this process. Otherwise the first Ctrl-C ends the run as
    soon as what is in work is done, and the second at once; both raise KeyboardInterrupt. What
    `Task.open` raises is raised.
    """
    work = task.open()  # where it can't begin, no worker has to find out
    if jobs < 1:
        for item in items:
            yield item, _answer(work, item)
        return
    pool: _Pool[Item, Answer] = _Pool(task, jobs)
    try:
        with _interruptions() as interrupted:
            yield from pool.run(iter(items), interrupted)
    finally:
        pool.end()


def _answer(work: Callable[[Item], Answer], item: Item) -> Answer | Failure:
    try:
        return work(item)
    except ProvenanceError as error:
        return Failure(error)
    except MemoryError:
        return Failure(InputCrashError("there is not enough memory to work on it"))
    except Exception as error:  # a defect of ours must not stop the rest either
        if os.environ.get("PROVENANCE_DEBUG"):
            raise
        sentence = f"A defect in provenance: {type(error).__name__}: {error}. Please report it"
        return Failure(InternalError(sentence))


# --- the parent's side ---------------------------------------------------------------------------


@dataclass
class _Slot(Generic[Item, Answer]):
    """One item on its way; ``answer`` is None until it is there."""

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
        """Let every worker go; one that is still at work ends with this process at the latest."""
        for worker in (*self._idle, *(worker for worker, _ in self._busy.values())):
            worker.link.close()
        for worker in self._idle:
            worker.process.join()

    def _hand_out(self, items: Iterator[Item]) -> bool:
        """Give idle workers something to do; False when there is nothing left."""
        while self._idle and len(self._order) < self._window:
            try:
                item = next(items)
            except StopIteration:
                return False
            slot: _Slot[Item, Answer] = _Slot(item)
            worker = self._idle.pop()
            with suppress(OSError):  # one that died while idle is found dead when it is listened to
                worker.link.send(item)
            self._order.append(slot)
            self._busy[worker.link] = worker, slot
        return True

    def _collect(self) -> None:
        """Wait for answers, a moment at most."""
        ready = wait(list(self._busy), POLL_S)
        for link in [link for link in self._busy if link in ready]:
            worker, slot = self._busy.pop(link)
            try:
                slot.answer = worker.link.recv()
            except (EOFError, OSError):
                worker.process.join()
                slot.answer = Failure(_crash(worker.process.exitcode))
                worker.link.close()
                worker = _Worker(self._task)
            self._idle.append(worker)


class _Worker:
    """A process and the line to it. It ends when the line does, as when this process is killed."""

    def __init__(self, task: Task[Any, Any]) -> None:
        # Spawned and not forked: no thread, lock or connection of the parent's is inherited.
        context = multiprocessing.get_context("spawn")
        self.link, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, task), daemon=True)
        self.process.start()
        theirs.close()


def _crash(status: int | None) -> InputCrashError:
    died = f"status {status}"
    if status and status < 0:
        with suppress(ValueError):
            died = signal.Signals(-status).name
    return InputCrashError(
        f"working on it ended the worker process ({died}), perhaps for want of memory; "
        "the others were not affected"
    )


@contextmanager
def _interruptions() -> Iterator[Callable[[], bool]]:
    """Count Ctrl-C instead of being torn out of whatever runs; the second one counts at once."""
    count = 0

    def interrupt(*_: object) -> None:
        nonlocal count
        count += 1
        if count > 1:
            raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGINT, interrupt)
    except ValueError:  # not the main thread, which alone hears signals
        yield lambda: False
        return
    try:
        yield lambda: count > 0
    finally:
        signal.signal(signal.SIGINT, before)


# --- the worker's side ---------------------------------------------------------------------------


def _serve(link: Connection, task: Task[Any, Any]) -> None:
    """Answer one item after the other until the line is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C ends
    work: Callable[[Any], Any] | None = None
    while True:
        try:
            item = link.recv()
        except (EOFError, OSError):
            return
        try:
            work = work or task.open()
            answer = _answer(work, item)
        except ProvenanceError as error:  # it could not get ready
            answer = Failure(error)
        try:
            link.send(answer)
        except OSError:  # the parent is gone
            return
