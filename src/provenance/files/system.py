"""The operating system: what every write needs of it, and its refusals in a user's words."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provenance.errors import OutputExistsError, OutputNotWritableError

O_BINARY = getattr(os, "O_BINARY", 0)
"""Flag without which Windows would translate line ends."""

OWNER_ONLY = 0o600
"""Mode of a file with a secret: its owner may read and write it, and nobody else."""

NEW_FILE_MODE = 0o666
"""Mode of a new file, from which the system takes away what the user's umask says."""

NO_HARD_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES})
"""Errors of file systems without hard links, such as FAT and some network shares."""

# In place of the system's own words, which name no cause that a user could mend.
_REASONS = {
    errno.ENOENT: "its folder does not exist",
    errno.EACCES: "permission denied",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the system allows no file of this size",
    errno.EROFS: "the disk is read-only",
    errno.EISDIR: "it is a folder",
}


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Hand all of ``data`` to the system, which may take it in parts."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def write_durably(descriptor: int, data: bytes) -> None:
    """Write all of ``data``, and return only when the disk has it."""
    write_all(descriptor, data)
    os.fsync(descriptor)


def publish_new(temporary: Path, target: Path) -> None:
    """Give the file its name only if nobody has it.

    Raises
    ------
    FileExistsError
        Somebody has the name.
    """
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in NO_HARD_LINKS:
            raise
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL))  # take the name first
        temporary.replace(target)


def sync_file(file: Path) -> None:
    """Make the content of a file durable."""
    descriptor = os.open(file, os.O_RDWR | O_BINARY)  # Windows syncs no file opened for reading
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make a new name durable; Windows can't open folders and needs no such call."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def translate_refusals(target: str | os.PathLike[str]) -> Iterator[None]:
    """Turn the system's refusals to write ``target`` into errors of ours.

    Raises
    ------
    OutputExistsError
        Another file has the name.
    OutputNotWritableError
        Anything else.
    """
    try:
        yield
    except FileExistsError as error:
        raise OutputExistsError(
            f"{os.fspath(target)} exists already; choose another name or allow overwriting."
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the name
        raise OutputNotWritableError(
            f"{os.fspath(target)!r} can't be written: {explain_refusal(error)}."
        ) from error


def explain_refusal(error: Exception) -> str:
    """Say in a user's words why the system refused."""
    code = error.errno if isinstance(error, OSError) else None
    return _REASONS.get(code or 0) or getattr(error, "strerror", None) or str(error)
