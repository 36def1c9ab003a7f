"""A file in two steps: whole and durable under a hidden name first, then under its own.

Between the steps a record can be made that names the file. When an error, a signal or a power cut
comes between, nobody sees a half-written file, and no record names a file that is gone.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provenance.files.system import (
    NEW_FILE_MODE,
    O_BINARY,
    publish_new,
    sync_folder,
    translate_refusals,
    write_durably,
)

if sys.platform != "win32":
    import fcntl

_DIGITS = 16  # hex digits of a hidden name: enough that no two files of a folder share one


@dataclass(frozen=True)
class Pending:
    """A file that does not have its name yet. It stays hidden until it is published or dropped."""

    target: Path
    path: Path

    def read(self) -> bytes:
        """Return what an earlier process left, which may be cut short or empty."""
        return self.path.read_bytes()

    def write(self, data: bytes) -> None:
        """Write the whole file under its hidden name; it is on disk when this returns.

        Raises
        ------
        OutputNotWritableError
            The system refuses.
        """
        with translate_refusals(self.target):
            descriptor = os.open(self.path, os.O_WRONLY | os.O_TRUNC | O_BINARY)
            try:
                write_durably(descriptor, data)
            finally:
                os.close(descriptor)
            sync_folder(self.path.parent)

    def publish(self, *, overwrite: bool = False) -> None:
        """Give the file its name; the hidden file stays when that fails.

        Raises
        ------
        OutputExistsError
            Another file has the name and ``overwrite`` is false.
        OutputNotWritableError
            The system refuses.
        """
        with translate_refusals(self.target):
            if overwrite:
                if self.target.exists():
                    self.path.chmod(stat.S_IMODE(self.target.stat().st_mode))
                self.path.replace(self.target)
            else:
                publish_new(self.path, self.target)
                self.path.unlink(missing_ok=True)
            sync_folder(self.target.parent)

    def drop(self) -> None:
        """Remove the hidden file."""
        self.path.unlink(missing_ok=True)


def name_pending(target: str | os.PathLike[str]) -> Path:
    """Return the hidden name, the same for every process that writes ``target``."""
    real = Path(os.path.realpath(target))
    # Hashed, because the name of the target may be as long as the file system allows.
    digest = hashlib.sha256(os.fsencode(real.name)).hexdigest()[:_DIGITS]
    return real.parent / f".provenance-{digest}.pending"


@contextmanager
def open_pending(target: str | os.PathLike[str]) -> Iterator[Pending]:
    """Open and lock the hidden file of ``target``; wait for another process that has the lock.

    A new hidden file is removed again if nothing was written. A symbolic link is followed.

    Raises
    ------
    OutputNotWritableError
        The system refuses.
    """
    path = name_pending(target)
    with translate_refusals(target):
        lock = _lock(path)
    try:
        yield Pending(Path(os.path.realpath(target)), path)
    finally:
        if path.exists() and not path.stat().st_size:
            path.unlink(missing_ok=True)
        if lock is not None:
            os.close(lock)


def _lock(path: Path) -> int | None:
    """Open and lock the file; start again if its last owner has renamed or removed it meanwhile."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | O_BINARY, NEW_FILE_MODE)
        if sys.platform == "win32":  # has no such lock; stamping twice at once is refused
            os.close(descriptor)
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
