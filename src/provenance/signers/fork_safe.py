"""Connections that belong to one process: neither sockets nor tokens survive a fork."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import RLock
from typing import Generic, TypeVar

T = TypeVar("T")


class PerProcess(Generic[T]):
    """Makes a connection on first use, and a new one in a forked child and after ``drop``."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: tuple[int, T] | None = None
        self._locks = (os.getpid(), RLock())

    @property
    def lock(self) -> RLock:
        """A lock of this process: nobody may be left to release one inherited by fork."""
        if self._locks[0] != os.getpid():
            self._locks = (os.getpid(), RLock())
        return self._locks[1]

    def get(self) -> T:
        """Return this process's connection."""
        with self.lock:
            if self._made is None or self._made[0] != os.getpid():
                self._made = (os.getpid(), self._make())
            return self._made[1]

    def drop(self) -> None:
        """Forget a connection that failed, so that the next use tries anew."""
        self._made = None
