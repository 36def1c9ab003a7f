"""A lock between processes: one at a time does what must not be done twice at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provenance.files.system import NEW_FILE_MODE, O_BINARY, translate_refusals

if sys.platform != "win32":
    import fcntl


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock that this file stands for, and wait for whoever has it.

    The file stays. Windows has no such lock.

    Raises
    ------
    OutputNotWritableError
        The system refuses.
    """
    with translate_refusals(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | O_BINARY, NEW_FILE_MODE)
    try:
        if sys.platform != "win32":
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
