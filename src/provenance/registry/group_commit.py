"""Group commit: threads that wait to write meanwhile share the next transaction.

A commit costs a write to disk whatever it holds. The thread that gets the turn commits for all
others, so a busy process pays for one commit instead of one for each.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from provenance.errors import ProvenanceError
from provenance.registry.fork_lock import ForkLock

MAX_GROUP = 64
"""Items of one transaction, so that none waits long and stores of megabytes fit into memory."""

LINGER_S = 0.001
"""How long a group waits for threads that were in the one before: less than a commit takes."""

_POLL_S = 0.0001

Item = TypeVar("Item")
Result = TypeVar("Result")
Commit = Callable[[Sequence[Item]], Sequence[Result | ProvenanceError]]


@dataclass(eq=False)
class _Job(Generic[Item, Result]):
    item: Item
    process: int
    done: bool = False
    result: Result | None = None
    error: BaseException | None = None


class GroupCommit(Generic[Item, Result]):
    """Hands items to a function that commits, several at once when several threads have some.

    The function takes items in the order they came and gives for each its result, or the error that
    is its alone. An error that it raises is everybody's. Safe between threads and across ``fork``.
    """

    def __init__(self) -> None:
        self._turn = ForkLock()
        self._waiting: deque[_Job[Item, Result]] = deque()
        self._busy = 1  # threads that had something to commit lately

    def submit(self, item: Item, commit: Commit[Item, Result]) -> Result:
        """Commit an item, alone or with others', and give its result."""
        job = _Job[Item, Result](item, os.getpid())
        self._waiting.append(job)
        with self._turn:
            while not job.done:
                self._commit_next(commit)
        if job.error is not None:
            raise job.error
        return job.result  # type: ignore[return-value]  # set, as there is no error

    def _commit_next(self, commit: Commit[Item, Result]) -> None:
        if self._busy > 1:
            deadline = time.monotonic() + LINGER_S
            while len(self._waiting) < self._busy and time.monotonic() < deadline:
                time.sleep(_POLL_S)
        group: list[_Job[Item, Result]] = []
        while self._waiting and len(group) < MAX_GROUP:
            job = self._waiting.popleft()
            if job.process == os.getpid():  # else a thread of the parent waits for it, there
                group.append(job)
        self._busy = len(group)
        try:
            results = commit([job.item for job in group])
            for job, result in zip(group, results, strict=True):
                if isinstance(result, ProvenanceError):
                    job.error = result
                else:
                    job.result = result
        except BaseException as error:  # noqa: BLE001 - each thread gets its own below
            for job in group:
                job.error = _copy(error)
        finally:
            for job in group:
                job.done = True


def _copy(error: BaseException) -> BaseException:
    """Make an error for one thread of those that share a failure."""
    if not isinstance(error, ProvenanceError):
        return error
    copied = type(error)(str(error))
    copied.__cause__ = error
    return copied
