"""Bounded reads: a file that is too long is refused before it is read."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO, TypeGuard

from provenance.errors import ImageTooLargeError, ProvenanceError, UnreadableInputError
from provenance.files.system import O_BINARY, explain_refusal


def read_bytes(path: str | os.PathLike[str], max_bytes: int) -> bytes:
    """Return the content of a file that has at most ``max_bytes``.

    Raises
    ------
    UnreadableInputError
        The file is missing, may not be read, or is not a regular file (a pipe could block
        forever).
    ImageTooLargeError
        The file is longer.
    """
    try:
        # Without blocking, because opening a pipe would wait for its other end.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | O_BINARY)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableInputError(f"{os.fspath(path)} is not a file.")
            refuse_over(max_bytes, status.st_size)
            data = file.read(max_bytes + 1)
    except FileNotFoundError as error:
        raise UnreadableInputError(f"{os.fspath(path)} does not exist.") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the name
        raise UnreadableInputError(
            f"{os.fspath(path)!r} can't be read: {explain_refusal(error)}."
        ) from error
    refuse_over(max_bytes, len(data))  # it may have grown meanwhile
    return data


def read_head(path: str | os.PathLike[str], count: int) -> bytes:
    """Return the first bytes of a file, however long it is.

    Raises
    ------
    UnreadableInputError
        The file is missing, may not be read, or is not a regular file.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | O_BINARY)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UnreadableInputError(f"{os.fspath(path)} is not a file.")
            return file.read(count)
    except (OSError, ValueError) as error:
        raise UnreadableInputError(
            f"{os.fspath(path)!r} can't be read: {explain_refusal(error)}."
        ) from error


def is_file_object(source: object) -> TypeGuard[BinaryIO]:
    """Tell whether this can be read as an open file can."""
    return callable(getattr(source, "read", None))


def read_stream(file: BinaryIO, max_bytes: int) -> bytes:
    """Return the content of an open file that has at most ``max_bytes``.

    One that can go back is read from its beginning: whoever has just written it stands at its end.

    Raises
    ------
    UnreadableInputError
        It can't be read, or was opened as text.
    ImageTooLargeError
        It is longer.
    """
    try:
        if file.seekable():
            file.seek(0)
        data = file.read(max_bytes + 1)
    except (OSError, ValueError, AttributeError) as error:  # ValueError: it is closed
        raise UnreadableInputError(f"The file object can't be read: {error}.") from error
    if not isinstance(data, bytes):
        raise UnreadableInputError("The file object gives text; open the file in binary mode.")
    refuse_over(max_bytes, len(data))
    return data


def read_named(path: Path, what: str, max_bytes: int, refusal: type[ProvenanceError]) -> bytes:
    """Return the content of a file that a config or an option names; it may be a pipe.

    ``what`` says what it is, as in "The trust file /etc/anchors.pem can't be read".

    Raises
    ------
    ProvenanceError
        Of the type ``refusal``: the file can't be read, or has more than ``max_bytes``.
    """
    try:
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the name
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise refusal(f"The {what} {path} can't be read: {reason}.") from error
    if len(data) > max_bytes:
        raise refusal(
            f"The {what} {path} is too large, with over {max_bytes:,} bytes; name the right file."
        )
    return data


def refuse_over(max_bytes: int, count: int) -> None:
    """Refuse a file of ``count`` bytes when it is longer than ``max_bytes``.

    Raises
    ------
    ImageTooLargeError
        The file is longer.
    """
    if count > max_bytes:
        raise ImageTooLargeError(
            f"The file has {count:,} bytes, more than the limit of {max_bytes:,}; "
            "raise max_bytes to accept it."
        )
