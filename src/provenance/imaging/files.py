"""Files in and out: bounded reads, and writes that leave either the whole file or nothing."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provenance.errors import (
    OutputExistsError,
    OutputNotWritableError,
    UnreadableInputError,
)
from provenance.imaging.limits import DEFAULT_LIMITS, Limits

O_BINARY = getattr(os, "O_BINARY", 0)  # Windows would translate line ends without it

NO_HARD_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES})
"""What file systems without hard links answer, such as FAT and some network shares."""


def read_bytes(path: str | os.PathLike[str], limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Return a file's content.

    Raises UnreadableInputError when it is missing, forbidden or no regular file (a pipe could block
    for ever), and ImageTooLargeError before reading one that is over ``limits``.
    """
    try:
        # Not blocking, because opening a pipe would wait for its other end.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | O_BINARY)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableInputError(f"{os.fspath(path)} is not a file")
            limits.check_bytes(status.st_size)
            data = file.read(limits.max_bytes + 1)
    except FileNotFoundError as exc:
        raise UnreadableInputError(f"{os.fspath(path)} does not exist") from exc
    except (OSError, ValueError) as exc:  # ValueError: a NUL character in the name
        raise UnreadableInputError(f"{os.fspath(path)!r} can't be read: {reason(exc)}") from exc
    limits.check_bytes(len(data))
    return data


def write_atomic(path: str | os.PathLike[str], data: bytes, overwrite: bool = False) -> None:
    """Write ``data`` so that ``path`` is the complete file or untouched, also after a power cut.

    Raises OutputExistsError when the file is there and ``overwrite`` is false, even if another
    process made it a moment ago, and OutputNotWritableError when the system refuses. A symbolic
    link is followed, and an overwritten file keeps its mode.
    """
    try:
        target = Path(os.path.realpath(path))
        if not overwrite and target.exists():
            raise OutputExistsError(exists_already(path))
        with _temporary(target) as (temporary, descriptor):
            write_all(descriptor, data)
            if overwrite:
                temporary.replace(target)
            else:
                publish_new(temporary, target)
        sync_folder(target.parent)
    except FileExistsError as exc:
        raise OutputExistsError(exists_already(path)) from exc
    except (OSError, ValueError) as exc:
        raise OutputNotWritableError(
            f"{os.fspath(path)!r} can't be written: {reason(exc)}"
        ) from exc


@contextmanager
def _temporary(target: Path) -> Iterator[tuple[Path, int]]:
    """Open a new file in the target's folder, for a rename can't cross file systems."""
    temporary = target.parent / f".provenance-{secrets.token_hex(8)}.tmp"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | O_BINARY, 0o666)
    try:
        try:
            if target.exists():
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            yield temporary, descriptor
        finally:
            os.close(descriptor)
    finally:
        temporary.unlink(missing_ok=True)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of ``data``, and return only when the disk has it."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    os.fsync(descriptor)


def publish_new(temporary: Path, target: Path) -> None:
    """Give the file its name only if nobody has it: FileExistsError otherwise."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError as exc:
        if exc.errno not in NO_HARD_LINKS:
            raise
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL))  # take the name first
        temporary.replace(target)


def sync_folder(folder: Path) -> None:
    """Make a new name durable; Windows can't open folders and needs no such call."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def exists_already(path: str | os.PathLike[str]) -> str:
    """Say that a file is in the way."""
    return f"{os.fspath(path)} exists already; choose another name or allow overwriting"


def reason(exc: Exception) -> str:
    """Say in a user's words why the system refused."""
    known = {
        errno.ENOENT: "its folder does not exist",
        errno.EACCES: "permission denied",
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT: "the disk quota is used up",
        errno.EFBIG: "the system allows no file of this size",
        errno.EROFS: "the disk is read-only",
        errno.EISDIR: "it is a folder",
    }
    code = exc.errno if isinstance(exc, OSError) else None
    return known.get(code or 0) or getattr(exc, "strerror", None) or str(exc)
