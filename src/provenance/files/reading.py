"""Bounded reads: a file that is too long is refused before it is read."""

from __future__ import annotations

import os
import stat

from provenance.errors import ImageTooLargeError, UnreadableInputError
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
