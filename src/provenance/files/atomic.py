"""A file in one step: whole, or as it was before."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from provenance.files.system import (
    NEW_FILE_MODE,
    O_BINARY,
    OWNER_ONLY,
    publish_new,
    sync_file,
    sync_folder,
    translate_refusals,
    write_all,
    write_durably,
)

_RANDOM_BYTES = 8  # in a temporary name: enough that two processes never draw the same


def write_atomic(
    path: str | os.PathLike[str],
    data: bytes,
    overwrite: bool = False,
    *,
    durable: bool = True,
    private: bool = False,
) -> None:
    """Write ``data`` so that ``path`` is the complete file or untouched, also after a power cut.

    A symbolic link is followed, and an overwritten file keeps its mode; with ``private`` only its
    owner may read it. To write many files and wait for the disk once, use ``durable=False`` for
    each, then ``sync_files``.

    Raises
    ------
    OutputExistsError
        The file is there and ``overwrite`` is false, even if another process made it a moment ago.
    OutputNotWritableError
        The system refuses.
    """
    with translate_refusals(path):
        target = Path(os.path.realpath(path))
        if not overwrite and target.exists():
            raise FileExistsError(target)
        with _open_temporary(target, private=private) as (temporary, descriptor):
            (write_durably if durable else write_all)(descriptor, data)
            if overwrite:
                temporary.replace(target)
            else:
                publish_new(temporary, target)
        if durable:
            sync_folder(target.parent)


def write_parts(path: Path, parts: Iterable[bytes | memoryview]) -> None:
    """Write a long file part by part, as they are made; replace the one that is there.

    Raises
    ------
    OutputNotWritableError
        The system refuses.
    """
    with translate_refusals(path), _open_temporary(path, private=False) as (temporary, descriptor):
        for part in parts:
            write_all(descriptor, part)
        os.fsync(descriptor)
        temporary.replace(path)
        sync_folder(path.parent)


def sync_files(files: Iterable[Path]) -> None:
    """Return when these files and their names are on disk; what others write is not waited for.

    Raises
    ------
    OutputNotWritableError
        The system refuses.
    """
    folders = set[Path]()
    for file in files:
        with translate_refusals(file):
            sync_file(file)
        folders.add(file.parent)
    for folder in folders:
        with translate_refusals(folder):
            sync_folder(folder)


@contextmanager
def _open_temporary(target: Path, *, private: bool) -> Iterator[tuple[Path, int]]:
    """Open a new file in the target's folder, since a rename can't cross file systems."""
    temporary = target.parent / f".provenance-{os.urandom(_RANDOM_BYTES).hex()}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | O_BINARY
    descriptor = os.open(temporary, flags, OWNER_ONLY if private else NEW_FILE_MODE)
    try:
        try:
            if target.exists() and not private:
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            yield temporary, descriptor
        finally:
            os.close(descriptor)
    finally:
        temporary.unlink(missing_ok=True)
