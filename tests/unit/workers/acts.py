"""Work for the tests of workers, in a module that worker processes can import."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from provenance.errors import CorruptImageError
from provenance.progress import Stage, enter

prepared: list[int] = []


def prepare() -> None:
    """Remember in which process this was."""
    prepared.append(os.getpid())


def count_threads() -> int:
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 - no file of ours
        return next(int(line.split()[1]) for line in status if line.startswith("Threads"))


@dataclass(frozen=True)
class Acting:
    """Does what the item says, and answers with the process it was done in."""

    def open(self) -> Callable[[str], int]:
        return _act


def _act(item: str) -> int:
    match item.split():
        case ["prepared"]:
            return prepared[0] if prepared else 0
        case ["parent"]:
            return os.getppid()
        case ["threads"]:
            return count_threads()
        case ["take", size]:
            return len(bytearray(int(size)))
        case ["sleep", seconds]:
            time.sleep(float(seconds))
        case ["refuse"]:
            raise CorruptImageError("It is cut short.")
        case ["signal", name]:
            os.kill(os.getpid(), signal.Signals[name])
        case ["stages"]:
            enter(Stage.DECODING)
            enter(Stage.MARKING)
        case ["leave"]:
            os._exit(3)
    return os.getpid()
