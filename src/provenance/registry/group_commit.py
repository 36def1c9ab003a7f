"""Group commit: threads that wait to write meanwhile share the next transaction.

A commit costs a write to disk whatever it holds. The thread that gets the turn commits for all
others, so a busy process pays for one commit instead of one for each.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event
from typing import Generic, TypeVar

from provenance.errors import ProvenanceError
from provenance.registry.fork_lock import ForkLock

MAX_GROUP = 64
"""Items of one transaction, so that none waits long and stores of megabytes fit into memory."""

LINGER_S = 0.001
"""How long a group waits at least for threads that had something before: less than a commit."""

LINGER_SHARE = 0.25
"""The same as a share of the last commit: where a disk is slow, one more to a group is worth it."""

MOST_LINGER_S = 0.02

WAKE_S = 0.05
"""How long a thread sleeps without being woken; only one that died can make it that long."""

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
    woken: Event = field(default_factory=Event)


class GroupCommit(Generic[Item, Result]):
    """Hands items to a function that commits, several at once when several threads have some.

    The function takes items in the order they came and gives for each its result, or the error that
    is its alone. An error that it raises is everybody's. Safe between threads and across ``fork``.
    """

    def __init__(self) -> None:
        self._turn = ForkLock()
        self._waiting: deque[_Job[Item, Result]] = deque()
        self._busy = 1  # threads that had something to commit lately
        self._last_s = 0.0

    def submit(self, item: Item, commit: Commit[Item, Result]) -> Result:
        """Commit an item, alone or with others', and give its result.

        The caller goes on once its item is committed, and does not wait for the next commit.
        """
        job = _Job[Item, Result](item, os.getpid())
        self._waiting.append(job)
        while not job.done:
            if self._turn.take():
                try:
                    if not job.done:
                        self._commit_next(commit)
                finally:
                    self._turn.release()
                    self._wake_next()
            else:
                job.woken.wait(WAKE_S)
                job.woken.clear()
        if job.error is not None:
            raise job.error
        return job.result  # type: ignore[return-value]  # set, as there is no error

    def _wake_next(self) -> None:
        """Wake a thread that waits, to commit for those that wait with it."""
        with suppress(IndexError):  # another one took it meanwhile
            self._waiting[0].woken.set()

    def _commit_next(self, commit: Commit[Item, Result]) -> None:
        expected = min(self._busy, MAX_GROUP)
        if expected > 1:
            linger = min(max(LINGER_S, LINGER_SHARE * self._last_s), MOST_LINGER_S)
            deadline = time.monotonic() + linger
            while len(self._waiting) < expected and time.monotonic() < deadline:
                time.sleep(_POLL_S)
        begun = time.monotonic()
        self._commit_group(commit)
        self._last_s = time.monotonic() - begun

    def _commit_group(self, commit: Commit[Item, Result]) -> None:
        group: list[_Job[Item, Result]] = []
        while self._waiting and len(group) < MAX_GROUP:
            job = self._waiting.popleft()
            if job.process == os.getpid():  # else a thread of the parent waits for it, there
                group.append(job)
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
            self._busy = len(group) + len(self._waiting)
            for job in group:
                job.done = True
                job.woken.set()


def _copy(error: BaseException) -> BaseException:
    """Make an error for one thread of those that share a failure."""
    if not isinstance(error, ProvenanceError):
        return error
    copied = type(error)(str(error))
    copied.__cause__ = error
    return copied
