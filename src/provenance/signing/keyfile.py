"""Files that hold secrets."""

from __future__ import annotations

import os
from pathlib import Path

from provenance.errors import OutputExistsError, OutputNotWritableError

OWNER_ONLY = 0o600


def write_private(path: Path, secret: bytes) -> None:
    """Write a new file that only its owner may read, and never over an old key.

    Raises `OutputExistsError` when the file is there, `OutputNotWritableError` when it can't be
    made.
    """
    try:
        # The mode is set at creation: chmod afterwards would leave a moment for others to open it.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret)
    except FileExistsError as error:
        raise OutputExistsError(f"{path} exists; a key is never overwritten.") from error
    except OSError as error:
        raise OutputNotWritableError(f"{path} can't be written: {error.strerror}.") from error
