"""How much memory and time a worker process may take, and how the system is told."""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass

from provenance.errors import ConfigError, InputCostError, InputCrashError, ProvenanceError

MIB = 2**20

LEAST_MEMORY = 256 * MIB
"""Bytes; a worker that has loaded its libraries and done nothing takes 120 MB."""

_KILLED = ("SIGKILL", "SIGABRT")
"""How processes end that get no more memory: the system kills them, or an allocator gives up."""

_BY_SIGNAL = 128
"""What a shell adds to the number of the signal that ended a process, to make a status of it."""


@dataclass(frozen=True)
class Allowance:
    """What a worker may take; without limit where it is None.

    Attributes
    ----------
    memory
        Bytes that it may write to, libraries' own memory included. Linux enforces it
        (``RLIMIT_DATA``); macOS and Windows have nothing of the kind, and there only the limits
        hold that are checked before decoding.
    seconds
        How long one job may take, waiting included.
    jobs
        Jobs after which another process takes its place.

    Raises
    ------
    ConfigError
        A limit is too low for anything.
    """

    memory: int | None = None
    seconds: float | None = None
    jobs: int | None = None

    def __post_init__(self) -> None:
        if self.memory is not None and self.memory < LEAST_MEMORY:
            raise ConfigError(
                f"A worker needs at least {LEAST_MEMORY // MIB} MiB of memory to begin; "
                "allow it more."
            )
        if (self.seconds is not None and self.seconds <= 0) or (
            self.jobs is not None and self.jobs < 1
        ):
            raise ConfigError("A worker's seconds and jobs must be above zero.")

    def describe_end(self, status: int) -> ProvenanceError:
        """Say in an error why a worker ended, by the status of its process."""
        name = _name_signal(status)
        if name == "SIGALRM":
            return self.describe_delay()
        if self.memory is not None and name in _KILLED:
            return self.describe_excess()
        return InputCrashError(
            f"The worker process ended while working on this picture ({name}), perhaps because it "
            "ran out of memory. The other pictures were not affected."
        )

    def describe_excess(self) -> InputCostError:
        """Say in an error that there was not enough memory."""
        allowed = "" if self.memory is None else f" than the {self.memory // MIB:,} MiB allowed"
        return InputCostError(
            f"Working on this picture would take more memory{allowed}, so it was stopped; nothing "
            "is known of the picture."
        )

    def describe_delay(self) -> InputCostError:
        """Say in an error that there was not enough time."""
        return InputCostError(
            f"Working on this picture would take longer than the {self.seconds:g} s allowed, "
            "so it was stopped; nothing is known of the picture."
        )


def limit_memory(limit: int | None) -> None:
    """Keep this process to so many bytes that it may write to; as far as the system can."""
    if limit is None or sys.platform != "linux":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def limit_time(seconds: float | None) -> None:
    """Have the system end this process after so many seconds, unless told otherwise before."""
    if hasattr(signal, "setitimer"):  # not on Windows, where the parent ends it
        signal.setitimer(signal.ITIMER_REAL, seconds or 0)


def take_status(code: int) -> int:
    """Turn the exit code of a child into one that a process can leave with."""
    return code if code >= 0 else _BY_SIGNAL - code


def _name_signal(status: int) -> str:
    number = status - _BY_SIGNAL if status > _BY_SIGNAL else -status
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"status {status}"
