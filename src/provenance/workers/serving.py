"""The worker's side: a process that has loaded its libraries, and others that it makes to work.

The first one never sees an item. It has a single thread, so that it can be forked, and what it
loaded need not be loaded again when a worker has done its jobs. Where a process can't be forked
safely it works itself, and the parent starts another one after it.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from provenance.errors import ProvenanceError
from provenance.progress import listen
from provenance.workers.allowance import Allowance, limit_memory, limit_time, take_status
from provenance.workers.answering import Failure, Task, answer

FORKS = sys.platform == "linux"
"""Elsewhere there is no fork, or the system's libraries do not survive it (macOS)."""

RETIRED = 64
"""Status of a worker that has done its jobs; no error ends with it."""


def main(handle: int) -> None:
    """Serve the parent at the other end of a link until it closes that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C ends
    link = _open_link(handle)
    try:
        task, allowance, prepare = link.recv()
    except (EOFError, OSError):
        return
    if prepare is not None:
        prepare()
    sys.exit(_breed(link, task, allowance) if FORKS else _serve(link, task, allowance))


def _open_link(handle: int) -> Any:
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        return PipeConnection(handle)
    return Connection(handle)


def _breed(link: Any, task: Task[Any, Any], allowance: Allowance) -> int:
    """Make one worker after the other; return the status of the first that did not retire."""
    gc.freeze()  # what is loaded stays shared between all of them
    while True:
        child = os.fork()
        if child == 0:
            os._exit(_serve(link, task, allowance))
        status = take_status(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        if status != RETIRED:
            return status


def _serve(link: Any, task: Task[Any, Any], allowance: Allowance) -> int:
    """Answer one item after the other until the link is closed; None is the sign to retire."""
    limit_memory(allowance.memory)
    work: Callable[[Any], Any] | None = None
    while True:
        try:
            message: tuple[Any, float | None] | None = link.recv()
        except (EOFError, OSError):
            return 0
        except MemoryError:
            return take_status(-signal.SIGABRT)
        if message is None:
            return RETIRED
        item, seconds = message
        limit_time(seconds)
        try:
            with listen(link.send):  # stages are heard in the parent, as if it did the work
                work = work or task.open()
                found = answer(work, item, allowance)
        except ProvenanceError as error:  # task.open failed
            found = Failure(error)
        del message, item
        try:
            link.send(found)
        except OSError:  # the parent is gone
            return 0
        finally:
            limit_time(None)
        del found


def name_start(handle: int, path: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Return the command that starts a worker, and the variables that it needs."""
    code = f"from provenance.workers.serving import main; main({handle})"
    entries = (each or str(Path.cwd()) for each in path)
    return [sys.executable, "-P", "-c", code], {"PYTHONPATH": os.pathsep.join(entries)}
