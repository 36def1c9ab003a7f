"""What a forked child starts over, and a lock that it gets free, whoever held it in the parent."""

from __future__ import annotations

import os
import threading
import weakref
from types import TracebackType
from typing import Protocol


class ForkLock:
    """A lock between threads. What it guards may be half-changed in a forked child: check it."""

    def __init__(self) -> None:
        self.start_over()
        start_over_after_fork(self)

    def start_over(self) -> None:
        """Forget who holds it."""
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Take it if nobody holds it, and tell whether that worked; ``release`` gives it back."""
        return self._lock.acquire(blocking=False)

    def release(self) -> None:
        """Give it back."""
        self._lock.release()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.release()


class _Inherited(Protocol):
    def start_over(self) -> None: ...


_inherited: weakref.WeakSet[_Inherited] = weakref.WeakSet()


def start_over_after_fork(thing: _Inherited) -> None:
    """Have a forked child call the ``start_over`` of something that it inherits."""
    _inherited.add(thing)


def _after_fork_in_child() -> None:
    for each in _inherited:
        each.start_over()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_after_fork_in_child)
