"""The parent's side of one worker process."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from provenance.blas import list_settings
from provenance.progress import Stage, enter
from provenance.workers.allowance import Allowance
from provenance.workers.answering import Failure, Task
from provenance.workers.serving import name_start

GRACE_S = 2.0
"""Seconds after its time in which a worker ends by itself, before it is ended."""


class Worker:
    """A process and the link to it. It ends when the link does, even if this process is killed.

    For one thread at a time. It inherits no thread, lock, file or connection of its parent, and
    does not run the parent's main module. ``prepare`` is called once, before the first job, and
    serves all processes that take each other's place; it must start no thread.
    """

    def __init__(
        self,
        task: Task[Any, Any],
        allowance: Allowance,
        prepare: Callable[[], object] | None = None,
    ) -> None:
        self._allowance = allowance
        self._left = allowance.seconds
        self._sent = 0.0
        self._jobs = 0
        self.link, theirs = multiprocessing.Pipe()
        try:
            self.process = _start(theirs)
        finally:
            theirs.close()
        with suppress(OSError):  # one that ends at once is noticed when it is asked
            self.link.send((task, allowance, prepare))

    def begin(self) -> None:
        """Begin a job: the time of the last one is not counted."""
        self._left = self._allowance.seconds

    def send(self, item: Any) -> None:
        """Send an item; one that died meanwhile is noticed when its answer is read."""
        self._sent = time.monotonic()
        with suppress(OSError):
            self.link.send((item, self._left))

    @property
    def patience(self) -> float | None:
        """Seconds until an answer is overdue; without limit when None."""
        if self._left is None:
            return None
        return max(self._sent + self._left + GRACE_S - time.monotonic(), 0)

    def receive(self) -> Any:
        """Wait for the answer on the item that was sent; a worker that ended is a ``Failure``.

        Stages that begin meanwhile are passed on to who listens here.
        Whatever else stops the wait ends the worker too: its answer would be taken for another's.
        """
        try:
            while True:
                if not self.link.poll(self.patience):
                    self.kill()
                    return Failure(self._allowance.describe_delay())
                found = self.link.recv()
                if not isinstance(found, Stage):
                    break
                enter(found)
        except (EOFError, OSError):
            return Failure(self._allowance.describe_end(self.close()))
        except BaseException:
            self.kill()
            raise
        if self._left is not None:
            self._left = max(self._left - (time.monotonic() - self._sent), 0.001)
        return found

    def end_job(self) -> None:
        """End a job; after as many as are allowed, another process takes this one's place."""
        self._jobs += 1
        if self._allowance.jobs is not None and self._jobs % self._allowance.jobs == 0:
            with suppress(OSError):
                self.link.send(None)

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return not self.link.closed and self.process.poll() is None

    def kill(self) -> None:
        """End it at once, whatever it does."""
        if self.process.poll() is None:
            if sys.platform == "win32":
                self.process.kill()
            else:
                with suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGKILL)
        self.close()

    def close(self) -> int:
        """Have it end once it is done, wait for that, and return the status of the process."""
        self.link.close()
        return self.process.wait()


def _start(theirs: Any) -> subprocess.Popen[bytes]:
    """Start a process that has one end of a pipe and nothing else of this process.

    It gets a group of its own, so that a terminal's Ctrl-C does not reach it.
    """
    command, variables = name_start(theirs.fileno(), sys.path)
    environment = {**os.environ, **list_settings(), **variables}
    if sys.platform == "win32":
        os.set_handle_inheritable(theirs.fileno(), True)
        startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [theirs.fileno()]})
        return subprocess.Popen(  # noqa: S603 - our own command
            command,
            stdin=subprocess.DEVNULL,
            env=environment,
            startupinfo=startup,
            creationflags=subprocess.CREATE_NEW_PROCESS_GROUP,
        )
    return subprocess.Popen(  # noqa: S603 - our own command
        command,
        stdin=subprocess.DEVNULL,
        env=environment,
        pass_fds=[theirs.fileno()],
        process_group=0,
    )
