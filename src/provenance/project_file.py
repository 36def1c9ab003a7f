"""Which config file a program uses where none is named."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

FILE_NAME: Final = "provenance.toml"
"""Name of the config file of a project."""

VARIABLE: Final = "PROVENANCE_CONFIG"
"""Variable of the environment that names a config file."""


def find_project(named: Path | None = None) -> Path | None:
    """Return the config file to use; None if none is named and the current folder has none."""
    if named is not None:
        return named
    if variable := os.environ.get(VARIABLE):
        return Path(variable)
    here = Path(FILE_NAME)
    return here if here.is_file() else None
