"""Files that hold secrets."""

from __future__ import annotations

import os
from pathlib import Path

from provenance.errors import OutputExistsError
from provenance.files.system import O_BINARY, OWNER_ONLY, translate_refusals, write_durably


def write_private(path: Path, secret: bytes) -> None:
    """Write a new file that only its owner may read; an old key is never overwritten.

    Raises
    ------
    OutputExistsError
        The file is there.
    OutputNotWritableError
        The file can't be made.
    """
    with translate_refusals(path):
        try:
            # The mode is set at creation: a later chmod would leave others a moment to open it.
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | O_BINARY, OWNER_ONLY)
        except FileExistsError as error:
            raise OutputExistsError(f"{path} exists; a key is never overwritten.") from error
        try:
            write_durably(descriptor, secret)
        finally:
            os.close(descriptor)
