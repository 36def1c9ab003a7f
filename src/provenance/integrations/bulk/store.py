"""Folders and buckets: whatever ``fsspec`` opens, by names below one address."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from provenance import distribution
from provenance.errors import ConfigError, FetchError, ProvenanceError, UnreadableInputError
from provenance.files import read_bytes, write_atomic
from provenance.limits import Limits

load_extra = partial(distribution.load_extra, "Bulk jobs need")

OF_ONE_FILE = (
    *(errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EACCES, errno.EPERM),
    *(errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL, errno.ENXIO),
)
"""Refusals that speak of one name in a folder and will be the same later; others are the disk's."""


class Store:
    """The files below one address.

    Raises
    ------
    ConfigError
        fsspec, or what the address needs besides, is missing; or the address is malformed.
    """

    def __init__(self, address: str, options: Mapping[str, Any]) -> None:
        core = load_extra("fsspec.core", "bulk")
        try:
            self._system, self._root = core.url_to_fs(address, **options)
        except (ImportError, ValueError) as error:
            raise ConfigError(f"{address} can't be opened: {error}.") from error
        self._local = "file" in _protocols(self._system)

    def list(self) -> Iterator[str]:
        """Yield each file's name below the address, folder by folder, sorted in each.

        Raises
        ------
        FetchError
            The store does not answer.
        """
        with _translate(f"{self._root} can't be listed"):
            for folder, folders, files in self._system.walk(self._root):
                folders.sort()
                for name in sorted(files):
                    yield f"{folder}/{name}"[len(self._root) :].lstrip("/")

    def read(self, name: str, limits: Limits | None = None) -> bytes:
        """Read a file; one that is over the limits is refused before it is read.

        Raises
        ------
        UnreadableInputError
            It is not there, or may not be read.
        ImageTooLargeError
            It is too long.
        FetchError
            The store does not answer.
        """
        path = self._path(name)
        with _translate(f"{name} can't be read now"):
            try:
                if limits is not None and self._local:
                    return _read_local(path, limits)
                if limits is not None:
                    limits.check_bytes(self._system.size(path) or 0)
                data: bytes = self._system.cat_file(path)
            except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
                raise UnreadableInputError(f"{name} is missing or can't be read.") from error
        return data

    def exists(self, name: str) -> bool:
        """Tell whether there is such a file.

        Raises
        ------
        FetchError
            The store does not answer.
        """
        with _translate(f"{name} can't be looked for now"):
            return bool(self._system.exists(self._path(name)))

    def write(self, name: str, data: bytes) -> None:
        """Write a file, all at once: it is there whole or not at all.

        Raises
        ------
        OutputNotWritableError
            The folder refuses.
        FetchError
            The store does not answer.
        """
        path = self._path(name)
        with _translate(f"{name} can't be written now"):
            if self._local:
                self._system.makedirs(str(PurePosixPath(path).parent), exist_ok=True)
                write_atomic(path, data, overwrite=True)
            else:
                self._system.pipe_file(path, data)  # a bucket shows an object when it is whole

    def _path(self, name: str) -> str:
        parts = PurePosixPath(name).parts
        if not parts or ".." in parts or name.startswith("/") or "\\" in name or "\0" in name:
            raise UnreadableInputError(f"{name!r} is not a name below the address.")
        return f"{self._root.rstrip('/')}/{name}"


@contextmanager
def _translate(what: str) -> Iterator[None]:
    """Say that a store did not do its part; each kind of store has errors of its own.

    Raises
    ------
    FetchError
        Something else than an error of ours was raised.
    """
    try:
        yield
    except ProvenanceError:
        raise
    except Exception as error:
        raise FetchError(f"{what}: {str(error).rstrip('.') or type(error).__name__}.") from error


def _read_local(path: str, limits: Limits) -> bytes:
    """Read a file of a folder, and wait for no pipe.

    Raises
    ------
    OSError
        The disk fails, or there is no such file.
    UnreadableInputError
        It is a pipe, a folder or the like.
    ImageTooLargeError
        It is too long.
    """
    try:
        return read_bytes(path, limits.max_bytes)
    except UnreadableInputError as error:
        if isinstance(error.__cause__, OSError) and error.__cause__.errno not in OF_ONE_FILE:
            raise error.__cause__ from None
        raise


def _protocols(system: Any) -> tuple[str, ...]:
    protocol = system.protocol
    return (protocol,) if isinstance(protocol, str) else tuple(protocol)
