"""Work for the pool's tests, in a module that worker processes can import."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from provenance.errors import ConfigError, CorruptImageError


@dataclass(frozen=True)
class Acting:
    """Does what the item says, and answers with the process it was done in."""

    ready: bool = True

    def open(self) -> Callable[[str], int]:
        if not self.ready:
            raise ConfigError("there is no config")
        return _act


def _act(item: str) -> int:
    match item.split():
        case ["sleep", seconds]:
            time.sleep(float(seconds))
        case ["touch", file]:
            Path(file).touch()
        case ["refuse"]:
            raise CorruptImageError("it is cut short")
        case ["divide"]:
            raise ZeroDivisionError("by zero")
        case ["exhaust"]:
            raise MemoryError
        case ["die"]:
            os.kill(os.getpid(), signal.SIGSEGV)
        case ["leave"]:
            os._exit(3)
    return os.getpid()
