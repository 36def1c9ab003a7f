"""Workers that threads share: whoever needs one takes it, and waits where none is free."""

from __future__ import annotations

import os
import queue
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from provenance.workers.allowance import Allowance
from provenance.workers.answering import Task
from provenance.workers.worker import Worker


class WorkerPool:
    """A bounded number of workers, each started when it is first needed. Safe between threads.

    A forked child gets workers of its own. They end with the pool, and with the process.
    """

    def __init__(
        self,
        task: Task[Any, Any],
        workers: int,
        allowance: Allowance,
        prepare: Callable[[], object] | None = None,
    ) -> None:
        self._make = partial(Worker, task, allowance, prepare)
        self._count = workers
        self._begin()

    def _begin(self) -> None:
        self._owner = os.getpid()
        self._free: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        self._started: set[Worker] = set()
        for _ in range(self._count):
            self._free.put(None)
        self._end: Any = weakref.finalize(self, _end_all, self._started, self._owner)

    def start(self) -> None:
        """Start all workers; each gets ready by itself while this process goes on."""
        for worker in [self._free.get() for _ in range(self._count)]:
            self._free.put(self._revive(worker))

    @contextmanager
    def lend(self) -> Iterator[Worker]:
        """Lend a worker for one job; one that died is replaced at once, for the next job."""
        if self._owner != os.getpid():
            self._end.detach()
            self._begin()
        free = self._free.get()
        try:
            worker = free = self._revive(free)
            worker.begin()
            try:
                yield worker
            finally:
                worker.end_job()
            free = self._revive(worker)
        finally:
            self._free.put(free)

    def close(self) -> None:
        """End the workers, whatever they do; the next job starts new ones."""
        _end_all(self._started, os.getpid())

    def _revive(self, worker: Worker | None) -> Worker:
        """Return the worker, or a new one if it died."""
        if worker is not None:
            if worker.alive:
                return worker
            self._started.discard(worker)
        worker = self._make()
        self._started.add(worker)
        return worker


def _end_all(started: set[Worker], owner: int) -> None:
    if owner == os.getpid():
        for worker in list(started):
            worker.kill()
