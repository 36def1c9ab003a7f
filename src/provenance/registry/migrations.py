"""Numbered migrations: each script takes a registry from one schema version to the next.

A back end keeps them as ``migrations/0001_name.sql``, ``0002_name.sql``. A script that was
released never changes: registries of that release exist, and later scripts build on it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

_NAME = re.compile(r"(\d{4})_(\w+)\.sql")


@dataclass(frozen=True)
class Migration:
    """One script; ``version`` is the schema version that it leads to."""

    version: int
    name: str
    script: str


@cache
def load_migrations(package: str) -> tuple[Migration, ...]:
    """Load the migrations of a back end, in order, numbered from 1 without a gap.

    Raises
    ------
    ValueError
        A number is missing or used twice.
    """
    files = resources.files(package).joinpath("migrations").iterdir()
    found = [
        Migration(int(match[1]), match[2], file.read_text("utf-8"))
        for file in files
        if (match := _NAME.fullmatch(file.name))
    ]
    found.sort(key=lambda migration: migration.version)
    if [migration.version for migration in found] != list(range(1, len(found) + 1)):
        raise ValueError(f"The migrations of {package} are not numbered from 1 without a gap.")
    return tuple(found)
